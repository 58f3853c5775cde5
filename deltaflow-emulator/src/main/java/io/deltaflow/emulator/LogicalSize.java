package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * BigQuery's logical data sizes, by which storage and queries are billed, as DuckDB expressions
 * over stored columns. NULL counts 0 bytes, an array the sum of its elements, a struct the sum of
 * its fields.
 */
final class LogicalSize {
  private LogicalSize() {}

  /** The bytes of one row in the given columns; a BIGINT expression that is never NULL. */
  static String ofRow(List<TableFieldSchema> fields) {
    if (fields.isEmpty()) {
      return "0::BIGINT";
    }
    if (fields.size() == 1) {
      return ofColumn(fields.get(0));
    }
    // By halves: a sum of thousands in a row is nested deeper than DuckDB allows.
    int half = fields.size() / 2;
    return "("
        + ofRow(fields.subList(0, half))
        + " + "
        + ofRow(fields.subList(half, fields.size()))
        + ")";
  }

  static String ofRow(TableSchema schema) {
    return schema == null || schema.getFields() == null ? "0::BIGINT" : ofRow(schema.getFields());
  }

  /** The bytes of one row's value of a column; a BIGINT expression that is never NULL. */
  static String ofColumn(TableFieldSchema field) {
    return ofField(field, StorageTypes.quote(field.getName()), 0);
  }

  private static String ofField(TableFieldSchema field, String value, int depth) {
    if ("REPEATED".equalsIgnoreCase(field.getMode())) {
      String element = "e" + depth;
      String each = ofElement(field, element, depth + 1);
      return "coalesce(list_sum(list_transform("
          + value
          + ", lambda "
          + element
          + ": "
          + each
          + "))::BIGINT, 0::BIGINT)";
    }
    return ofElement(field, value, depth);
  }

  private static String ofElement(TableFieldSchema field, String value, int depth) {
    switch (field.getType().toUpperCase(Locale.ROOT)) {
      case "STRING":
        return "coalesce(2 + strlen(" + value + "), 0)::BIGINT";
      case "JSON":
        return "coalesce(strlen(" + value + "), 0)::BIGINT";
      case "GEOGRAPHY":
        return "coalesce(16 + 24 * (1 + strlen("
            + value
            + ") - strlen(replace("
            + value
            + ", ',', ''))), 0)::BIGINT";
      case "BYTES":
        return "coalesce(2 + octet_length(" + value + "), 0)::BIGINT";
      case "RECORD":
      case "STRUCT":
        return field.getFields().stream()
            .map(f -> ofField(f, value + "." + StorageTypes.quote(f.getName()), depth))
            .collect(Collectors.joining(" + ", "(", ")"));
      default:
        return "CASE WHEN "
            + value
            + " IS NULL THEN 0 ELSE "
            + fixed(field.getType())
            + " END::BIGINT";
    }
  }

  private static int fixed(String type) {
    switch (type.toUpperCase(Locale.ROOT)) {
      case "BOOL":
      case "BOOLEAN":
        return 1;
      case "NUMERIC":
        return 16;
      case "BIGNUMERIC":
        return 32;
      default:
        return 8;
    }
  }
}
