package io.deltaflow;

import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every flag there is: the run's own, those of the connectors on the class path and those of the
 * destination. Documentation, metadata, help and parsing all read it.
 */
public final class OptionCatalog {
  private final Map<String, SourceConnector> connectors;
  private final Map<String, DestinationProvider> destinations;
  private final Map<String, Flag> flags = new LinkedHashMap<>();
  private final Map<String, String> defaults;

  private OptionCatalog(
      Map<String, SourceConnector> connectors,
      Map<String, DestinationProvider> destinations,
      Map<String, String> defaults) {
    this.connectors = connectors;
    this.destinations = destinations;
    this.defaults = Map.copyOf(defaults);
    SyncOptions.all().forEach(o -> add(new Flag(o.name(), o, Flag.Owner.RUN, "")));
    for (SourceConnector c : connectors.values()) {
      for (ConnectorOption<?> o : c.options()) {
        add(new Flag(c.flagPrefix() + "_" + o.name(), o, Flag.Owner.SOURCE, c.name()));
      }
    }
    for (DestinationProvider d : destinations.values()) {
      for (ConnectorOption<?> o : d.options()) {
        add(new Flag(d.flagPrefix() + "_" + o.name(), o, Flag.Owner.DESTINATION, d.name()));
      }
    }
  }

  /** What is on the class path. */
  public static OptionCatalog discover() {
    return discover(Map.of());
  }

  /**
   * What is on the class path.
   *
   * @param defaults texts for flags that are not given, over those that the options declare
   */
  public static OptionCatalog discover(Map<String, String> defaults) {
    ClassLoader loader = OptionCatalog.class.getClassLoader();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return of(
        ServiceLoader.load(SourceConnector.class, context == null ? loader : context),
        ServiceLoader.load(DestinationProvider.class, context == null ? loader : context),
        defaults);
  }

  /** Of the given connectors and destinations only. */
  public static OptionCatalog of(
      Iterable<SourceConnector> connectors,
      Iterable<DestinationProvider> destinations,
      Map<String, String> defaults) {
    Map<String, SourceConnector> sources = new TreeMap<>();
    for (SourceConnector c : connectors) {
      SourceConnector other = sources.put(c.name(), c);
      if (other != null) {
        throw ambiguous("connectors", c.name(), other, c);
      }
    }
    Map<String, DestinationProvider> targets = new TreeMap<>();
    for (DestinationProvider d : destinations) {
      DestinationProvider other = targets.put(d.name(), d);
      if (other != null) {
        throw ambiguous("destinations", d.name(), other, d);
      }
    }
    return new OptionCatalog(sources, targets, defaults);
  }

  private static ConfigurationException ambiguous(String what, String name, Object a, Object b) {
    return new ConfigurationException(
        "two "
            + what
            + " on the class path are named '"
            + name
            + "': "
            + a.getClass().getName()
            + " and "
            + b.getClass().getName()
            + "; remove one of them");
  }

  private void add(Flag flag) {
    Flag other = flags.put(flag.name(), flag);
    if (other != null) {
      throw new ConfigurationException(
          "the flag --"
              + flag.name()
              + " is declared twice, by '"
              + other.ownerName()
              + "' and by '"
              + flag.ownerName()
              + "'");
    }
  }

  /** All flags: the run's, then connector by connector, then the destination's. */
  public List<Flag> flags() {
    return new ArrayList<>(flags.values());
  }

  public Optional<Flag> flag(String name) {
    return Optional.ofNullable(flags.get(name));
  }

  /** By name, sorted. */
  public List<SourceConnector> connectors() {
    return List.copyOf(connectors.values());
  }

  /** The default text of a flag, empty when it has none. */
  public Optional<String> defaultText(Flag flag) {
    String text = defaults.get(flag.name());
    return text != null ? Optional.of(text) : flag.option().defaultValue().map(OptionCatalog::text);
  }

  private static String text(Object value) {
    if (value instanceof java.time.Duration d) {
      return duration(d);
    }
    if (value instanceof List<?> names) {
      return names.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
    return value instanceof Boolean || value instanceof Long
        ? value.toString()
        : String.valueOf(value);
  }

  /** In the largest unit that it is a whole number of, as a user would write it. */
  private static String duration(java.time.Duration d) {
    if (d.isZero() || d.toSecondsPart() != 0) {
      return d.toSeconds() + "s";
    }
    return d.toMinutesPart() != 0 ? d.toMinutes() + "m" : d.toHours() + "h";
  }

  SourceConnector connector(String name) {
    SourceConnector c = connectors.get(name);
    if (c == null) {
      throw new ConfigurationException(
          "--data_source: there is no connector '"
              + name
              + "'; there are: "
              + String.join(", ", connectors.keySet()));
    }
    return c;
  }

  DestinationProvider destination() {
    if (destinations.size() != 1) {
      throw new ConfigurationException(
          "exactly one destination must be on the class path, found: "
              + (destinations.isEmpty() ? "none" : String.join(", ", destinations.keySet())));
    }
    return destinations.values().iterator().next();
  }

  Map<String, String> defaults() {
    return defaults;
  }

  /**
   * One flag.
   *
   * @param name without dashes
   * @param ownerName of the connector or the destination; empty for the run's own
   */
  public record Flag(String name, ConnectorOption<?> option, Owner owner, String ownerName) {
    /** To what a flag belongs. */
    public enum Owner {
      RUN,
      SOURCE,
      DESTINATION
    }
  }
}
