package io.deltaflow.benchmarks;

import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.testing.PostgresServer;
import io.deltaflow.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** {@code ./deltaflow bench}: every case in turn, several times, then one table of medians. */
final class Bench {
  private final BenchOptions options;
  private final Map<String, List<Measurement>> measured = new LinkedHashMap<>();
  private Cases cases;

  private Bench(BenchOptions options) {
    this.options = options;
  }

  /** See {@link BenchOptions}. */
  public static void main(String[] args) throws Exception {
    if (List.of(args).contains("--help")) {
      System.out.print(BenchOptions.HELP);
      return;
    }
    BenchOptions options;
    try {
      options = BenchOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("deltaflow bench: " + e.getMessage());
      System.exit(2);
      return;
    }
    Logger.getLogger("").setLevel(Level.WARNING);
    if (options.growth()) {
      grow(options.rows());
    } else {
      new Bench(options).run();
    }
    System.exit(0);
  }

  private static void grow(long most) throws Exception {
    Path folder = Files.createTempDirectory("deltaflow-bench");
    try (PostgresServer postgres = PostgresServer.start(settings())) {
      postgres.createDatabase(OrdersTable.DATABASE);
      new Growth(postgres, folder).run(most);
    } finally {
      delete(folder);
    }
  }

  private void run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("deltaflow-bench");
    Properties settings = settings();
    TestAuthority.Issued issued =
        TestAuthority.create(Files.createDirectory(folder.resolve("authority")))
            .issue("server", "ip:127.0.0.1");
    settings.setProperty("ssl_cert_file", issued.certificateFile().toString());
    settings.setProperty("ssl_key_file", issued.keyFile().toString());
    try (PostgresServer postgres = PostgresServer.start(settings);
        BigQueryEmulator emulator =
            BigQueryEmulator.builder().dataset(Cases.PROJECT, Cases.DATASET).build().start()) {
      postgres.createDatabase(OrdersTable.DATABASE);
      say("making a table of " + options.rows() + " rows");
      OrdersTable orders = OrdersTable.create(postgres, "orders", options.rows());
      OrdersTable few = OrdersTable.create(postgres, "few", Math.max(1, options.rows() / 10));
      say(orders.bytes() / orders.rows() + " bytes a row");
      cases = new Cases(options, orders, few, emulator, folder);
      for (int run = 1; run <= options.runs(); run++) {
        say("run " + run + " of " + options.runs());
        cases.forEach(this::measure);
      }
      new Results(options, orders, measured).print(System.out);
    } finally {
      delete(folder);
    }
  }

  /** As a server of this size is set up: what is read is in its memory. */
  private static Properties settings() {
    Properties settings = new Properties();
    settings.setProperty("shared_buffers", "1GB");
    settings.setProperty("max_wal_size", "8GB");
    settings.setProperty("autovacuum", "off");
    return settings;
  }

  private void measure(String name, Cases.Case one) throws IOException, InterruptedException {
    boolean yardstick = name.startsWith("COPY");
    if (!yardstick && !name.contains(options.only())) {
      return;
    }
    Measurement m = one.run();
    measured.computeIfAbsent(name, n -> new ArrayList<>()).add(m);
    say(String.format("  %-40s %8.2f s %10.0f rows/s", name, m.seconds(), m.rowsPerSecond()));
  }

  private static void say(String line) {
    System.err.println(line);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
