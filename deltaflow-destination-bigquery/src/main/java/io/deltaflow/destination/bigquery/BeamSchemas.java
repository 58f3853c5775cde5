package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.FieldTypes;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** An existing table's columns in the terms of sources. */
final class BeamSchemas {
  private BeamSchemas() {}

  static Schema of(List<TableFieldSchema> fields) {
    Schema.Builder schema = Schema.builder();
    for (TableFieldSchema field : fields) {
      FieldType type = type(field);
      schema.addField(
          Schema.Field.of(field.getName(), type.withNullable(!FieldSchemas.isRequired(field))));
    }
    return schema.build();
  }

  private static FieldType type(TableFieldSchema field) {
    // RANGE and INTERVAL have no counterpart; nothing can be written to them, and they read as
    // text.
    Kind kind = FieldSchemas.kind(field).orElse(Kind.STRING);
    FieldType element =
        switch (kind) {
          case BOOL -> FieldTypes.BOOL;
          case INT64 -> FieldTypes.INT64;
          case FLOAT64 -> FieldTypes.FLOAT64;
          case NUMERIC, BIGNUMERIC -> numeric(FieldSchemas.numeric(field, kind));
          case STRING -> FieldTypes.STRING;
          case BYTES -> FieldTypes.BYTES;
          case DATE -> FieldTypes.DATE;
          case TIME -> FieldTypes.TIME;
          case DATETIME -> FieldTypes.DATETIME;
          case TIMESTAMP -> FieldTypes.TIMESTAMP;
          case JSON -> FieldTypes.JSON;
          case GEOGRAPHY -> FieldTypes.GEOGRAPHY;
          case STRUCT -> FieldType.row(of(field.getFields()));
        };
    return FieldSchemas.isRepeated(field) ? FieldType.array(element) : element;
  }

  private static FieldType numeric(ColumnType type) {
    return FieldTypes.numeric(type.precision(), type.scale());
  }
}
