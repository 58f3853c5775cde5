package io.deltaflow.emulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: reads calls, lets the faults have their way, writes answers and errors. */
final class HttpFront implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

  static {
    // Read once by the JDK's server; without it every small answer waits for the client's delayed
    // acknowledgement.
    if (System.getProperty("sun.net.httpserver.nodelay") == null) {
      System.setProperty("sun.net.httpserver.nodelay", "true");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final Routes.Handler handler;
  private final Faults faults;

  HttpFront(InetSocketAddress address, Routes.Handler handler, Faults faults) throws IOException {
    this.handler = handler;
    this.faults = faults;
    this.threads = Executors.newCachedThreadPool(Threads.daemon("emulator-http"));
    this.server = HttpServer.create(address, 256);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
  }

  void start() {
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      WireRequest request = read(exchange);
      Faults.Action fault = faults.actOn(request);
      WireResponse response =
          fault.failure() == null ? answer(request) : fault.failure().response();
      if (fault.dropsResponse()) {
        return; // Closing the exchange without an answer cuts the connection.
      }
      // What the handler left unread would be taken for the connection's next call.
      exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
      write(exchange, response);
    }
  }

  private WireResponse answer(WireRequest request) throws IOException {
    try {
      return handler.handle(request);
    } catch (ApiError e) {
      LOG.debug("{} {}: {} {}", request.method(), request.path(), e.status(), e.getMessage());
      return e.response();
    } catch (BigQueryError e) {
      return ApiError.of(e).response();
    } catch (RuntimeException e) {
      LOG.error("{} {} failed in the emulator", request.method(), request.path(), e);
      return new ApiError("internalError", "The emulator failed: " + e).response();
    }
  }

  private static WireRequest read(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    InputStream body = exchange.getRequestBody();
    if ("gzip".equalsIgnoreCase(headers.get("content-encoding"))) {
      body = unzipped(body);
    }
    String method = headers.getOrDefault("x-http-method-override", exchange.getRequestMethod());
    return new WireRequest(
        method,
        exchange.getRequestURI().getRawPath(),
        WireRequest.parseQuery(exchange.getRequestURI().getRawQuery()),
        headers,
        body,
        Map.of());
  }

  private static InputStream unzipped(InputStream body) throws IOException {
    byte[] packed = body.readAllBytes();
    return packed.length == 0
        ? new ByteArrayInputStream(packed)
        : new GZIPInputStream(new ByteArrayInputStream(packed));
  }

  private static void write(HttpExchange exchange, WireResponse response) throws IOException {
    response.headers().forEach(exchange.getResponseHeaders()::set);
    if (response.length() == 0) {
      exchange.sendResponseHeaders(response.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(response.status(), response.length());
    try (OutputStream out = exchange.getResponseBody()) {
      response.body().writeTo(out);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    Threads.stop(threads);
  }
}
