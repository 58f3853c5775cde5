package io.deltaflow.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The benchmark's own flags.
 *
 * @param rows of the table
 * @param runs of each case, of which the medians count
 * @param only cases whose names contain it; empty for all
 * @param launcher the script that starts the command line
 * @param jdbcIo class path of the case for Beam's JdbcIO; empty leaves it out
 */
record BenchOptions(long rows, int runs, String only, String launcher, String jdbcIo) {
  static final String HELP =
      """
      Usage: deltaflow bench [--rows=3000000] [--runs=3] [--only=name]

      Measures DeltaFlow on this machine beside what PostgreSQL can deliver and beside Beam's JdbcIO,
      each case in fresh processes. Takes about six minutes and 4 GB of disk for the standard size.

        --rows   rows of the table; default 3000000
        --runs   how often each case is run; medians are printed; default 3
        --only   only cases whose names contain this, beside the yardstick
      """;

  static BenchOptions parse(String[] args) {
    Map<String, String> values = new TreeMap<>(Map.of("rows", "3000000", "runs", "3", "only", ""));
    for (String arg : args) {
      String[] parts = arg.split("=", 2);
      String name = parts[0].replaceFirst("^--", "");
      if (parts.length != 2 || !arg.startsWith("--") || !values.containsKey(name)) {
        throw new IllegalArgumentException(
            "'" + arg + "' is not one of " + List.of("--rows=N", "--runs=N", "--only=NAME"));
      }
      values.put(name, parts[1]);
    }
    return new BenchOptions(
        positive("rows", values),
        Math.toIntExact(positive("runs", values)),
        values.get("only"),
        System.getProperty("deltaflow.launcher", ""),
        System.getProperty("deltaflow.jdbcio.classpath", ""));
  }

  private static long positive(String name, Map<String, String> values) {
    try {
      long n = Long.parseLong(values.get(name).replace("_", ""));
      if (n > 0) {
        return n;
      }
    } catch (NumberFormatException e) {
      // falls through to the one message
    }
    throw new IllegalArgumentException(
        "--" + name + ": '" + values.get(name) + "' is not a positive whole number");
  }
}
