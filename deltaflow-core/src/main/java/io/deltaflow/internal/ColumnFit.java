package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.spi.FieldTypes;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Whether a column holds every value that its field's type has. */
final class ColumnFit {
  /** Digits of the largest INT64. */
  private static final int INT64_DIGITS = 19;

  private ColumnFit() {}

  /** Values that no BigQuery type holds, such as dates before year 1, do not count. */
  static boolean holdsAll(FieldType field, ColumnType column) {
    FieldTypes.Kind kind = FieldTypes.kind(field);
    return switch (kind) {
      case ARRAY -> holdsAll(field.getCollectionElementType(), column.element());
      case RECORD -> holdsAll(field.getRowSchema(), column);
      case NUMERIC -> holdsNumbers(field, column);
      case INT64 ->
          switch (column.kind()) {
            case FLOAT64 -> false;
            case NUMERIC, BIGNUMERIC -> column.precision() - column.scale() >= INT64_DIGITS;
            default -> true;
          };
      default -> true;
    };
  }

  private static boolean holdsNumbers(FieldType field, ColumnType column) {
    if (column.kind() == ColumnType.Kind.STRING) {
      return true;
    }
    Optional<FieldTypes.Precision> size = FieldTypes.precision(field);
    return size.isPresent()
        && size.get().scale() <= column.scale()
        && size.get().precision() - size.get().scale() <= column.precision() - column.scale();
  }

  private static boolean holdsAll(Schema record, ColumnType column) {
    for (Column nested : column.fields()) {
      if (nested != null
          && record.hasField(nested.field())
          && !holdsAll(record.getField(nested.field()).getType(), nested.type())) {
        return false;
      }
    }
    return true;
  }
}
