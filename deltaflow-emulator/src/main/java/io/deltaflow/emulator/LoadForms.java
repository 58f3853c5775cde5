package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;

/** Turns {@link CellValues} into the forms of {@link RowAppender}. */
final class LoadForms {
  private LoadForms() {}

  static Object[] row(List<TableFieldSchema> fields, List<?> values) {
    Object[] row = new Object[fields.size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = value(fields.get(i), values.get(i));
    }
    return row;
  }

  private static Object value(TableFieldSchema field, Object value) {
    if (value == null || !"REPEATED".equals(field.getMode())) {
      return value == null ? null : element(field, value);
    }
    List<Object> elements = new ArrayList<>();
    for (Object each : (List<?>) value) {
      elements.add(each == null ? null : element(field, each));
    }
    return elements;
  }

  private static Object element(TableFieldSchema field, Object value) {
    switch (field.getType()) {
      case "STRING":
      case "JSON":
      case "GEOGRAPHY":
        return ((String) value).getBytes(StandardCharsets.UTF_8);
      case "NUMERIC":
        return ((BigDecimal) value).setScale(9);
      case "DATE":
        return ((LocalDate) value).toEpochDay();
      case "TIME":
        return ((LocalTime) value).toNanoOfDay() / 1000;
      case "DATETIME":
        return JsonRow.micros((LocalDateTime) value);
      case "TIMESTAMP":
        return JsonRow.micros((Instant) value);
      case "RECORD":
        return row(field.getFields(), (List<?>) value);
      default:
        return value;
    }
  }
}
