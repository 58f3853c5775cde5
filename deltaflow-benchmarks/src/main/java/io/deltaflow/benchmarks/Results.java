package io.deltaflow.benchmarks;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The table that people and scripts read. */
final class Results {
  private static final String LINE = "%-34s %10s %8s %8s %10s %8s %8s%n";

  private final BenchOptions options;
  private final OrdersTable orders;
  private final Map<String, Measurement> medians = new LinkedHashMap<>();

  Results(BenchOptions options, OrdersTable orders, Map<String, List<Measurement>> measured) {
    this.options = options;
    this.orders = orders;
    measured.forEach((name, runs) -> medians.put(name, Measurement.median(runs)));
  }

  void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%n%,d rows of %d bytes; medians of %d runs in fresh processes; %d processors, Java %s%n%n",
        orders.rows(),
        orders.bytes() / orders.rows(),
        options.runs(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version());
    out.printf(LINE, "", "rows", "seconds", "wall s", "rows/s", "ratio", "peak MB");
    medians.forEach((name, m) -> printLine(out, name, m));
    out.println();
    Measurement extract = medians.get(Cases.EXTRACT);
    if (extract != null) {
      ratios(out, extract);
    }
    out.printf(
        Locale.ROOT,
        "extract %s, library %s, delta %s s, peak %s MB%n",
        ratio(Cases.EXTRACT),
        ratio(Cases.LIBRARY),
        figure("%.2f", medians.get(Cases.DELTA) == null ? null : seconds(Cases.DELTA)),
        figure("%.0f", extract == null ? null : extract.peakMegabytes()));
  }

  private void ratios(PrintStream out, Measurement extract) {
    double yardstick = yardstick();
    out.printf(
        Locale.ROOT,
        "extract with its start-up: %.2f of the yardstick; its start-up: %.2f s%n",
        extract.rows() / extract.wall() / yardstick,
        extract.wall() - extract.seconds());
    compare(out, Cases.ENCRYPTED, "extract over TLS", extract, true);
    compare(out, Cases.STEPS, "extract with steps", extract, true);
    compare(out, Cases.JDBC_IO, "JdbcIO", extract, false);
    out.println();
  }

  private void compare(
      PrintStream out, String name, String label, Measurement extract, boolean share) {
    Measurement other = medians.get(name);
    if (other == null) {
      return;
    }
    double times = extract.rowsPerSecond() / other.rowsPerSecond();
    out.printf(
        Locale.ROOT,
        share ? "%s: %.2f of the plain extract%n" : "extract is %2$.1f times as fast as %1$s%n",
        label,
        share ? 1 / times : times);
  }

  private void printLine(PrintStream out, String name, Measurement m) {
    out.printf(
        Locale.ROOT,
        LINE,
        name,
        String.format(Locale.ROOT, "%,d", m.rows()),
        figure("%.2f", m.seconds()),
        figure("%.2f", m.wall()),
        figure("%,.0f", m.rowsPerSecond()),
        ratio(name),
        figure("%.0f", m.peakMegabytes()));
  }

  private double yardstick() {
    return medians.get(Cases.COPY_TWO).rowsPerSecond();
  }

  private double seconds(String name) {
    return medians.get(name).seconds();
  }

  private String ratio(String name) {
    Measurement m = medians.get(name);
    return figure("%.2f", m == null ? null : m.rowsPerSecond() / yardstick());
  }

  private static String figure(String format, Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }
}
