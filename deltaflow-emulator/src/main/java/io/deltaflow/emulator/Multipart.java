package io.deltaflow.emulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads multipart bodies, in memory. */
final class Multipart {
  private static final Pattern BOUNDARY = Pattern.compile("boundary=(?:\"([^\"]+)\"|([^;\\s]+))");

  /** A part with its headers by lower-case name. */
  record Part(Map<String, String> headers, byte[] content) {}

  private Multipart() {}

  /** The two parts of an upload: metadata and content. */
  static List<Part> two(WireRequest request) throws IOException {
    List<Part> parts = parse(request);
    if (parts.size() != 2) {
      throw new ApiError("invalid", "A multipart upload has two parts, not " + parts.size() + ".");
    }
    return parts;
  }

  static List<Part> parse(WireRequest request) throws IOException {
    Matcher match = BOUNDARY.matcher(request.header("content-type").orElse(""));
    if (!match.find()) {
      throw new ApiError("invalid", "A multipart body needs a boundary in its Content-Type.");
    }
    String boundary = match.group(1) == null ? match.group(2) : match.group(1);
    byte[] body = request.body().readAllBytes();
    byte[] mark = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    List<Part> parts = new ArrayList<>();
    int at = indexOf(body, mark, 0);
    while (at >= 0) {
      int start = at + mark.length;
      int next = indexOf(body, mark, start);
      if (next < 0) {
        break;
      }
      parts.add(part(body, afterLine(body, start), beforeLineEnd(body, next)));
      at = next;
    }
    return parts;
  }

  private static Part part(byte[] body, int from, int to) {
    Map<String, String> headers = new HashMap<>();
    int at = readHeaders(body, from, to, headers);
    return new Part(headers, Arrays.copyOfRange(body, at, Math.max(at, to)));
  }

  /** Reads header lines up to the empty line; the position after it. */
  static int readHeaders(byte[] body, int from, int to, Map<String, String> headers) {
    int at = from;
    while (at < to) {
      int next = afterLine(body, at);
      String line = new String(body, at, Math.min(next, to) - at, StandardCharsets.UTF_8).trim();
      at = next;
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).trim());
      }
    }
    return at;
  }

  static int afterLine(byte[] body, int from) {
    int at = from;
    while (at < body.length && body[at] != '\n') {
      at++;
    }
    return Math.min(at + 1, body.length);
  }

  private static int beforeLineEnd(byte[] body, int mark) {
    int end = mark;
    if (end > 0 && body[end - 1] == '\n') {
      end--;
    }
    if (end > 0 && body[end - 1] == '\r') {
      end--;
    }
    return end;
  }

  private static int indexOf(byte[] body, byte[] mark, int from) {
    for (int i = from; i <= body.length - mark.length; i++) {
      if (body[i] == mark[0] && Arrays.equals(body, i, i + mark.length, mark, 0, mark.length)) {
        return i;
      }
    }
    return -1;
  }
}
