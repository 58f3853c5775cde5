package io.deltaflow.template;

import io.deltaflow.NearNames;
import io.deltaflow.OptionCatalog;
import io.deltaflow.spi.ConnectorOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Arguments told apart: DeltaFlow's flags, Beam's options, and what is wrong. Values never appear
 * in problems, since a misspelt flag may carry a password.
 */
final class SplitArguments {
  private final OptionCatalog catalog;
  private final Set<String> beamNames;
  private final Map<String, String> flags = new LinkedHashMap<>();
  private final List<String> beam = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private SplitArguments(OptionCatalog catalog, Set<String> beamNames) {
    this.catalog = catalog;
    this.beamNames = beamNames;
  }

  /** Understands {@code --name=value}, {@code --name value} and, for true, {@code --name} alone. */
  static SplitArguments of(OptionCatalog catalog, Set<String> beamNames, String... args) {
    SplitArguments split = new SplitArguments(catalog, beamNames);
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      if (!arg.startsWith("--") || arg.length() == 2) {
        split.problems.add(
            "argument " + (i + 1) + " does not begin with --; flags look like --name=value");
        continue;
      }
      int equals = arg.indexOf('=');
      if (equals >= 0) {
        split.add(arg.substring(2, equals), arg.substring(equals + 1));
      } else if (i + 1 < args.length && !args[i + 1].startsWith("--")) {
        split.add(arg.substring(2), args[++i]);
      } else {
        split.add(arg.substring(2), null);
      }
    }
    return split;
  }

  private void add(String name, String value) {
    if (catalog.flag(name).isPresent()) {
      addOurs(name, value);
    } else if (beamNames.contains(name)) {
      beam.add("--" + name + "=" + (value == null ? "true" : value));
    } else {
      problems.add(unknown(name));
    }
  }

  private void addOurs(String name, String value) {
    String text = value;
    if (text == null
        && catalog.flag(name).orElseThrow().option().type() == ConnectorOption.Type.BOOLEAN) {
      text = "true";
    }
    if (text == null) {
      problems.add("--" + name + " has no value; give one as --" + name + "=value");
    } else if (flags.put(name, text) != null) {
      problems.add("--" + name + " is given more than once");
    }
  }

  private String unknown(String name) {
    Set<String> known = new TreeSet<>(beamNames);
    catalog.flags().forEach(f -> known.add(f.name()));
    List<String> near = NearNames.of(name, known);
    return "unknown flag --"
        + name
        + (near.isEmpty() ? "" : "; did you mean --" + String.join(" or --", near) + "?");
  }

  /** DeltaFlow's, by name without dashes. */
  Map<String, String> flags() {
    return flags;
  }

  /** Beam's, as {@code --name=value}. */
  String[] beam() {
    return beam.toArray(String[]::new);
  }

  boolean isBeamGiven(String name) {
    return beam.stream().anyMatch(a -> a.startsWith("--" + name + "="));
  }

  /** Whether an option of Beam's has this class's simple name wherever it is given. */
  boolean isBeamAlways(String name, Class<?> value) {
    return beam.stream()
        .filter(a -> a.startsWith("--" + name + "="))
        .allMatch(a -> a.endsWith("=" + value.getSimpleName()));
  }

  /** Beam's options that may be one of the reasons why Beam refuses the arguments. */
  Optional<String> repeatedBeam() {
    Set<String> seen = new TreeSet<>();
    List<String> repeated =
        beam.stream()
            .map(a -> a.substring(0, a.indexOf('=')))
            .filter(name -> !seen.add(name))
            .distinct()
            .toList();
    return repeated.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join(", ", repeated) + ": given more than once");
  }

  List<String> problems() {
    return problems;
  }
}
