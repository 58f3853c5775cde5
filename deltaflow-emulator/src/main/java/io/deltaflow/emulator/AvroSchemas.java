package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * BigQuery's conversion of Avro schemas.
 *
 * @param logicalTypes the job's useAvroLogicalTypes
 * @param decimalTypes the job's decimalTargetTypes, or BigQuery's default for Avro
 */
record AvroSchemas(boolean logicalTypes, List<String> decimalTypes) {

  private static final Map<String, String> LOGICAL =
      Map.of(
          "date", "DATE",
          "time-millis", "TIME",
          "time-micros", "TIME",
          "timestamp-millis", "TIMESTAMP",
          "timestamp-micros", "TIMESTAMP",
          "local-timestamp-millis", "DATETIME",
          "local-timestamp-micros", "DATETIME",
          "datetime", "DATETIME");

  TableSchema infer(Schema record) {
    if (record.getType() != Schema.Type.RECORD) {
      throw new LoadError(
          "The Avro file's schema is " + record.getType() + "; a record is needed.");
    }
    return new TableSchema().setFields(fields(record));
  }

  private List<TableFieldSchema> fields(Schema record) {
    List<TableFieldSchema> fields = new ArrayList<>();
    record.getFields().forEach(f -> fields.add(field(f)));
    return fields;
  }

  private TableFieldSchema field(Schema.Field field) {
    Schema schema = field.schema();
    TableFieldSchema inferred = new TableFieldSchema().setName(field.name()).setMode("REQUIRED");
    if (schema.isUnion()) {
      inferred.setMode(isNullable(schema) ? "NULLABLE" : "REQUIRED");
      schema = onlyBranch(schema, field.name());
    }
    if (schema.getType() == Schema.Type.ARRAY) {
      inferred.setMode("REPEATED");
      schema = schema.getElementType();
      if (schema.isUnion()) {
        schema = onlyBranch(schema, field.name());
      }
    }
    if (field.doc() != null) {
      inferred.setDescription(field.doc());
    }
    inferred.setType(type(schema, field.name()));
    return schema.getType() == Schema.Type.RECORD ? inferred.setFields(fields(schema)) : inferred;
  }

  /** BigQuery's type of an Avro type that is neither a union nor an array. */
  String type(Schema schema, String field) {
    String logical = schema.getProp("logicalType");
    if ("decimal".equals(logical) && schema.getLogicalType() instanceof LogicalTypes.Decimal) {
      return decimalType((LogicalTypes.Decimal) schema.getLogicalType());
    }
    if (logicalTypes && logical != null && LOGICAL.containsKey(logical)) {
      return LOGICAL.get(logical);
    }
    switch (schema.getType()) {
      case BOOLEAN:
        return "BOOLEAN";
      case INT:
      case LONG:
        return "INTEGER";
      case FLOAT:
      case DOUBLE:
        return "FLOAT";
      case BYTES:
      case FIXED:
        return "BYTES";
      case ENUM:
        return "STRING";
      case STRING:
        String sqlType = schema.getProp("sqlType");
        return "JSON".equals(sqlType) || "GEOGRAPHY".equals(sqlType) ? sqlType : "STRING";
      case RECORD:
        return "RECORD";
      default:
        throw BigQueryError.unsupported(
            "the Avro type " + schema.getType() + " (field " + field + ")");
    }
  }

  private String decimalType(LogicalTypes.Decimal decimal) {
    int integers = decimal.getPrecision() - decimal.getScale();
    for (String type : List.of("NUMERIC", "BIGNUMERIC", "STRING")) {
      boolean numeric = type.equals("NUMERIC");
      boolean fits =
          type.equals("STRING")
              || integers <= (numeric ? 29 : 38) && decimal.getScale() <= (numeric ? 9 : 38);
      if (decimalTypes.contains(type) && fits) {
        return type;
      }
    }
    return decimalTypes.contains("BIGNUMERIC") ? "BIGNUMERIC" : "NUMERIC";
  }

  /** Whether a column of the given type takes values that BigQuery would infer another type for. */
  boolean loads(String inferred, String column) {
    boolean decimal = inferred.endsWith("NUMERIC");
    return inferred.equals(column)
        || decimal && decimalTypes.contains(column)
        || inferred.equals("STRING") && column.equals("JSON");
  }

  static boolean isNullable(Schema union) {
    return union.getTypes().stream().anyMatch(t -> t.getType() == Schema.Type.NULL);
  }

  static Schema onlyBranch(Schema union, String field) {
    List<Schema> branches = new ArrayList<>(union.getTypes());
    branches.removeIf(t -> t.getType() == Schema.Type.NULL);
    if (branches.size() != 1) {
      throw BigQueryError.unsupported("an Avro union of several types (field " + field + ")");
    }
    return branches.get(0);
  }
}
