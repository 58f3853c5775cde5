package io.deltaflow.cli;

import io.deltaflow.NearNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The few options that a command has of its own: {@code --name}, {@code --name=value} or {@code
 * --name value}.
 */
final class CommandOptions {
  private final Map<String, List<String>> values = new LinkedHashMap<>();

  private CommandOptions() {}

  /**
   * Reads all arguments.
   *
   * @param switches names of options without a value
   * @param valued names of options with one
   */
  static CommandOptions parse(List<String> args, Set<String> switches, Set<String> valued)
      throws UsageException {
    CommandOptions options = new CommandOptions();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      int equals = arg.indexOf('=');
      String name = equals < 0 ? arg : arg.substring(0, equals);
      if (!name.startsWith("--") || !known(name, switches, valued)) {
        throw unknown(name, switches, valued);
      }
      String key = name.substring(2);
      if (switches.contains(key)) {
        if (equals >= 0) {
          throw new UsageException(name + " takes no value");
        }
        options.add(key, "");
      } else if (equals >= 0) {
        options.add(key, arg.substring(equals + 1));
      } else if (i + 1 < args.size() && !args.get(i + 1).startsWith("--")) {
        options.add(key, args.get(++i));
      } else {
        throw new UsageException(name + " needs a value, as in " + name + "=...");
      }
    }
    return options;
  }

  /** Takes a command's own options out of arguments that are those of a run otherwise. */
  static CommandOptions takeFrom(List<String> args, Set<String> switches, Set<String> valued)
      throws UsageException {
    List<String> own = new ArrayList<>();
    for (int i = 0; i < args.size(); ) {
      String arg = args.get(i);
      String name = arg.startsWith("--") ? arg.substring(2).split("=", 2)[0] : "";
      if (!switches.contains(name) && !valued.contains(name)) {
        i++;
        continue;
      }
      own.add(args.remove(i));
      boolean valueFollows =
          valued.contains(name)
              && !arg.contains("=")
              && i < args.size()
              && !args.get(i).startsWith("--");
      if (valueFollows) {
        own.add(args.remove(i));
      }
    }
    return parse(own, switches, valued);
  }

  private static boolean known(String name, Set<String> switches, Set<String> valued) {
    return switches.contains(name.substring(2)) || valued.contains(name.substring(2));
  }

  private static UsageException unknown(String name, Set<String> switches, Set<String> valued) {
    Set<String> all = new LinkedHashSet<>();
    switches.forEach(s -> all.add("--" + s));
    valued.forEach(v -> all.add("--" + v));
    String there =
        all.isEmpty() ? "; there are no options" : "; there are: " + String.join(", ", all);
    List<String> near = NearNames.of(name, all);
    return new UsageException(
        "unknown option "
            + name
            + (near.isEmpty() ? there : "; did you mean " + String.join(" or ", near) + "?"));
  }

  private void add(String name, String value) {
    values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  Optional<String> last(String name) {
    List<String> given = all(name);
    return given.isEmpty() ? Optional.empty() : Optional.of(given.get(given.size() - 1));
  }

  /** A whole number in a range. */
  int integer(String name, int standard, int least, int most) throws UsageException {
    Optional<String> text = last(name);
    if (text.isEmpty()) {
      return standard;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message
    }
    throw new UsageException(
        "--" + name + ": '" + text.get() + "' is not a whole number from " + least + " to " + most);
  }
}
