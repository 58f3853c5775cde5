package io.deltaflow.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One call, whether it came alone or in a batch.
 *
 * @param path raw, as sent: object names keep their escapes
 * @param query decoded; the last value of a repeated parameter
 * @param headers by lower-case name
 * @param body already unzipped
 * @param variables what the route's placeholders stand for, decoded
 */
record WireRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    InputStream body,
    Map<String, String> variables) {

  static Map<String, String> parseQuery(String raw) {
    Map<String, String> query = new HashMap<>();
    if (raw == null || raw.isEmpty()) {
      return query;
    }
    for (String pair : raw.split("&")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      query.put(
          URLDecoder.decode(name, StandardCharsets.UTF_8),
          URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return query;
  }

  WireRequest with(String changedPath, Map<String, String> changedVariables) {
    return new WireRequest(method, changedPath, query, headers, body, changedVariables);
  }

  WireRequest with(InputStream changedBody) {
    return new WireRequest(method, path, query, headers, changedBody, variables);
  }

  String variable(String name) {
    return variables.get(name);
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  boolean flag(String name) {
    return "true".equalsIgnoreCase(query.get(name));
  }

  long number(String name, long otherwise) {
    String text = query.get(name);
    try {
      return text == null || text.isEmpty() ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ApiError("invalid", "Invalid value for " + name + ": " + text + " is not a number");
    }
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  <T> T json(Class<T> type) throws IOException {
    return Json.parse(body, type);
  }

  /** What the client calls this server, for links back to it. */
  String origin() {
    return "http://" + header("host").orElse("localhost");
  }
}
