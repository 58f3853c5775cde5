package io.deltaflow.emulator;

import com.google.api.client.util.Data;
import com.google.api.services.bigquery.model.TableFieldSchema;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Rows as BigQuery's REST API sends them.
 *
 * @param int64Timestamps microseconds instead of seconds with a fraction
 */
record WireRows(boolean int64Timestamps) {
  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");

  static WireRows of(WireRequest request) {
    return new WireRows(request.flag("formatOptions.useInt64Timestamp"));
  }

  Map<String, Object> row(List<TableFieldSchema> fields, List<Object> values) {
    List<Object> cells = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      cells.add(cell(value(fields.get(i), values.get(i))));
    }
    return Map.of("f", cells);
  }

  private static Map<String, Object> cell(Object value) {
    return Map.of("v", value == null ? Data.nullOf(Object.class) : value);
  }

  private Object value(TableFieldSchema field, Object value) {
    if (!"REPEATED".equals(field.getMode())) {
      return value == null ? null : element(field, value);
    }
    List<Object> cells = new ArrayList<>();
    for (Object each : (List<?>) value) {
      cells.add(cell(each == null ? null : element(field, each)));
    }
    return cells;
  }

  @SuppressWarnings("unchecked")
  private Object element(TableFieldSchema field, Object value) {
    switch (field.getType()) {
      case "BYTES":
        return Base64.getEncoder().encodeToString((byte[]) value);
      case "NUMERIC":
      case "BIGNUMERIC":
        return BigNumerics.text((BigDecimal) value);
      case "TIME":
        return time((LocalTime) value);
      case "DATETIME":
        LocalDateTime dateTime = (LocalDateTime) value;
        return dateTime.toLocalDate() + "T" + time(dateTime.toLocalTime());
      case "TIMESTAMP":
        long micros = JsonRow.micros((Instant) value);
        return int64Timestamps ? Long.toString(micros) : Double.toString(micros / 1e6);
      case "RECORD":
        return row(field.getFields(), (List<Object>) value);
      default:
        return value.toString();
    }
  }

  private static String time(LocalTime time) {
    return (time.getNano() == 0 ? SECONDS : MICROS).format(time);
  }
}
