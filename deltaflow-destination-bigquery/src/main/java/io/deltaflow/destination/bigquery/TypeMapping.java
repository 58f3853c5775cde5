package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** The columns of a new table for a source's fields. */
final class TypeMapping {
  private static final int LONGEST_DESCRIPTION = 1024;

  private final List<String> warnings = new ArrayList<>();

  /** Lines for the user about the columns made so far. */
  List<String> warnings() {
    return warnings;
  }

  /** One column per field, in order. */
  List<TableFieldSchema> columns(Schema schema) {
    return columns(schema, "");
  }

  private List<TableFieldSchema> columns(Schema schema, String where) {
    List<String> names = ColumnNames.of(schema.getFieldNames(), where);
    List<TableFieldSchema> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      columns.add(column(schema.getField(i), names.get(i), where));
    }
    return columns;
  }

  private TableFieldSchema column(Field field, String name, String where) {
    boolean repeated = FieldTypes.kind(field.getType()) == FieldTypes.Kind.ARRAY;
    FieldType element = repeated ? field.getType().getCollectionElementType() : field.getType();
    TableFieldSchema column = typed(element, name, where + field.getName());
    if (repeated) {
      column.setMode("REPEATED");
    } else if (!FieldTypes.isNullable(field.getType())) {
      column.setMode("REQUIRED");
    }
    return column.setDescription(description(field, name));
  }

  private TableFieldSchema typed(FieldType type, String name, String path) {
    FieldTypes.Kind kind = FieldTypes.kind(type);
    switch (kind) {
      case NUMERIC:
        return numeric(type, name, path);
      case RECORD:
        return FieldSchemas.of(name, Kind.STRUCT)
            .setFields(columns(type.getRowSchema(), path + "."));
      case ARRAY:
        throw new io.deltaflow.spi.error.InternalException(
            "the source describes '"
                + path
                + "' as an array of arrays, which FieldTypes do not have");
      default:
        return FieldSchemas.of(name, Kind.valueOf(kind.name()));
    }
  }

  private TableFieldSchema numeric(FieldType type, String name, String path) {
    Optional<Precision> declared = FieldTypes.precision(type);
    if (declared.isEmpty()) {
      return FieldSchemas.of(name, Kind.BIGNUMERIC);
    }
    Optional<ColumnType> fit = Numerics.of(declared.get());
    if (fit.isEmpty()) {
      warnings.add(
          "column "
              + path
              + ": numeric("
              + declared.get().precision()
              + ","
              + declared.get().scale()
              + ") is larger than BIGNUMERIC, so it is written as STRING");
      return FieldSchemas.of(name, Kind.STRING);
    }
    TableFieldSchema column = FieldSchemas.of(name, fit.get().kind());
    return Numerics.isUnparameterized(fit.get())
        ? column
        : column.setPrecision((long) fit.get().precision()).setScale((long) fit.get().scale());
  }

  private static String description(Field field, String name) {
    String text = field.getDescription() == null ? "" : field.getDescription();
    if (!name.equals(field.getName())) {
      text = (text.isEmpty() ? "" : text + " ") + "(source field: " + field.getName() + ")";
    }
    if (text.isEmpty()) {
      return null;
    }
    return text.length() > LONGEST_DESCRIPTION ? text.substring(0, LONGEST_DESCRIPTION) : text;
  }
}
