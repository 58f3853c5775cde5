package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * The Avro schema of load files, as BigQuery's load jobs understand it with {@code
 * useAvroLogicalTypes}.
 */
final class AvroSchemas {
  private AvroSchemas() {}

  static Schema of(List<Column> columns) {
    return record("row", columns);
  }

  private static Schema record(String name, List<Column> columns) {
    List<Schema.Field> fields = new ArrayList<>();
    for (Column column : columns) {
      fields.add(new Schema.Field(column.loadName(), field(name, column), null, (Object) null));
    }
    return Schema.createRecord(name, null, "io.deltaflow", false, fields);
  }

  private static Schema field(String parent, Column column) {
    ColumnType type = column.type();
    Schema value = value(parent + "_" + column.loadName(), type);
    if (type.repeated()) {
      return Schema.createArray(value);
    }
    return column.required() ? value : Schema.createUnion(Schema.create(Schema.Type.NULL), value);
  }

  private static Schema value(String name, ColumnType type) {
    switch (type.kind()) {
      case BOOL:
        return Schema.create(Schema.Type.BOOLEAN);
      case INT64:
        return Schema.create(Schema.Type.LONG);
      case FLOAT64:
        return Schema.create(Schema.Type.DOUBLE);
      case NUMERIC:
      case BIGNUMERIC:
        return LogicalTypes.decimal(type.precision(), type.scale())
            .addToSchema(Schema.create(Schema.Type.BYTES));
      case BYTES:
        return Schema.create(Schema.Type.BYTES);
      case DATE:
        return LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
      case TIME:
        return LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case DATETIME:
        return LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case TIMESTAMP:
        return LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case JSON:
      case GEOGRAPHY:
        Schema text = Schema.create(Schema.Type.STRING);
        text.addProp("sqlType", type.kind().name());
        return text;
      case STRUCT:
        return record(name, type.fields());
      default:
        return Schema.create(Schema.Type.STRING);
    }
  }
}
