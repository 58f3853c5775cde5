package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How BigQuery's types are stored in DuckDB.
 *
 * <p>BIGNUMERIC is exact text, since DuckDB's DECIMAL stops at 38 digits; JSON and GEOGRAPHY are
 * text; REPEATED is a list that is never NULL.
 */
final class StorageTypes {
  private StorageTypes() {}

  static String columns(TableSchema schema) {
    return schema.getFields().stream()
        .map(f -> quote(f.getName()) + " " + columnType(f))
        .collect(Collectors.joining(", "));
  }

  /** The DuckDB type of a column, a list when the field is REPEATED. */
  static String columnType(TableFieldSchema field) {
    String element = elementType(field.getType(), field.getFields());
    return "REPEATED".equalsIgnoreCase(field.getMode()) ? element + "[]" : element;
  }

  private static String elementType(String type, List<TableFieldSchema> fields) {
    switch (type.toUpperCase(Locale.ROOT)) {
      case "INTEGER":
      case "INT64":
        return "BIGINT";
      case "FLOAT":
      case "FLOAT64":
        return "DOUBLE";
      case "BOOLEAN":
      case "BOOL":
        return "BOOLEAN";
      case "NUMERIC":
        return "DECIMAL(38,9)";
      case "STRING":
      case "BIGNUMERIC":
      case "JSON":
      case "GEOGRAPHY":
        return "VARCHAR";
      case "BYTES":
        return "BLOB";
      case "DATE":
        return "DATE";
      case "TIME":
        return "TIME";
      case "DATETIME":
        return "TIMESTAMP";
      case "TIMESTAMP":
        return "TIMESTAMPTZ";
      case "RECORD":
      case "STRUCT":
        return fields.stream()
            .map(f -> quote(f.getName()) + " " + columnType(f))
            .collect(Collectors.joining(", ", "STRUCT(", ")"));
      default:
        throw BigQueryError.unsupported("the column type " + type);
    }
  }

  /** A DuckDB identifier. */
  static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
