package io.deltaflow.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

  /** A GoogleSQL query's rows. */
  List<Map<String, Object>> target(String sql) {
    return bigQuery.rows(sql);
  }

  /** Every table of the dataset, as the REST API lists it. */
  List<JsonNode> tables() {
    URI uri =
        URI.create(
            bigQuery.emulator().bigQueryEndpoint()
                + "bigquery/v2/projects/"
                + BigQueryServer.PROJECT
                + "/datasets/"
                + BigQueryServer.DATASET
                + "/tables?maxResults=10000");
    try (InputStream in = uri.toURL().openStream()) {
      List<JsonNode> tables = new ArrayList<>();
      new ObjectMapper().readTree(in).path("tables").forEach(tables::add);
      return tables;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An empty table {@code (id bigint, note text, amount numeric(10,2), updated_at timestamptz)}
   * with its primary key on the first, and a sync of it: Smart Sync, merging.
   */
  OrdersSync orders(String table) {
    sql(
        "CREATE TABLE "
            + table
            + " (id bigint PRIMARY KEY, note text, amount numeric(10,2) NOT NULL DEFAULT 1.5,"
            + " updated_at timestamptz DEFAULT now())");
    return new OrdersSync(this, table);
  }

  @Override
  public void close() {
    bigQuery.close();
    postgres.close();
  }
}
