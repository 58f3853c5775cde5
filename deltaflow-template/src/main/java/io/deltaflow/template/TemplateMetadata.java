package io.deltaflow.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deltaflow.OptionCatalog;
import io.deltaflow.OptionCatalog.Flag;
import io.deltaflow.SyncOptions;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.SourceConnector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code metadata.json} of the Flex Template, made of the options' own declarations: what the
 * Dataflow console shows as a form, and what the service checks before it starts the launcher. A
 * parameter that is not in it is refused by the service.
 *
 * @see <a
 *     href="https://cloud.google.com/dataflow/docs/guides/templates/configuring-flex-templates#metadata">Metadata
 *     of Flex Templates</a>
 */
public final class TemplateMetadata {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("postgresql", "PostgreSQL"),
          Map.entry("mongodb", "MongoDB"),
          Map.entry("bigquery", "BigQuery"),
          Map.entry("sql", "SQL"),
          Map.entry("ssl", "SSL"),
          Map.entry("tls", "TLS"),
          Map.entry("iam", "IAM"),
          Map.entry("ca", "CA"),
          Map.entry("id", "ID"),
          Map.entry("uuid", "UUID"),
          Map.entry("utc", "UTC"));

  private final OptionCatalog catalog;

  private TemplateMetadata(OptionCatalog catalog) {
    this.catalog = catalog;
  }

  /** The whole document, lines ending in a line feed. */
  public static String json(OptionCatalog catalog) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    try {
      return JSON.writer(printer).writeValueAsString(new TemplateMetadata(catalog).document())
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private ObjectNode document() {
    ObjectNode document = JSON.createObjectNode();
    document.put("name", "DeltaFlow");
    document.put(
        "description",
        "Keeps a BigQuery table in step with PostgreSQL, MongoDB or other BigQuery tables: finds"
            + " out what is new since the last run, reads it in parallel and publishes it exactly"
            + " once.");
    document.put("streaming", false);
    ArrayNode parameters = document.putArray("parameters");
    for (OptionSection section : OptionSection.of(catalog)) {
      for (OptionSection.Entry entry : section.entries()) {
        add(parameters.addObject(), section.title(), entry);
      }
    }
    return document;
  }

  private void add(ObjectNode parameter, String group, OptionSection.Entry entry) {
    Flag flag = catalog.flag(entry.flag()).orElseThrow();
    ConnectorOption<?> option = flag.option();
    boolean ofSource = flag.owner() == Flag.Owner.SOURCE;
    parameter.put("name", flag.name());
    parameter.put("label", label(flag.name()));
    parameter.put("helpText", help(entry, ofSource, option.isFile()));
    // Which options a source cannot do without is known when it is known which source it is.
    parameter.put("isOptional", ofSource || !entry.required() || entry.defaultText().isPresent());
    parameter.put("paramType", type(option));
    parameter.put("groupName", group);
    entry.defaultText().ifPresent(text -> parameter.put("defaultValue", text));
    regex(flag).ifPresent(regex -> parameter.putArray("regexes").add(regex));
    if (!option.enumValues().isEmpty()) {
      ArrayNode values = parameter.putArray("enumOptions");
      option.enumValues().forEach(v -> values.addObject().put("value", v).put("label", v));
    }
    if (ofSource) {
      parameter.put("parentName", SyncOptions.DATA_SOURCE.name());
      ArrayNode triggers = parameter.putArray("parentTriggerValues");
      for (List<String> sources : lists(List.of())) {
        if (sources.contains(flag.ownerName())) {
          triggers.add(String.join(",", sources));
        }
      }
    }
  }

  private static String help(OptionSection.Entry entry, boolean ofSource, boolean file) {
    return entry.help()
        + (ofSource && entry.required() ? " Required for this source." : "")
        + (entry.secret()
            ? " Give a secret's name, projects/PROJECT/secrets/SECRET/versions/VERSION: the"
                + " parameters of a job are shown to everyone who may see it."
            : "")
        + (file ? " The path of a file, the name of a secret, or the text itself." : "")
        + entry.example().map(e -> " Example: " + e).orElse("");
  }

  /** There is no type for secrets, and none for durations, lists and JSON. */
  private static String type(ConnectorOption<?> option) {
    return switch (option.type()) {
      case INTEGER -> "NUMBER";
      case BOOLEAN -> "BOOLEAN";
      case ENUM -> "ENUM";
      case STRING, LIST, JSON, DURATION -> "TEXT";
    };
  }

  private static Optional<String> regex(Flag flag) {
    if (flag.option().type() == ConnectorOption.Type.DURATION) {
      return Optional.of("^[0-9]{1,12} *(us|ms|s|m|h|d)?$");
    }
    if (flag.name().equals(SyncOptions.DATA_SOURCE.name())) {
      return Optional.of("^[a-z0-9_]+( *, *[a-z0-9_]+)*$");
    }
    return flag.option().pattern().map(p -> p.startsWith("^") ? p : "^(" + p + ")$");
  }

  private static String label(String name) {
    List<String> words = new ArrayList<>();
    for (String word : name.split("_")) {
      String known = WORDS.get(word);
      if (known != null) {
        words.add(known);
      } else if (words.isEmpty()) {
        words.add(word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
      } else {
        words.add(word);
      }
    }
    return String.join(" ", words);
  }

  /** What data_source may be: each choice of connectors in every order, the begun one first. */
  private List<List<String>> lists(List<String> begun) {
    List<List<String>> lists = new ArrayList<>();
    if (!begun.isEmpty()) {
      lists.add(begun);
    }
    for (SourceConnector connector : catalog.connectors()) {
      if (!begun.contains(connector.name())) {
        List<String> longer = new ArrayList<>(begun);
        longer.add(connector.name());
        lists.addAll(lists(longer));
      }
    }
    return lists;
  }
}
