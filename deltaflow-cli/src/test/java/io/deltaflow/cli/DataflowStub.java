package io.deltaflow.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Dataflow's REST API on loopback, as far as a launch needs it: it takes jobs and runs none. */
final class DataflowStub implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<String> jobs = new CopyOnWriteArrayList<>();

  private DataflowStub(HttpServer server) {
    this.server = server;
  }

  static DataflowStub start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    DataflowStub stub = new DataflowStub(server);
    server.createContext("/", stub::answer);
    server.start();
    return stub;
  }

  String endpoint() {
    return "http://localhost:" + server.getAddress().getPort() + "/";
  }

  /** Methods and paths, in order. */
  List<String> calls() {
    return calls;
  }

  /** The requests' bodies. */
  List<String> jobs() {
    return jobs;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      calls.add(exchange.getRequestMethod() + " " + path);
      if (!exchange.getRequestMethod().equals("POST") || !path.endsWith("/jobs")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      String body = body(exchange);
      jobs.add(body);
      byte[] job = JSON.writeValueAsBytes(created(JSON.readTree(body)));
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, job.length);
      exchange.getResponseBody().write(job);
    }
  }

  private static String body(HttpExchange exchange) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream in =
        zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static ObjectNode created(JsonNode request) {
    ObjectNode job = JSON.createObjectNode();
    job.put("id", "2026-11-23_00_00_00-1");
    job.put("currentState", "JOB_STATE_PENDING");
    for (String field : List.of("name", "projectId", "location", "clientRequestId", "type")) {
      if (request.has(field)) {
        job.set(field, request.get(field));
      }
    }
    return job;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
