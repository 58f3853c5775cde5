package io.deltaflow.emulator;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answer.
 *
 * @param length of the body in bytes
 */
record WireResponse(int status, Map<String, String> headers, long length, Body body) {

  /** Writes the body's {@code length} bytes. */
  interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  static WireResponse json(Object model) {
    return json(200, model);
  }

  static WireResponse json(int status, Object model) {
    return bytes(status, "application/json; charset=UTF-8", Json.bytes(model));
  }

  static WireResponse bytes(int status, String contentType, byte[] content) {
    return new WireResponse(
        status, Map.of("Content-Type", contentType), content.length, out -> out.write(content));
  }

  static WireResponse empty(int status) {
    return new WireResponse(status, Map.of(), 0, out -> {});
  }

  WireResponse header(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new WireResponse(status, more, length, body);
  }
}
