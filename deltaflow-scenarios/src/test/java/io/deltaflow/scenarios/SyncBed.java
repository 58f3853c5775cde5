package io.deltaflow.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.emulator.Faults;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A real PostgreSQL, the emulator, and tables to sync from one to the other. */
final class SyncBed implements AutoCloseable {
  static final String DATABASE = "shop";
  private static final String TABLES = "datasets/" + BigQueryServer.DATASET + "/tables";

  private final PostgresServer postgres;
  private final BigQueryServer bigQuery;

  private SyncBed(PostgresServer postgres, BigQueryServer bigQuery) {
    this.postgres = postgres;
    this.bigQuery = bigQuery;
  }

  static SyncBed start() {
    return start(new Properties());
  }

  /**
   * Starts both servers.
   *
   * @param settings of {@code postgresql.conf}
   */
  static SyncBed start(Properties settings) {
    PostgresServer postgres = PostgresServer.start(settings);
    postgres.createDatabase(DATABASE);
    return new SyncBed(postgres, BigQueryServer.start());
  }

  PostgresServer postgres() {
    return postgres;
  }

  BigQueryServer bigQuery() {
    return bigQuery;
  }

  /** Statements in the source, each in a transaction of its own. */
  void sql(String... statements) {
    postgres.executeIn(DATABASE, statements);
  }

  /** A session of the source that the caller closes. */
  Connection session() {
    return postgres.connect(DATABASE);
  }

  /** The first column of the first row, in the source. */
  String source(String sql) {
    return postgres.queryIn(DATABASE, sql);
  }

  /** SQL for an instant in ISO 8601 with six decimals. */
  static String iso(String timestamptz) {
    return "to_char((" + timestamptz + ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
  }

  /** A GoogleSQL query's rows. */
  List<Map<String, Object>> target(String sql) {
    return bigQuery.rows(sql);
  }

  /** Failures on demand of the emulator. */
  Faults faults() {
    return bigQuery.emulator().faults();
  }

  /** Every table of the dataset, as the REST API lists it. */
  List<JsonNode> tables() {
    return listed(TABLES + "?maxResults=10000", "tables");
  }

  /** A table of the dataset, as the REST API shows it. */
  JsonNode table(String name) {
    return resource(TABLES + "/" + name);
  }

  /** The ids of a run's jobs, without those that only read. */
  List<String> jobs(String runId) {
    return listed("jobs?maxResults=1000", "jobs").stream()
        .map(j -> j.at("/jobReference/jobId").asText())
        .filter(id -> id.startsWith("deltaflow_" + runId + "_"))
        .toList();
  }

  private List<JsonNode> listed(String path, String name) {
    List<JsonNode> found = new ArrayList<>();
    resource(path).path(name).forEach(found::add);
    return found;
  }

  private JsonNode resource(String path) {
    URI uri =
        URI.create(
            bigQuery.emulator().bigQueryEndpoint()
                + "bigquery/v2/projects/"
                + BigQueryServer.PROJECT
                + "/"
                + path);
    try (InputStream in = uri.toURL().openStream()) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An empty table {@code (id bigint, note text, amount numeric(10,2), updated_at timestamptz)}
   * with its primary key on the first, and a sync of it: Smart Sync, merging.
   */
  OrdersSync orders(String table) {
    return orders(table, CursorColumn.timestamptz());
  }

  /** The same with a cursor of another type. */
  OrdersSync orders(String table, CursorColumn cursor) {
    sql(
        "CREATE TABLE "
            + table
            + " (id bigint PRIMARY KEY, note text, amount numeric(10,2) NOT NULL DEFAULT 1.5,"
            + " updated_at "
            + cursor.ddl()
            + ")");
    return new OrdersSync(this, table, cursor);
  }

  @Override
  public void close() {
    bigQuery.close();
    postgres.close();
  }
}
