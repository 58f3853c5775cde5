package io.deltaflow.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.testing.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.Map;

/** A real PostgreSQL and the emulator, and the template's main class between them. */
final class SyncBed implements AutoCloseable {
  static final String PROJECT = "test-project";
  static final String DATASET = "shop";
  static final String DATABASE = "shop";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PostgresServer postgres;
  private final BigQueryEmulator emulator;
  private final HttpClient http = HttpClient.newHttpClient();

  private SyncBed(PostgresServer postgres, BigQueryEmulator emulator) {
    this.postgres = postgres;
    this.emulator = emulator;
  }

  static SyncBed start() throws IOException {
    PostgresServer postgres = PostgresServer.start();
    postgres.createDatabase(DATABASE);
    return new SyncBed(
        postgres, BigQueryEmulator.builder().dataset(PROJECT, DATASET).build().start());
  }

  void sql(String... statements) {
    postgres.executeIn(DATABASE, statements);
  }

  /** The first column of the first row at the source. */
  String source(String sql) {
    return postgres.queryIn(DATABASE, sql);
  }

  /**
   * Waits, by the source's clock, until every row of a table is below the end of the next window.
   */
  void awaitVisible(String table) {
    postgres.queryIn(
        DATABASE,
        "SELECT pg_sleep_until((SELECT max(updated_at) FROM "
            + table
            + ") + interval '1.1 seconds')");
  }

  Connection connect() {
    return postgres.connect(DATABASE);
  }

  /** Waits until there is such a row of pg_locks. */
  void awaitLock(String condition) {
    sql(
        "SET statement_timeout = '60s'",
        "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE "
            + condition
            + ") LOOP PERFORM pg_sleep(0.02); END LOOP; END $$");
  }

  /** The flags of a sync of one table into one of the same name. */
  Map<String, String> flags(String table) {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("postgresql_host", postgres.host());
    flags.put("postgresql_port", Integer.toString(postgres.port()));
    flags.put("postgresql_database", DATABASE);
    flags.put("postgresql_username", postgres.username());
    flags.put("postgresql_password", postgres.password());
    flags.put("postgresql_table", "public." + table);
    flags.put("destination_bigquery_project", PROJECT);
    flags.put("destination_bigquery_dataset", DATASET);
    flags.put("destination_bigquery_table", table);
    flags.put("bigQueryEndpoint", emulator.bigQueryEndpoint());
    flags.put("gcsEndpoint", emulator.gcsEndpoint());
    return flags;
  }

  static String[] arguments(Map<String, String> flags) {
    return flags.entrySet().stream()
        .map(e -> "--" + e.getKey() + "=" + e.getValue())
        .toArray(String[]::new);
  }

  /** Through the template's main class. */
  static Launched launch(Map<String, String> flags) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        DeltaFlowTemplate.launch(
            new PrintStream(err, true, StandardCharsets.UTF_8), arguments(flags));
    return new Launched(status, err.toString(StandardCharsets.UTF_8));
  }

  record Launched(int status, String err) {}

  /** The first column of the first row, as the REST API writes it. */
  String query(String sql) throws IOException, InterruptedException {
    String body = JSON.writeValueAsString(Map.of("query", sql, "useLegacySql", false));
    JsonNode answer =
        call(
            HttpRequest.newBuilder(uri("/queries"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    return answer.at("/rows/0/f/0/v").asText();
  }

  BigQueryEmulator emulator() {
    return emulator;
  }

  /** A job's resource. */
  JsonNode job(String id) throws IOException, InterruptedException {
    return call(HttpRequest.newBuilder(uri("/jobs/" + id)).GET().build());
  }

  /** What a GET of a path below the server answers. */
  JsonNode get(String path) throws IOException, InterruptedException {
    return call(
        HttpRequest.newBuilder(URI.create(emulator.bigQueryEndpoint() + path)).GET().build());
  }

  /** Puts a text into a bucket. */
  void store(String bucket, String name, String text) throws IOException, InterruptedException {
    String path = "upload/storage/v1/b/" + bucket + "/o?uploadType=media&name=" + name;
    call(
        HttpRequest.newBuilder(URI.create(emulator.bigQueryEndpoint() + path))
            .POST(HttpRequest.BodyPublishers.ofString(text))
            .build());
  }

  /** The table's resource. */
  JsonNode table(String name) throws IOException, InterruptedException {
    return call(
        HttpRequest.newBuilder(uri("/datasets/" + DATASET + "/tables/" + name)).GET().build());
  }

  private URI uri(String path) {
    return URI.create(emulator.bigQueryEndpoint() + "bigquery/v2/projects/" + PROJECT + path);
  }

  private JsonNode call(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          request.uri() + " answered " + response.statusCode() + ": " + response.body());
    }
    return JSON.readTree(response.body());
  }

  String bigQueryEndpoint() {
    return emulator.bigQueryEndpoint();
  }

  String password() {
    return postgres.password();
  }

  @Override
  public void close() {
    emulator.close();
    postgres.close();
  }
}
