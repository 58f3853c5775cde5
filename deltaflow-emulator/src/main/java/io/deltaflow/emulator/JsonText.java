package io.deltaflow.emulator;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * BigQuery's JSON values as text: no insignificant spaces, members sorted by name, the first of
 * several members of one name kept, integers of 64 bits exact and other numbers as doubles.
 */
final class JsonText {
  private static final BigInteger MIN_INTEGER = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MAX_INTEGER = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  private JsonText() {}

  /**
   * The one text of a JSON value. Throws invalidQuery when it is not JSON, or a number would lose
   * digits.
   */
  static String normalized(String json) {
    StringBuilder out = new StringBuilder();
    write(parse(json), out);
    return out.toString();
  }

  static JsonElement parse(String json) {
    try (JsonReader reader = new JsonReader(new StringReader(json))) {
      reader.setStrictness(com.google.gson.Strictness.STRICT);
      JsonElement value = read(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw invalid("text after the value");
      }
      return value;
    } catch (MalformedJsonException | IllegalStateException e) {
      throw invalid(e.getMessage());
    } catch (IOException e) {
      throw invalid("unexpected end of input");
    }
  }

  private static BigQueryError invalid(String why) {
    return BigQueryError.invalidQuery(
        "Invalid input to PARSE_JSON: syntax error while parsing value: " + why);
  }

  private static JsonElement read(JsonReader reader) throws IOException {
    switch (reader.peek()) {
      case BEGIN_OBJECT:
        return readObject(reader);
      case BEGIN_ARRAY:
        JsonArray array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
          array.add(read(reader));
        }
        reader.endArray();
        return array;
      case STRING:
        return new JsonPrimitive(reader.nextString());
      case NUMBER:
        return new JsonPrimitive(number(reader.nextString()));
      case BOOLEAN:
        return new JsonPrimitive(reader.nextBoolean());
      default:
        reader.nextNull();
        return JsonNull.INSTANCE;
    }
  }

  private static JsonObject readObject(JsonReader reader) throws IOException {
    Map<String, JsonElement> members =
        new TreeMap<>(
            (a, b) ->
                Arrays.compareUnsigned(
                    a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
    reader.beginObject();
    while (reader.hasNext()) {
      members.putIfAbsent(reader.nextName(), read(reader));
    }
    reader.endObject();
    JsonObject object = new JsonObject();
    members.forEach(object::add);
    return object;
  }

  private static BigDecimal number(String text) {
    BigDecimal exact = new BigDecimal(text);
    if (text.matches("-?[0-9]+")) {
      BigInteger integer = exact.toBigInteger();
      if (integer.compareTo(MIN_INTEGER) >= 0 && integer.compareTo(MAX_INTEGER) <= 0) {
        return new BigDecimal(integer);
      }
    }
    double value = exact.doubleValue();
    if (Double.isInfinite(value) || new BigDecimal(Double.toString(value)).compareTo(exact) != 0) {
      throw BigQueryError.invalidQuery(
          "Invalid input to PARSE_JSON: Input number: "
              + text
              + " cannot round-trip through string representation");
    }
    // A scale of at least one marks a double, also a whole one.
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    return shortest.scale() > 0 ? shortest : shortest.setScale(1);
  }

  static String text(JsonElement value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(JsonElement value, StringBuilder out) {
    if (value.isJsonObject()) {
      String separator = "{";
      for (Map.Entry<String, JsonElement> member : value.getAsJsonObject().entrySet()) {
        quote(member.getKey(), out.append(separator));
        write(member.getValue(), out.append(':'));
        separator = ",";
      }
      out.append(value.getAsJsonObject().size() == 0 ? "{}" : "}");
    } else if (value.isJsonArray()) {
      String separator = "[";
      for (JsonElement element : value.getAsJsonArray()) {
        write(element, out.append(separator));
        separator = ",";
      }
      out.append(value.getAsJsonArray().isEmpty() ? "[]" : "]");
    } else if (value.isJsonNull()) {
      out.append("null");
    } else if (value.getAsJsonPrimitive().isString()) {
      quote(value.getAsString(), out);
    } else if (value.getAsJsonPrimitive().isNumber()) {
      out.append(numberText(value.getAsBigDecimal()));
    } else {
      out.append(value.getAsBoolean());
    }
  }

  private static String numberText(BigDecimal number) {
    if (number.scale() == 0) {
      return number.toPlainString();
    }
    // As BigQuery's JSON library prints doubles: plain between 1e-5 and 1e15, else with an
    // exponent.
    int exponent = number.precision() - number.scale() - 1;
    if (number.signum() == 0 || exponent >= -5 && exponent < 15) {
      return number.toPlainString();
    }
    String digits = number.stripTrailingZeros().unscaledValue().abs().toString();
    return (number.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + String.format("e%+03d", exponent);
  }

  /** Writes a JSON string literal. */
  static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"':
          out.append("\\\"");
          break;
        case '\\':
          out.append("\\\\");
          break;
        case '\n':
          out.append("\\n");
          break;
        case '\r':
          out.append("\\r");
          break;
        case '\t':
          out.append("\\t");
          break;
        case '\b':
          out.append("\\b");
          break;
        case '\f':
          out.append("\\f");
          break;
        default:
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
      }
    }
    out.append('"');
  }
}
