package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads stored values as {@link CellValues}. Times and bytes are asked for as numbers and text, so
 * that no conversion depends on the JVM's time zone.
 */
final class CellReader {
  private CellReader() {}

  /** The expression to select for a column. */
  static String select(TableFieldSchema field) {
    return expression(field, StorageTypes.quote(field.getName()), 0);
  }

  private static String expression(TableFieldSchema field, String value, int depth) {
    if (!"REPEATED".equals(field.getMode())) {
      return element(field, value, depth);
    }
    String variable = "e" + depth;
    String element = element(field, variable, depth + 1);
    return element.equals(variable)
        ? value
        : "list_transform(" + value + ", lambda " + variable + ": " + element + ")";
  }

  private static String element(TableFieldSchema field, String value, int depth) {
    switch (field.getType()) {
      case "BYTES":
        return "to_base64(" + value + ")";
      case "DATE":
        return "datediff('day', DATE '1970-01-01', " + value + ")";
      case "TIME":
      case "DATETIME":
      case "TIMESTAMP":
        return "epoch_us(" + value + ")";
      case "NUMERIC":
        return value + "::VARCHAR";
      case "RECORD":
        String fields =
            field.getFields().stream()
                .map(
                    f ->
                        StorageTypes.quote(f.getName())
                            + " := "
                            + expression(f, value + "." + StorageTypes.quote(f.getName()), depth))
                .collect(Collectors.joining(", "));
        return "CASE WHEN " + value + " IS NOT NULL THEN struct_pack(" + fields + ") END";
      default:
        return value;
    }
  }

  /** The value of a column that was selected with {@link #select}. */
  static Object read(TableFieldSchema field, ResultSet row, int index) throws SQLException {
    return value(field, row.getObject(index));
  }

  private static Object value(TableFieldSchema field, Object raw) throws SQLException {
    if (!"REPEATED".equals(field.getMode())) {
      return element(field, raw);
    }
    List<Object> values = new ArrayList<>();
    if (raw != null) {
      for (Object each : (Object[]) ((Array) raw).getArray()) {
        values.add(element(field, each));
      }
    }
    return values;
  }

  private static Object element(TableFieldSchema field, Object raw) throws SQLException {
    if (raw == null) {
      return null;
    }
    switch (field.getType()) {
      case "BYTES":
        return Base64.getDecoder().decode((String) raw);
      case "DATE":
        return LocalDate.ofEpochDay((Long) raw);
      case "TIME":
        return LocalTime.ofNanoOfDay((Long) raw * 1000);
      case "DATETIME":
        return LocalDateTime.ofInstant(instant((Long) raw), ZoneOffset.UTC);
      case "TIMESTAMP":
        return instant((Long) raw);
      case "NUMERIC":
      case "BIGNUMERIC":
        return new BigDecimal((String) raw);
      case "RECORD":
        return struct(field.getFields(), ((Struct) raw).getAttributes());
      default:
        return raw;
    }
  }

  private static List<Object> struct(List<TableFieldSchema> fields, Object[] raw)
      throws SQLException {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < raw.length; i++) {
      values.add(value(fields.get(i), raw[i]));
    }
    return values;
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
