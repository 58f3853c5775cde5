package io.deltaflow.benchmarks;

import io.deltaflow.OptionCatalog;
import io.deltaflow.SyncSpec;
import io.deltaflow.source.postgres.PostgresConnector;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.testing.PostgresServer;
import io.deltaflow.testing.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code ./deltaflow bench growth}: how reading grows with rows, connections and splits. In this
 * process, since these are ratios.
 */
final class Growth {
  private static final long SKEWED_ROWS = 1_000_000;

  private final PostgresServer server;
  private final Path folder;

  Growth(PostgresServer server, Path folder) {
    this.server = server;
    this.folder = folder;
  }

  /**
   * @param most rows of the largest of three tables, each ten times the one before
   */
  void run(long most) throws Exception {
    rows(most);
    slowSource();
    skew();
    planning();
  }

  private void rows(long most) throws Exception {
    say("%nRows, read over two connections, the second of two runs:");
    for (long rows : new long[] {most / 100, most / 10, most}) {
      String table = "orders_" + rows;
      OrdersTable.create(server, table, rows);
      Reading reading = Reading.of(server, server.port(), folder, table, 2, 0);
      reading.read();
      double seconds = reading.read();
      say("  %,11d rows %8.2f s %,12.0f rows/s", rows, seconds, rows / seconds);
    }
  }

  private void slowSource() throws Exception {
    say("%nA source that answers 5 ms late, 30,000 rows in 64 splits:");
    OrdersTable.create(server, "slow", 30_000);
    double one = 0;
    for (int connections : new int[] {1, 2, 4, 8}) {
      try (TcpProxy proxy = TcpProxy.before(server.port())) {
        proxy.delay(TcpProxy.Way.TO_CLIENT, Duration.ofMillis(5));
        Reading reading = Reading.of(server, proxy.port(), folder, "slow", connections, 64);
        double seconds = reading.read();
        one = connections == 1 ? seconds : one;
        say(
            "  %d connections (most open %d) %8.2f s, %.2f times as fast as one",
            connections, proxy.mostOpenConnections(), seconds, one / seconds);
      }
    }
  }

  /** Nine tenths of the rows have keys in a thousandth of the range. */
  private void skew() throws Exception {
    server.executeIn(
        OrdersTable.DATABASE,
        "CREATE TABLE skewed (id bigint PRIMARY KEY, note text)",
        "INSERT INTO skewed SELECT CASE WHEN i % 10 > 0 THEN i ELSE 1000 * i END + 10000000,"
            + " md5(i::text) FROM generate_series(1::bigint, "
            + SKEWED_ROWS
            + ") AS i",
        "VACUUM (ANALYZE) skewed");
    Reading reading = Reading.of(server, server.port(), folder, "skewed", 1, 0);
    long largest = 0;
    for (Split split : reading.splits) {
      largest = Math.max(largest, reading.count(split));
    }
    say(
        "%nA skewed key, %,d rows: %d splits, the largest has %.1f %% of the rows",
        SKEWED_ROWS, reading.splits.size(), 100.0 * largest / SKEWED_ROWS);
  }

  private void planning() throws Exception {
    OrdersTable.create(server, "planned", 6_000_000);
    Reading.of(server, server.port(), folder, "planned", 1, 10_000);
    long started = System.nanoTime();
    Reading reading = Reading.of(server, server.port(), folder, "planned", 1, 10_000);
    double seconds = (System.nanoTime() - started) / 1e9;
    say("%nPlanning %,d splits, schema detected too: %.2f s", reading.splits.size(), seconds);
  }

  private static void say(String line, Object... values) {
    System.out.println(String.format(Locale.ROOT, line, values));
  }

  /** A table, planned. */
  private static final class Reading {
    private final Source source;
    private final SourceContext context;
    private final ReadRequest request;
    private final List<Split> splits;
    private final int threads;

    private Reading(Source source, SourceContext context, int splits, int threads) {
      this.source = source;
      this.context = context;
      this.request =
          ReadRequest.of(source.schemaDetector(context).detect().schema())
              .withDesiredSplits(splits);
      this.splits = source.split(request, context);
      this.threads = threads;
    }

    static Reading of(
        PostgresServer server, int port, Path folder, String table, int connections, int splits) {
      Map<String, String> flags = new TreeMap<>();
      flags.put("data_source", "postgresql");
      flags.put("postgresql_host", "127.0.0.1");
      flags.put("postgresql_port", String.valueOf(port));
      flags.put("postgresql_username", server.username());
      flags.put("postgresql_password", server.password());
      flags.put("postgresql_database", OrdersTable.DATABASE);
      flags.put("postgresql_table", table);
      flags.put("postgresql_max_connections", String.valueOf(connections));
      // Connections are pooled by it, so that each measurement has its own.
      flags.put("postgresql_application_name", "bench " + connections + " " + table);
      flags.put("destination_files_folder", folder.toString());
      OptionCatalog catalog =
          OptionCatalog.of(
              List.of(new PostgresConnector()), List.of(new FilesDestinationProvider()), Map.of());
      Source source = SyncSpec.fromFlags(flags, catalog).sources().get(0);
      // A thread more than connections: those wait, and no further connection is opened.
      return new Reading(source, secret -> server.password(), splits, connections + 1);
    }

    /** Seconds for all rows. */
    double read() throws Exception {
      AtomicInteger next = new AtomicInteger();
      ExecutorService executor = Executors.newFixedThreadPool(threads);
      long started = System.nanoTime();
      try {
        List<Future<Long>> parts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          parts.add(executor.submit(() -> readFrom(next)));
        }
        for (Future<Long> part : parts) {
          part.get();
        }
      } finally {
        executor.shutdown();
      }
      return (System.nanoTime() - started) / 1e9;
    }

    private long readFrom(AtomicInteger next) throws Exception {
      long rows = 0;
      for (int i = next.getAndIncrement(); i < splits.size(); i = next.getAndIncrement()) {
        rows += count(splits.get(i));
      }
      return rows;
    }

    long count(Split split) throws Exception {
      long rows = 0;
      try (RowReader reader = source.open(split, request, context)) {
        while (((DirectReader) reader).advance()) {
          rows++;
        }
      }
      return rows;
    }
  }
}
