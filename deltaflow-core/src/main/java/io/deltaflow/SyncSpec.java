package io.deltaflow;

import io.deltaflow.destination.Destination;
import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.internal.NamedSource;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A run's configuration, checked. Made on the launcher, from flags or by {@link #builder}; contacts
 * nothing. Never a PipelineOptions, and never serialized: it holds the plain-text secrets that were
 * given.
 */
public final class SyncSpec {
  private final ParsedConfig run;
  private final List<NamedSource> sources;
  private final Destination destination;
  private final Map<String, String> secrets;

  private SyncSpec(
      ParsedConfig run,
      List<NamedSource> sources,
      Destination destination,
      Map<String, String> secrets) {
    this.run = run;
    this.sources = List.copyOf(sources);
    this.destination = destination;
    this.secrets = Map.copyOf(secrets);
  }

  /** From flags by their names without dashes, with what is on the class path. */
  public static SyncSpec fromFlags(Map<String, String> flags) {
    return fromFlags(flags, OptionCatalog.discover());
  }

  /**
   * From flags by their names without dashes. A blank value counts as not given.
   *
   * @throws ConfigurationException with every problem at once: unknown flags with a suggestion,
   *     missing ones, values that do not parse
   */
  public static SyncSpec fromFlags(Map<String, String> flags, OptionCatalog catalog) {
    List<String> problems = new ArrayList<>();
    Map<String, String> texts = new LinkedHashMap<>(catalog.defaults());
    flags.forEach(
        (flag, text) -> {
          if (!text.isBlank() || catalog.flag(flag).isEmpty()) {
            texts.put(flag, text);
          }
        });
    SourceConfigJson.addTo(texts, texts.remove(SyncOptions.SOURCE_CONFIG.name()), problems);
    refuseUnknown(texts, catalog, problems);
    ParsedConfig run = ParsedConfig.parse("", SyncOptions.all(), texts, problems);

    Map<String, String> secrets = new HashMap<>();
    List<Opening> openings = new ArrayList<>();
    for (String name : sourceNames(run, catalog, problems)) {
      SourceConnector connector = catalog.connector(name);
      giveTable(connector, run, texts);
      ParsedConfig config =
          ParsedConfig.parse(connector.flagPrefix(), connector.options(), texts, problems);
      secrets.putAll(config.secretsByFlag());
      openings.add(new Opening(connector, config));
    }
    DestinationProvider provider = catalog.destination();
    ParsedConfig target =
        ParsedConfig.parse(provider.flagPrefix(), provider.options(), texts, problems);
    if (!problems.isEmpty()) {
      otherConnectors(run, catalog, texts).ifPresent(problems::add);
      throw new ConfigurationException(problems);
    }
    List<NamedSource> sources = openings.stream().map(Opening::open).toList();
    return new SyncSpec(run, sources, provider.open(target), secrets);
  }

  /** What is missing may be missing because another connector was meant. */
  private static Optional<String> otherConnectors(
      ParsedConfig run, OptionCatalog catalog, Map<String, String> texts) {
    List<String> read = run.find(SyncOptions.DATA_SOURCE).orElse(List.of());
    List<String> others =
        texts.keySet().stream()
            .flatMap(flag -> catalog.flag(flag).stream())
            .filter(flag -> flag.owner() == OptionCatalog.Flag.Owner.SOURCE)
            .map(OptionCatalog.Flag::ownerName)
            .filter(owner -> !read.contains(owner))
            .distinct()
            .toList();
    return others.isEmpty() || read.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "flags of the connector "
                + String.join(", ", others)
                + " are given, and what is read is --data_source="
                + String.join(",", read));
  }

  /** For people who write Java. */
  public static Builder builder() {
    return new Builder();
  }

  private record Opening(SourceConnector connector, ParsedConfig config) {
    NamedSource open() {
      return new NamedSource(connector.name(), connector.open(config));
    }
  }

  private static List<String> sourceNames(
      ParsedConfig run, OptionCatalog catalog, List<String> problems) {
    List<String> names = new ArrayList<>();
    List<String> all = catalog.connectors().stream().map(SourceConnector::name).toList();
    List<String> given =
        run.find(SyncOptions.DATA_SOURCE).orElse(all.size() == 1 ? all : List.of());
    if (given.isEmpty()) {
      problems.add("--data_source is required; there are: " + String.join(", ", all));
    }
    for (String name : given) {
      if (names.contains(name)) {
        problems.add("--data_source names '" + name + "' twice");
      } else if (all.contains(name)) {
        names.add(name);
      } else {
        problems.add(
            "--data_source: there is no connector '"
                + name
                + "'; there are: "
                + String.join(", ", all));
      }
    }
    return names;
  }

  /**
   * source_table_for_schema names the table of a connector that was given neither table nor query,
   * and the collection of one that was given none.
   */
  private static void giveTable(
      SourceConnector connector, ParsedConfig run, Map<String, String> texts) {
    String prefix = connector.flagPrefix() + "_";
    List<String> options = connector.options().stream().map(ConnectorOption::name).toList();
    if (options.containsAll(List.of("database", "collection"))
        && !texts.containsKey(prefix + "collection")) {
      run.find(SyncOptions.SOURCE_TABLE_FOR_SCHEMA)
          .ifPresent(t -> giveCollection(prefix, t, texts));
    }
    boolean hasTable = options.contains("table");
    boolean given =
        Stream.of("table", "query", "base_query").anyMatch(n -> texts.containsKey(prefix + n));
    if (hasTable && !given) {
      String flag = prefix + "table";
      run.find(SyncOptions.SOURCE_TABLE_FOR_SCHEMA).ifPresent(t -> texts.put(flag, t));
    }
  }

  /**
   * {@code database.collection}, or the collection alone where the database is given. Names of
   * collections may have dots.
   */
  private static void giveCollection(String prefix, String name, Map<String, String> texts) {
    String database =
        texts.computeIfAbsent(
            prefix + "database", f -> name.contains(".") ? name.split("\\.", 2)[0] : null);
    boolean qualified = database != null && name.startsWith(database + ".");
    texts.put(prefix + "collection", qualified ? name.substring(database.length() + 1) : name);
  }

  static void refuseUnknown(
      Map<String, String> texts, OptionCatalog catalog, List<String> problems) {
    List<String> known = catalog.flags().stream().map(OptionCatalog.Flag::name).toList();
    for (String flag : texts.keySet()) {
      if (catalog.flag(flag).isPresent()) {
        continue;
      }
      List<String> near = NearNames.of(flag, known);
      problems.add(
          "unknown flag --"
              + flag
              + (near.isEmpty() ? "" : "; did you mean --" + String.join(" or --", near) + "?"));
    }
  }

  /** The run's own options, those of {@link SyncOptions}. */
  public ConnectorConfig options() {
    return run;
  }

  public List<Source> sources() {
    return sources.stream().map(NamedSource::source).toList();
  }

  List<NamedSource> namedSources() {
    return sources;
  }

  public Destination destination() {
    return destination;
  }

  /** The plain-text secrets, by flag: for the launch alone. */
  Map<String, String> secrets() {
    return secrets;
  }

  @Override
  public String toString() {
    return sources().stream().map(Source::description).toList()
        + " -> "
        + destination.description();
  }

  /** Collects options by declaration or by name. */
  public static final class Builder {
    private final Map<String, String> flags = new TreeMap<>();

    private Builder() {}

    /** A connector to read with; several are merged. */
    public Builder from(String connector, Map<String, String> options) {
      flags.merge(SyncOptions.DATA_SOURCE.name(), connector, (a, b) -> a + "," + b);
      options.forEach((k, v) -> flags.put(connector + "_" + k, v));
      return this;
    }

    /** A run option. */
    public Builder with(ConnectorOption<?> option, String text) {
      flags.put(option.name(), text);
      return this;
    }

    /** Any flag by its name without dashes. */
    public Builder flag(String name, String text) {
      flags.put(name, text);
      return this;
    }

    /** Throws {@link ConfigurationException} with every problem at once. */
    public SyncSpec build() {
      return fromFlags(flags);
    }
  }
}
