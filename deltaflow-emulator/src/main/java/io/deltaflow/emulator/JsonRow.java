package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.internal.Streams;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Converts JSON objects to rows, in the forms of {@link RowAppender}, by BigQuery's rules for JSON
 * loads.
 */
final class JsonRow {
  private final List<TableFieldSchema> columns;
  private final boolean ignoresUnknown;

  JsonRow(List<TableFieldSchema> columns, boolean ignoresUnknown) {
    this.columns = columns;
    this.ignoresUnknown = ignoresUnknown;
  }

  Object[] parse(String line) {
    try (JsonReader reader = new JsonReader(new StringReader(line))) {
      reader.setStrictness(Strictness.STRICT);
      JsonElement element = Streams.parse(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new LoadError("Parser terminated before end of string");
      }
      if (!element.isJsonObject()) {
        throw new LoadError("Start of object expected, found: " + line);
      }
      return struct(columns, element, "");
    } catch (MalformedJsonException | JsonParseException | IllegalStateException e) {
      throw new LoadError("Error while reading data: not valid JSON: " + e.getMessage());
    } catch (IOException e) {
      throw new LoadError("Unexpected end of input");
    }
  }

  private Object[] struct(List<TableFieldSchema> fields, JsonElement object, String path) {
    Object[] values = new Object[fields.size()];
    for (Map.Entry<String, JsonElement> member : object.getAsJsonObject().entrySet()) {
      int slot = slot(fields, member.getKey());
      if (slot >= 0) {
        values[slot] = field(fields.get(slot), member.getValue(), path);
      } else if (!ignoresUnknown) {
        throw new LoadError("No such field: " + path + member.getKey() + ".");
      }
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null && "REQUIRED".equals(fields.get(i).getMode())) {
        throw new LoadError("Missing required field: " + path + fields.get(i).getName() + ".");
      }
    }
    return values;
  }

  private static int slot(List<TableFieldSchema> fields, String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).getName().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  private Object field(TableFieldSchema field, JsonElement value, String path) {
    boolean repeats = "REPEATED".equals(field.getMode());
    if (value.isJsonNull()) {
      // A JSON column's null is the SQL one, as in BigQuery.
      return null;
    }
    if (!repeats) {
      return value(field, value, path);
    }
    if (!value.isJsonArray()) {
      throw new LoadError(
          "Array specified for non-array or vice versa: field "
              + path
              + field.getName()
              + " needs an array.");
    }
    List<Object> values = new ArrayList<>();
    for (JsonElement element : value.getAsJsonArray()) {
      if (element == JsonNull.INSTANCE) {
        throw RowAppender.nullIn(field);
      }
      values.add(value(field, element, path));
    }
    return values;
  }

  private Object value(TableFieldSchema field, JsonElement value, String path) {
    String name = path + field.getName();
    if (field.getType().equals("JSON")) {
      return ValueRules.json(field, value.toString());
    }
    if (field.getType().equals("RECORD")) {
      if (!value.isJsonObject()) {
        throw new LoadError("Field " + name + " is a RECORD; an object is needed, not " + value);
      }
      return struct(field.getFields(), value, name + ".");
    }
    if (!value.isJsonPrimitive()) {
      throw new LoadError(
          (value.isJsonArray()
                  ? "Array specified for non-repeated field: "
                  : "Nonrecord field given an object: ")
              + name
              + ".");
    }
    try {
      return scalar(field, value.getAsString(), value.getAsJsonPrimitive().isNumber());
    } catch (BigQueryError | ArithmeticException | IllegalArgumentException e) {
      throw new LoadError(
          "Could not convert value '"
              + value.getAsString()
              + "' to "
              + field.getType()
              + ". Field: "
              + name
              + "; "
              + e.getMessage());
    }
  }

  private static Object scalar(TableFieldSchema field, String text, boolean isNumber) {
    switch (field.getType()) {
      case "INTEGER":
        return isNumber ? new BigDecimal(text).longValueExact() : TextCasts.int64(text);
      case "FLOAT":
        return TextCasts.float64(text);
      case "BOOLEAN":
        return TextCasts.bool(text);
      case "NUMERIC":
      case "BIGNUMERIC":
        return ValueRules.decimal(field, new BigDecimal(text.strip()));
      case "STRING":
        return ValueRules.utf8(field, text.getBytes(StandardCharsets.UTF_8));
      case "GEOGRAPHY":
        return ValueRules.geography(field, text.getBytes(StandardCharsets.UTF_8));
      case "BYTES":
        return ValueRules.bytes(field, Base64.getDecoder().decode(text));
      case "DATE":
        return TextCasts.date(text).toEpochDay();
      case "TIME":
        return TextCasts.time(text).toNanoOfDay() / 1000;
      case "DATETIME":
        return micros(TextCasts.dateTime(text).toInstant(ZoneOffset.UTC));
      case "TIMESTAMP":
        return timestamp(field, text, isNumber);
      default:
        throw BigQueryError.unsupported("the column type " + field.getType());
    }
  }

  private static long timestamp(TableFieldSchema field, String text, boolean isNumber) {
    return isNumber
        ? ValueRules.micros(field, new BigDecimal(text).movePointRight(6).longValueExact())
        : micros(TextCasts.timestamp(text));
  }

  static long micros(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
  }

  static long micros(LocalDateTime value) {
    return micros(value.toInstant(ZoneOffset.UTC));
  }
}
