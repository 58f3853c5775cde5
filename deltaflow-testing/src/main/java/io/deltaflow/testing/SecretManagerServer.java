package io.deltaflow.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Secret Manager's REST API on 127.0.0.1 and a free port, as far as reading secrets goes: {@code
 * GET /v1/projects/P/secrets/S/versions/V:access}. Checks no credentials; versions are numbered
 * from 1, {@code latest} is the newest that is there. Pass {@link #pipelineArgument} to what is to
 * use it.
 */
public final class SecretManagerServer implements AutoCloseable {
  private static final Pattern ACCESS =
      Pattern.compile(
          "/v1/(projects/[^/]+/(?:locations/[^/]+/)?secrets/[^/]+)/versions/([^/:]+):access");
  private static final ObjectMapper JSON = new ObjectMapper();

  private enum State {
    ENABLED,
    DISABLED,
    DESTROYED
  }

  private record Version(byte[] value, State state) {}

  private final Map<String, Map<Integer, Version>> secrets = new ConcurrentHashMap<>();
  private final Map<String, String> denied = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger toDamage = new AtomicInteger();
  private final AtomicInteger toFail = new AtomicInteger();
  private final HttpServer server;

  private SecretManagerServer(HttpServer server) {
    this.server = server;
    server.createContext("/", this::serve);
  }

  /** Starts a server without secrets. */
  public static SecretManagerServer start() {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
      SecretManagerServer started = new SecretManagerServer(HttpServer.create(address, 0));
      started.server.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the REST API, such as {@code http://127.0.0.1:4711}. */
  public String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Sends launcher and workers here. */
  public String pipelineArgument() {
    return "--secretManagerEndpoint=" + endpoint();
  }

  /**
   * Adds a version to a secret, which is made with the first.
   *
   * @param secret {@code projects/P/secrets/S}
   * @return the version's name, {@code projects/P/secrets/S/versions/V}
   */
  public String add(String secret, String value) {
    return add(secret, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Like {@link #add(String, String)}. */
  public synchronized String add(String secret, byte[] value) {
    Map<Integer, Version> versions =
        secrets.computeIfAbsent(secret, s -> new ConcurrentHashMap<>());
    int number = versions.size() + 1;
    versions.put(number, new Version(value.clone(), State.ENABLED));
    return secret + "/versions/" + number;
  }

  /** Disables a version, by its name. */
  public void disable(String version) {
    set(version, State.DISABLED);
  }

  /** Destroys a version, by its name. */
  public void destroy(String version) {
    set(version, State.DESTROYED);
  }

  private void set(String version, State state) {
    String[] parts = version.split("/versions/");
    secrets.get(parts[0]).computeIfPresent(Integer.valueOf(parts[1]), (n, v) -> changed(v, state));
  }

  private static Version changed(Version version, State state) {
    return new Version(state == State.DESTROYED ? new byte[0] : version.value(), state);
  }

  /** Answers for this secret as if the caller had no role on it. */
  public void deny(String secret) {
    denied.put(secret, secret);
  }

  /** Damages so many of the next answers, whose checksum stays that of the value. */
  public void damage(int answers) {
    toDamage.set(answers);
  }

  /** Answers so many of the next requests as a service that is not available. */
  public void fail(int requests) {
    toFail.set(requests);
  }

  /** How often a value was asked for. */
  public int requests() {
    return requests.get();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Matcher m = ACCESS.matcher(exchange.getRequestURI().getPath());
      if (!m.matches() || !exchange.getRequestMethod().equals("GET")) {
        refuse(exchange, 404, "NOT_FOUND", "Not found: " + exchange.getRequestURI());
        return;
      }
      requests.incrementAndGet();
      if (toFail.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        refuse(exchange, 503, "UNAVAILABLE", "The service is currently unavailable.");
        return;
      }
      access(exchange, m.group(1), m.group(2));
    }
  }

  private void access(HttpExchange exchange, String secret, String given) throws IOException {
    Map<Integer, Version> versions = secrets.getOrDefault(secret, Map.of());
    String number = given.equals("latest") ? String.valueOf(versions.size()) : given;
    String name = secret + "/versions/" + number;
    Version version = number.matches("\\d{1,9}") ? versions.get(Integer.valueOf(number)) : null;
    if (denied.containsKey(secret)) {
      refuse(
          exchange,
          403,
          "PERMISSION_DENIED",
          "Permission 'secretmanager.versions.access' denied for resource '"
              + name
              + "' (or it may not exist).");
    } else if (versions.isEmpty()) {
      refuse(exchange, 404, "NOT_FOUND", "Secret [" + secret + "] not found or has no versions.");
    } else if (version == null) {
      refuse(exchange, 404, "NOT_FOUND", "Secret Version [" + name + "] not found.");
    } else if (version.state() != State.ENABLED) {
      refuse(
          exchange,
          400,
          "FAILED_PRECONDITION",
          "Secret Version [" + name + "] is in " + version.state() + " state.");
    } else {
      answer(exchange, name, version.value());
    }
  }

  private void answer(HttpExchange exchange, String name, byte[] value) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(value);
    byte[] sent = value.clone();
    if (toDamage.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      sent[0] ^= 1;
    }
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("data", Base64.getEncoder().encodeToString(sent));
    payload.put("dataCrc32c", String.valueOf(crc.getValue()));
    write(exchange, 200, Map.of("name", name, "payload", payload));
  }

  private static void refuse(HttpExchange exchange, int code, String status, String message)
      throws IOException {
    write(
        exchange,
        code,
        Map.of("error", Map.of("code", code, "message", message, "status", status)));
  }

  private static void write(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] text = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
    exchange.sendResponseHeaders(status, text.length);
    exchange.getResponseBody().write(text);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
