package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.ColumnType.Kind;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * One statement that changes the target's schema.
 *
 * @param columns as they shall be, resources as JSON
 */
record Alteration(String sql, List<String> columns) implements Serializable {
  static Alteration of(String sql, List<TableFieldSchema> columns) {
    return new Alteration(sql, columns.stream().map(Resources::text).toList());
  }

  /** Whether a table with these columns needs it no more; another run may have been faster. */
  boolean isIn(List<TableFieldSchema> fields) {
    return columns.stream()
        .map(c -> Resources.parse(c, TableFieldSchema.class))
        .allMatch(wanted -> holds(fields, wanted));
  }

  /** Whether one of a table's columns takes every value of another as it is. */
  static boolean holds(List<TableFieldSchema> fields, TableFieldSchema wanted) {
    return fields.stream()
        .filter(f -> f.getName().equalsIgnoreCase(wanted.getName()))
        .anyMatch(f -> holds(f, wanted));
  }

  private static boolean holds(TableFieldSchema now, TableFieldSchema wanted) {
    if (FieldSchemas.isRequired(now) && !FieldSchemas.isRequired(wanted)) {
      return false;
    }
    if (FieldSchemas.sqlType(now).equals(FieldSchemas.sqlType(wanted))) {
      return true;
    }
    Optional<Kind> from = FieldSchemas.kind(wanted).filter(Numerics::isNumeric);
    Optional<Kind> to = FieldSchemas.kind(now).filter(Numerics::isNumeric);
    return from.isPresent()
        && to.isPresent()
        && Numerics.contains(
            FieldSchemas.numeric(now, to.get()), FieldSchemas.numeric(wanted, from.get()));
  }
}
