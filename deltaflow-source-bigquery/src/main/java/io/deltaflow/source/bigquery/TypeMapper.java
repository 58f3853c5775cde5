package io.deltaflow.source.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** BigQuery's columns as fields. */
final class TypeMapper {
  private final String description;
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param description of what has the columns
   */
  TypeMapper(String description) {
    this.description = description;
  }

  /** Lines for the user about the columns mapped so far. */
  List<String> warnings() {
    return warnings;
  }

  Schema schema(TableSchema table) {
    if (table == null || table.getFields() == null || table.getFields().isEmpty()) {
      throw new ConfigurationException(description + " has no columns");
    }
    return schema(table.getFields(), "");
  }

  private Schema schema(List<TableFieldSchema> columns, String path) {
    Schema.Builder schema = Schema.builder();
    for (TableFieldSchema column : columns) {
      boolean repeated = "REPEATED".equals(column.getMode());
      FieldType type = type(column, path, repeated);
      schema.addField(
          Schema.Field.of(column.getName(), repeated ? FieldType.array(type) : type)
              .withNullable(!repeated && !"REQUIRED".equals(column.getMode()))
              .withDescription(column.getDescription() == null ? "" : column.getDescription()));
    }
    return schema.build();
  }

  private FieldType type(TableFieldSchema column, String path, boolean repeated) {
    String name = path + column.getName();
    switch (column.getType().toUpperCase(Locale.ROOT)) {
      case "INTEGER":
      case "INT64":
        return FieldTypes.INT64;
      case "FLOAT":
      case "FLOAT64":
        return FieldTypes.FLOAT64;
      case "BOOLEAN":
      case "BOOL":
        return FieldTypes.BOOL;
      case "STRING":
        return FieldTypes.STRING;
      case "BYTES":
        return FieldTypes.BYTES;
      case "NUMERIC":
      case "DECIMAL":
        return column.getPrecision() == null ? FieldTypes.numeric(38, 9) : sized(column);
      case "BIGNUMERIC":
      case "BIGDECIMAL":
        return column.getPrecision() == null ? FieldTypes.numeric() : sized(column);
      case "DATE":
        return FieldTypes.DATE;
      case "TIME":
        return FieldTypes.TIME;
      case "DATETIME":
        return FieldTypes.DATETIME;
      case "TIMESTAMP":
        return FieldTypes.TIMESTAMP;
      case "JSON":
        return FieldTypes.JSON;
      case "GEOGRAPHY":
        return FieldTypes.GEOGRAPHY;
      case "RECORD":
      case "STRUCT":
        return FieldType.row(schema(column.getFields(), name + "."));
      case "INTERVAL":
      case "RANGE":
        return text(column, name, path.isEmpty() && !repeated);
      default:
        throw new ConfigurationException(
            "column '"
                + name
                + "' of "
                + description
                + " is of the type "
                + column.getType()
                + ", which cannot be read; read it in another form with a query");
    }
  }

  private static FieldType sized(TableFieldSchema column) {
    return FieldTypes.numeric(
        column.getPrecision().intValue(),
        column.getScale() == null ? 0 : column.getScale().intValue());
  }

  private FieldType text(TableFieldSchema column, String name, boolean topLevel) {
    if (!topLevel) {
      throw new ConfigurationException(
          "column '"
              + name
              + "' of "
              + description
              + " is a "
              + column.getType()
              + " inside an array or a record, which cannot be carried over; read it in another"
              + " form, such as a STRING, with a query");
    }
    warnings.add("column " + name + " is a " + column.getType() + ": it is read as a STRING");
    return FieldTypes.STRING;
  }

  /** Whether BigQuery has to write the column as text for it to be read. */
  static boolean isText(TableFieldSchema column) {
    String type = column.getType().toUpperCase(Locale.ROOT);
    return type.equals("INTERVAL") || type.equals("RANGE");
  }
}
