package io.deltaflow.template;

import io.deltaflow.OptionCatalog;
import io.deltaflow.spi.SourceConnector;
import java.util.Locale;

/** {@code docs/configuration.md}, made of the options' own declarations. */
public final class ConfigurationReference {
  private static final String HEAD =
"""
# Configuration

<!-- Generated: change the options' declarations, then run ./deltaflow connectors --markdown > docs/configuration.md -->

Every flag of `./deltaflow run` and of the template. `--name=value` and `--name value` mean the same; a flag whose
value is true or false may stand alone for true. A blank value counts as not given. A flag that is not listed here
is refused, and so is one that appears twice. A secret is best given by its name in Secret Manager,
`projects/PROJECT/secrets/SECRET/versions/VERSION`; files are read by the launcher ([security.md](security.md)).

Options of Apache Beam and its runners are given in the same way and keep Beam's names. The ones most used:

| option | meaning |
|---|---|
| `--runner` | `DirectRunner` (this machine, the default) or `DataflowRunner` |
| `--tempLocation` | a Cloud Storage folder for load files, such as `gs://my-bucket/temp`; required, except with an emulator on this machine |
| `--project`, `--region` | where Dataflow runs the job |
| `--bigQueryEndpoint`, `--gcsEndpoint` | an emulator's addresses. With a BigQuery endpoint on this machine no Google credentials are asked for |
| `--secretManagerEndpoint` | where Secret Manager is, when not Google's |
""";

  private ConfigurationReference() {}

  /** The whole document, lines ending in a line feed. */
  public static String markdown(OptionCatalog catalog) {
    StringBuilder out = new StringBuilder(HEAD);
    for (OptionSection section : OptionSection.of(catalog)) {
      out.append("\n## ").append(section.title()).append("\n\n");
      for (SourceConnector connector : catalog.connectors()) {
        if (section.title().equals("Source " + connector.name())) {
          out.append(connector.description()).append("\n\n");
        }
      }
      out.append("| flag | value | default | meaning |\n|---|---|---|---|\n");
      section.entries().forEach(e -> out.append(row(e)));
    }
    return out.toString();
  }

  private static String row(OptionSection.Entry entry) {
    String standard =
        entry.defaultText().map(t -> code(t)).orElse(entry.required() ? "required" : "");
    return String.format(
            Locale.ROOT,
            "| `%s` | %s | %s | %s%s%s |%n",
            entry.flag(),
            cell(entry.type()),
            standard,
            cell(entry.help()),
            entry.example().map(e -> " Example: " + code(e)).orElse(""),
            entry.secret() ? " A secret: shown nowhere." : "")
        .replace(System.lineSeparator(), "\n");
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + cell(text) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
