package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.FieldTypes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Rows that come of a query in place of load files: the same columns, made by BigQuery. */
final class QueriedRows {
  private QueriedRows() {}

  /** Whether no value of the fields has to be checked or converted on its way into the columns. */
  static boolean fit(Schema fields, List<Column> columns) {
    if (fields.getFieldCount() != columns.size()) {
      return false;
    }
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      Schema.Field field = fields.getField(i);
      boolean mayBeNull =
          FieldTypes.isNullable(field.getType())
              && FieldTypes.kind(field.getType()) != FieldTypes.Kind.ARRAY;
      if (!field.getName().equals(column.field())
          || column.required() && mayBeNull
          || !fit(field.getType(), column.type())) {
        return false;
      }
    }
    return true;
  }

  private static boolean fit(FieldType field, ColumnType column) {
    FieldTypes.Kind kind = FieldTypes.kind(field);
    switch (kind) {
      case ARRAY:
        return column.repeated() && fit(field.getCollectionElementType(), column.element());
      case RECORD:
        return !column.repeated()
            && column.kind() == Kind.STRUCT
            && fit(field.getRowSchema(), column.fields());
      case NUMERIC:
        Optional<ColumnType> natural =
            FieldTypes.precision(field).map(Numerics::of).orElse(Optional.of(Numerics.BIGNUMERIC));
        return !column.repeated()
            && Numerics.isNumeric(column.kind())
            && natural.filter(n -> Numerics.contains(column, n)).isPresent();
      default:
        return !column.repeated() && column.kind().name().equals(kind.name());
    }
  }

  /** The query's columns under the names of staging. */
  static String sql(String query, List<Column> columns) {
    return "SELECT\n  "
        + columns.stream()
            .map(c -> value("df_read." + Sql.name(c.field()), c.type()) + " AS " + c.loadName())
            .collect(Collectors.joining(",\n  "))
        + "\nFROM (\n"
        + query
        + "\n) AS df_read";
  }

  private static String value(String expression, ColumnType type) {
    if (type.kind() != Kind.STRUCT && !Numerics.isNumeric(type.kind())) {
      return expression;
    }
    if (type.repeated()) {
      String element = "df_" + Integer.toHexString(expression.hashCode());
      return "ARRAY(SELECT "
          + value(element, type.element())
          + " FROM UNNEST("
          + expression
          + ") AS "
          + element
          + " WITH OFFSET AS "
          + element
          + "_at ORDER BY "
          + element
          + "_at)";
    }
    if (Numerics.isNumeric(type.kind())) {
      return "CAST(" + expression + " AS " + type.kind() + ")";
    }
    return "IF("
        + expression
        + " IS NULL, NULL, STRUCT("
        + type.fields().stream()
            .map(
                c ->
                    value(expression + "." + Sql.name(c.field()), c.type()) + " AS " + c.loadName())
            .collect(Collectors.joining(", "))
        + "))";
  }
}
