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
 * @param growth whether growth is measured in place of the cases
 * @param launcher the script that starts the command line
 * @param runOptions of the JVM, as that script gives them to a run
 * @param rowsOptions the same for a run with steps on rows
 * @param jdbcIo class path of the case for Beam's JdbcIO; empty leaves it out
 * @param flink class path of the cases on Flink; empty leaves them out
 */
record BenchOptions(
    long rows,
    int runs,
    String only,
    boolean growth,
    String launcher,
    List<String> runOptions,
    List<String> rowsOptions,
    String jdbcIo,
    String flink) {
  static final String HELP =
      """
      Usage: deltaflow bench [--rows=3000000] [--runs=3] [--only=name]
             deltaflow bench growth [--rows=3000000]
             deltaflow bench flink [--rows=3000000] [--runs=3]
             deltaflow bench jmh [arguments of JMH]

      Measures DeltaFlow on this machine beside what PostgreSQL can deliver and beside Beam's JdbcIO,
      each case in fresh processes. Takes about seven minutes and 4 GB of disk for the standard size.

      growth measures how reading grows with rows, connections, a skewed key and splits; flink the
      cases on a Flink of this machine (Beam 2.62.0); jmh the inner loops alone.

        --rows   rows of the table; default 3000000
        --runs   how often each case is run; medians are printed; default 3
        --only   only cases whose names contain this, beside the yardstick
      """;

  static BenchOptions parse(String[] args) {
    Map<String, String> values = new TreeMap<>(Map.of("rows", "3000000", "runs", "3", "only", ""));
    boolean growth = args.length > 0 && args[0].equals("growth");
    for (String arg : List.of(args).subList(growth ? 1 : 0, args.length)) {
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
        growth,
        System.getProperty("deltaflow.launcher", ""),
        jvm("deltaflow.run.options"),
        jvm("deltaflow.rows.options"),
        System.getProperty("deltaflow.jdbcio.classpath", ""),
        System.getProperty("deltaflow.flink.classpath", ""));
  }

  private static List<String> jvm(String property) {
    return List.of(System.getProperty(property, "-Xshare:auto").split("\n"));
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
