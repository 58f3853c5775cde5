package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** BigQuery's field resources: their types, and how DDL spells them. */
final class FieldSchemas {
  private FieldSchemas() {}

  /**
   * The kind of a field of an existing table; empty for types that are not written here (RANGE,
   * INTERVAL).
   */
  static Optional<Kind> kind(TableFieldSchema field) {
    switch (field.getType().toUpperCase(Locale.ROOT)) {
      case "INTEGER":
        return Optional.of(Kind.INT64);
      case "FLOAT":
        return Optional.of(Kind.FLOAT64);
      case "BOOLEAN":
        return Optional.of(Kind.BOOL);
      case "RECORD":
        return Optional.of(Kind.STRUCT);
      case "DECIMAL":
        return Optional.of(Kind.NUMERIC);
      case "BIGDECIMAL":
        return Optional.of(Kind.BIGNUMERIC);
      default:
        for (Kind kind : Kind.values()) {
          if (kind.name().equalsIgnoreCase(field.getType())) {
            return Optional.of(kind);
          }
        }
        return Optional.empty();
    }
  }

  /** A table's columns; none when it has no schema yet. */
  static List<TableFieldSchema> of(Table table) {
    return table.getSchema() == null || table.getSchema().getFields() == null
        ? List.of()
        : table.getSchema().getFields();
  }

  static boolean isRepeated(TableFieldSchema field) {
    return "REPEATED".equalsIgnoreCase(field.getMode());
  }

  static boolean isRequired(TableFieldSchema field) {
    return "REQUIRED".equalsIgnoreCase(field.getMode());
  }

  /** A decimal field's size as a column type. */
  static ColumnType numeric(TableFieldSchema field, Kind kind) {
    if (field.getPrecision() == null) {
      return kind == Kind.NUMERIC ? Numerics.NUMERIC : Numerics.BIGNUMERIC;
    }
    int precision = field.getPrecision().intValue();
    int scale = field.getScale() == null ? 0 : field.getScale().intValue();
    return kind == Kind.NUMERIC
        ? ColumnType.numeric(precision, scale)
        : ColumnType.bigNumeric(precision, scale);
  }

  /** A field of a type, nullable. */
  static TableFieldSchema of(String name, Kind kind) {
    return new TableFieldSchema().setName(name).setType(kind.name()).setMode("NULLABLE");
  }

  static TableFieldSchema required(String name, Kind kind) {
    return of(name, kind).setMode("REQUIRED");
  }

  /** A load column of staging; every one but lists may be NULL there. */
  static TableFieldSchema staging(String name, ColumnType type) {
    TableFieldSchema field = of(name, type.kind());
    if (type.repeated()) {
      field.setMode("REPEATED");
    }
    if (type.kind() == Kind.STRUCT) {
      field.setFields(type.fields().stream().map(c -> staging(c.loadName(), c.type())).toList());
    }
    return field;
  }

  /** The type as an expression or a message spells it: {@code ARRAY<NUMERIC(10, 2)>}. */
  static String sqlType(TableFieldSchema field) {
    return type(field, f -> "");
  }

  /**
   * The type as a column's declaration spells it: with the nested fields' modes and descriptions.
   */
  static String declaredType(TableFieldSchema field) {
    return type(field, FieldSchemas::options);
  }

  private static String type(TableFieldSchema field, Function<TableFieldSchema, String> suffix) {
    String element =
        kind(field).filter(k -> k == Kind.STRUCT).isPresent()
            ? field.getFields().stream()
                .map(f -> Sql.name(f.getName()) + " " + type(f, suffix) + suffix.apply(f))
                .collect(Collectors.joining(", ", "STRUCT<", ">"))
            : kind(field).map(Kind::name).orElse(field.getType()) + parameters(field);
    return isRepeated(field) ? "ARRAY<" + element + ">" : element;
  }

  private static String parameters(TableFieldSchema field) {
    if (field.getMaxLength() != null) {
      return "(" + field.getMaxLength() + ")";
    }
    if (field.getPrecision() == null) {
      return "";
    }
    long scale = field.getScale() == null ? 0 : field.getScale();
    return scale == 0
        ? "(" + field.getPrecision() + ")"
        : "(" + field.getPrecision() + ", " + scale + ")";
  }

  /** What follows the type in a column's declaration. */
  static String options(TableFieldSchema field) {
    return field.getDescription() == null
        ? notNull(field)
        : notNull(field) + " OPTIONS (description = " + Sql.string(field.getDescription()) + ")";
  }

  /**
   * Name, type and mode of the fields and nothing else: what two tables must share to hold the same
   * rows.
   */
  static String signature(List<TableFieldSchema> fields) {
    return fields.stream()
        .map(f -> Sql.name(f.getName()) + " " + type(f, FieldSchemas::notNull) + notNull(f))
        .collect(Collectors.joining(", "));
  }

  private static String notNull(TableFieldSchema field) {
    return isRequired(field) ? " NOT NULL" : "";
  }
}
