package io.deltaflow.runner.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.emulator.Faults;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.PostgresServer;
import io.deltaflow.testing.TcpProxy;
import io.deltaflow.testing.TcpProxy.Way;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;

/**
 * Orders in a real PostgreSQL behind a proxy, the emulator, and flags that sync one into the other:
 * Smart Sync, merging, in eight splits. A test has a table of its own.
 */
public final class OrdersSync implements AutoCloseable {
  private static final String DATABASE = "shop";
  private static final String TEMP = "gs://deltaflow-temp/runners";

  private final PostgresServer postgres;
  private final TcpProxy proxy;
  private final BigQueryServer bigQuery;
  private volatile boolean stalled;

  private OrdersSync(PostgresServer postgres, BigQueryServer bigQuery) {
    this.postgres = postgres;
    this.proxy = TcpProxy.before(postgres.port());
    this.bigQuery = bigQuery;
  }

  /** Starts both servers. */
  public static OrdersSync start() {
    PostgresServer postgres = PostgresServer.start();
    postgres.createDatabase(DATABASE);
    return new OrdersSync(postgres, BigQueryServer.start());
  }

  /** Creates a table with so many rows of about 350 bytes. */
  public void create(String table, int rows) {
    sql(
        "CREATE TABLE "
            + table
            + " (id bigint PRIMARY KEY, note text, amount numeric(10,2) NOT NULL,"
            + " updated_at timestamptz NOT NULL DEFAULT now())",
        "INSERT INTO "
            + table
            + " SELECT n, nullif(repeat(md5(n::text), n % 20), ''), n / 100.0"
            + " FROM generate_series(1, "
            + rows
            + ") n",
        "ANALYZE " + table);
  }

  /** Statements in the source. */
  public void sql(String... statements) {
    postgres.executeIn(DATABASE, statements);
  }

  /** Between the source and whoever reads it. */
  public TcpProxy proxy() {
    return proxy;
  }

  /**
   * Holds all that the source says back, once it has said so much, until the proxy {@linkplain
   * TcpProxy#pass passes} it on.
   */
  public void stallAfter(long bytes) {
    AtomicLong left = new AtomicLong(bytes);
    proxy.rewrite(
        Way.TO_CLIENT,
        piece -> {
          if (left.addAndGet(-piece.length()) <= 0) {
            stalled = true;
            proxy.stall();
          }
          return piece;
        });
    stalled = false;
  }

  /** Whether the source is held back. */
  public boolean isStalled() {
    return stalled;
  }

  /** Load files that are complete, of runs that have not ended. */
  public List<String> loadFiles() {
    FileSystems.setDefaultPipelineOptions(bigQuery.pipelineOptions());
    try {
      return FileSystems.match(TEMP + "/deltaflow/*/files/*", EmptyMatchTreatment.ALLOW)
          .metadata()
          .stream()
          .map(f -> f.resourceId().toString())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Failures on demand of the destination. */
  public Faults faults() {
    return bigQuery.emulator().faults();
  }

  /** For the Java virtual machine of a worker. */
  public String workerOption() {
    return "-D" + EmulatedStorage.ENDPOINT + "=" + bigQuery.emulator().gcsEndpoint();
  }

  /** Waits, by the source's clock, until all rows of a table can be read. */
  public void rest(String table) {
    postgres.queryIn(
        DATABASE,
        "SELECT pg_sleep_until((SELECT max(updated_at) FROM "
            + table
            + ") + interval '1.1 seconds')");
  }

  /**
   * The command line of a run.
   *
   * @param replacing take the place of flags of the same name
   * @param more such as the runner
   */
  public List<String> arguments(String table, String[] replacing, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--postgresql_host=" + proxy.host());
    arguments.add("--postgresql_port=" + proxy.port());
    arguments.add("--postgresql_database=" + DATABASE);
    arguments.add("--postgresql_username=" + postgres.username());
    arguments.add("--postgresql_password=" + postgres.password());
    arguments.add("--postgresql_table=public." + table);
    arguments.add("--enable_smart_sync=true");
    arguments.add("--write_disposition=WRITE_MERGE");
    arguments.add("--splits=8");
    bigQuery.destinationFlags(table).forEach((name, v) -> arguments.add("--" + name + "=" + v));
    arguments.addAll(bigQuery.pipelineArguments());
    arguments.removeIf(a -> a.startsWith("--tempLocation="));
    arguments.add("--tempLocation=" + TEMP);
    for (String flag : replacing) {
      arguments.removeIf(a -> a.startsWith(flag.substring(0, flag.indexOf('=') + 1)));
      arguments.add(flag);
    }
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** Every row of the source is in the destination once, as it is, and nothing else is. */
  public void assertEqual(String table) {
    List<String> expected = sourceRows(table);
    List<String> found = targetRows(table);
    // All of them would be too many to print.
    assertThat(without(expected, found)).as("rows that are lost").isEmpty();
    assertThat(without(found, expected)).as("rows that are too many").isEmpty();
    assertThat(found).hasSameSizeAs(expected);
  }

  private static List<String> without(List<String> rows, List<String> others) {
    Map<String, Integer> left = new HashMap<>();
    others.forEach(r -> left.merge(r, 1, Integer::sum));
    return rows.stream().filter(r -> left.merge(r, -1, Integer::sum) < 0).limit(5).toList();
  }

  private List<String> sourceRows(String table) {
    List<String> rows = new ArrayList<>();
    try (Connection c = postgres.connect(DATABASE);
        Statement s = c.createStatement();
        ResultSet r =
            s.executeQuery(
                "SELECT concat_ws('|', id, coalesce(note, 'NULL'), trim_scale(amount),"
                    + " to_char(updated_at AT TIME ZONE 'UTC',"
                    + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')) AS line FROM "
                    + table
                    + " ORDER BY id")) {
      while (r.next()) {
        rows.add(r.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return rows;
  }

  private List<String> targetRows(String table) {
    return bigQuery
        .rows(
            "SELECT CONCAT(id, '|', IFNULL(note, 'NULL'), '|', CAST(amount AS STRING), '|',"
                + " FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6SZ', updated_at)) AS line FROM "
                + named(table)
                + " ORDER BY id")
        .stream()
        .map(r -> r.get("line").toString())
        .toList();
  }

  /** What the runs of a table did, oldest first: outcome and counts of the ledger. */
  public List<Map<String, Object>> runs(String table) {
    return bigQuery.rows(
        "SELECT outcome, rows_read, rows_inserted, rows_updated FROM "
            + named(table + "__deltaflow_runs")
            + " ORDER BY started");
  }

  private static String named(String table) {
    return "`" + BigQueryServer.PROJECT + "." + BigQueryServer.DATASET + "." + table + "`";
  }

  @Override
  public void close() {
    bigQuery.close();
    proxy.close();
    postgres.close();
  }
}
