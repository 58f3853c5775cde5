package io.deltaflow.emulator;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Google's batches: calls as parts of one multipart call, answered part by part. */
final class Batch {
  private static final String BOUNDARY = "batch_deltaflow_emulator";

  private final Routes.Handler handler;

  Batch(Routes.Handler handler) {
    this.handler = handler;
  }

  WireResponse handle(WireRequest request) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Multipart.Part part : Multipart.parse(request)) {
      WireResponse answer = answer(inner(part, request));
      write(out, "--" + BOUNDARY + "\r\nContent-Type: application/http\r\n");
      String id = part.headers().get("content-id");
      if (id != null) {
        write(
            out,
            "Content-ID: "
                + (id.startsWith("<") ? "<response-" + id.substring(1) : "response-" + id)
                + "\r\n");
      }
      write(out, "\r\nHTTP/1.1 " + answer.status() + " " + reason(answer.status()) + "\r\n");
      answer.headers().forEach((name, value) -> write(out, name + ": " + value + "\r\n"));
      write(out, "Content-Length: " + answer.length() + "\r\n\r\n");
      answer.body().writeTo(out);
      write(out, "\r\n");
    }
    write(out, "--" + BOUNDARY + "--\r\n");
    return WireResponse.bytes(200, "multipart/mixed; boundary=" + BOUNDARY, out.toByteArray());
  }

  private WireResponse answer(WireRequest request) throws IOException {
    try {
      return handler.handle(request);
    } catch (ApiError e) {
      return e.response();
    } catch (BigQueryError e) {
      return ApiError.of(e).response();
    }
  }

  private static WireRequest inner(Multipart.Part part, WireRequest outer) {
    byte[] content = part.content();
    int lineEnd = Multipart.afterLine(content, 0);
    String[] line = new String(content, 0, lineEnd, StandardCharsets.UTF_8).trim().split(" ");
    if (line.length < 2) {
      throw new ApiError("invalid", "A part of a batch begins with its method and path.");
    }
    Map<String, String> headers = new HashMap<>();
    int body = Multipart.readHeaders(content, lineEnd, content.length, headers);
    headers.putIfAbsent("host", outer.header("host").orElse("localhost"));
    String target = line[1].replaceFirst("^https?://[^/]+", "");
    int question = target.indexOf('?');
    return new WireRequest(
        line[0],
        question < 0 ? target : target.substring(0, question),
        WireRequest.parseQuery(question < 0 ? "" : target.substring(question + 1)),
        headers,
        new ByteArrayInputStream(Arrays.copyOfRange(content, body, content.length)),
        Map.of());
  }

  private static String reason(int status) {
    return status < 300 ? "OK" : "Error";
  }

  private static void write(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
