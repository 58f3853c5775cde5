package io.deltaflow.emulator;

import com.google.api.client.json.GenericJson;
import com.google.api.client.json.gson.GsonFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** JSON as Google's own model classes read and write it. */
final class Json {
  private static final GsonFactory FACTORY = GsonFactory.getDefaultInstance();

  private Json() {}

  static byte[] bytes(Object model) {
    try {
      return FACTORY.toByteArray(model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model; an empty one when the text is empty. */
  static <T> T parse(byte[] text, Class<T> type) {
    String json = new String(text, StandardCharsets.UTF_8).trim();
    try {
      return FACTORY.fromString(json.isEmpty() ? "{}" : json, type);
    } catch (IOException | IllegalArgumentException e) {
      throw new ApiError(
          "parseError",
          "Parse Error: the body is not a JSON " + type.getSimpleName() + ": " + e.getMessage());
    }
  }

  /**
   * A deep copy, whose lists can be copied in turn; the models' own clone refuses immutable lists.
   */
  @SuppressWarnings("unchecked")
  static <T extends GenericJson> T copy(T model) {
    return (T) parse(bytes(model), model.getClass());
  }

  static <T> T parse(InputStream body, Class<T> type) throws IOException {
    return parse(body.readAllBytes(), type);
  }
}
