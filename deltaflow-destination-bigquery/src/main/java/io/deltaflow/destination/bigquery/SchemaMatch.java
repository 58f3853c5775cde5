package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * Fits a source's fields to a table's columns, by name without regard to case. Only what loses
 * nothing fits: values are loaded in the source's type or checked one by one against the table's,
 * and {@link #expressions} convert the rest.
 */
final class SchemaMatch {
  private final List<Column> columns = new ArrayList<>();
  private final List<String> expressions = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final Map<String, String> fixed;

  private SchemaMatch(Map<String, String> fixed) {
    this.fixed = fixed;
  }

  static SchemaMatch of(Schema source, List<TableFieldSchema> table) {
    return of(source, table, Map.of());
  }

  /**
   * @param fixed by lower-case column name, for messages: why a column's type stays as it is
   */
  static SchemaMatch of(Schema source, List<TableFieldSchema> table, Map<String, String> fixed) {
    SchemaMatch match = new SchemaMatch(fixed);
    match.match(source, table);
    return match;
  }

  /** One per field of the source that has a column. */
  List<Column> columns() {
    return columns;
  }

  /** What to select from staging for each of {@link #columns}. */
  List<String> expressions() {
    return expressions;
  }

  List<String> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  /** Fields that the table has no column for. */
  List<String> missing() {
    return missing;
  }

  /** How one value is loaded, and the SQL that turns the loaded value into the column's. */
  private record Fit(ColumnType load, String sql) {}

  private void match(Schema source, List<TableFieldSchema> table) {
    Map<String, TableFieldSchema> byName = byName(table);
    List<String> names = ColumnNames.of(source.getFieldNames(), "");
    for (int i = 0; i < names.size(); i++) {
      Field field = source.getField(i);
      TableFieldSchema column = byName.remove(key(names.get(i)));
      if (column == null) {
        missing.add(field.getName());
        continue;
      }
      String loadName = "c" + i;
      Fit fit = fit(field.getType(), column, loadName, field.getName(), 0);
      if (fit != null) {
        columns.add(
            new Column(
                field.getName(),
                column.getName(),
                loadName,
                fit.load,
                FieldSchemas.isRequired(column)));
        expressions.add(fit.sql);
      }
    }
    refuseUnfed(byName, "");
  }

  private void refuseUnfed(Map<String, TableFieldSchema> left, String where) {
    for (TableFieldSchema column : left.values()) {
      if (FieldSchemas.isRequired(column) && column.getDefaultValueExpression() == null) {
        problems.add(
            "column '"
                + where
                + column.getName()
                + "' of the table is REQUIRED and the source has no such field; let it be NULL, or"
                + " add it to the source's query");
      }
    }
  }

  private Fit fit(FieldType type, TableFieldSchema column, String operand, String path, int depth) {
    boolean repeated = FieldTypes.kind(type) == FieldTypes.Kind.ARRAY;
    if (repeated != FieldSchemas.isRepeated(column)) {
      return refuse(
          path,
          type,
          column,
          repeated ? "an array does not fit" : "a single value does not fit a REPEATED column");
    }
    if (!repeated) {
      return fitElement(type, column, operand, path, depth);
    }
    String element = "e" + depth;
    Fit fit = fitElement(type.getCollectionElementType(), column, element, path, depth + 1);
    if (fit == null) {
      return null;
    }
    String sql =
        fit.sql.equals(element)
            ? operand
            : String.format(
                Locale.ROOT,
                "ARRAY(SELECT %s FROM UNNEST(%s) AS %s WITH OFFSET AS o%d ORDER BY o%d)",
                fit.sql,
                operand,
                element,
                depth,
                depth);
    return new Fit(fit.load.asRepeated(), sql);
  }

  private Fit fitElement(
      FieldType type, TableFieldSchema column, String operand, String path, int depth) {
    FieldTypes.Kind from = FieldTypes.kind(type);
    Optional<Kind> to = FieldSchemas.kind(column);
    if (to.isEmpty()) {
      return refuse(path, type, column, "DeltaFlow does not write this type");
    }
    if (from == FieldTypes.Kind.RECORD) {
      return to.get() == Kind.STRUCT
          ? fitRecord(type.getRowSchema(), column, operand, path, depth)
          : refuse(path, type, column, "a record needs a STRUCT");
    }
    if (from == FieldTypes.Kind.NUMERIC) {
      return fitNumeric(type, column, to.get(), operand, path);
    }
    if (from.name().equals(to.get().name())) {
      return new Fit(ColumnType.of(to.get()), operand);
    }
    return fitOther(from, to.get(), type, column, operand, path);
  }

  private Fit fitOther(
      FieldTypes.Kind from,
      Kind to,
      FieldType type,
      TableFieldSchema column,
      String operand,
      String path) {
    if ((from == FieldTypes.Kind.JSON || from == FieldTypes.Kind.GEOGRAPHY) && to == Kind.STRING) {
      return new Fit(ColumnType.of(Kind.STRING), operand);
    }
    if (from == FieldTypes.Kind.INT64 && (to == Kind.NUMERIC || to == Kind.BIGNUMERIC)) {
      return new Fit(loadable(FieldSchemas.numeric(column, to)), operand);
    }
    if (from == FieldTypes.Kind.INT64 && to == Kind.FLOAT64) {
      warnings.add(
          "column "
              + path
              + ": the source's whole numbers go to a FLOAT64, which is exact up to 2^53; one above"
              + " it fails the run");
      return new Fit(ColumnType.of(Kind.FLOAT64), operand);
    }
    if (from == FieldTypes.Kind.DATE && to == Kind.DATETIME) {
      return new Fit(ColumnType.of(Kind.DATE), "CAST(" + operand + " AS DATETIME)");
    }
    if (from == FieldTypes.Kind.DATETIME && to == Kind.TIMESTAMP) {
      warnings.add(
          "column "
              + path
              + ": the source's values have no time zone and the table's column is TIMESTAMP, so"
              + " they are taken as UTC; set the source's time zone option when they are local"
              + " times of another zone");
      return new Fit(ColumnType.of(Kind.TIMESTAMP), operand);
    }
    return refuse(path, type, column, reason(from, to));
  }

  private static String reason(FieldTypes.Kind from, Kind to) {
    if (from == FieldTypes.Kind.TIMESTAMP && to == Kind.DATETIME) {
      return "an instant loses its time zone in a DATETIME";
    }
    return "values would change or be lost";
  }

  private Fit fitNumeric(
      FieldType type, TableFieldSchema column, Kind to, String operand, String path) {
    Optional<ColumnType> declared = FieldTypes.precision(type).flatMap(Numerics::of);
    switch (to) {
      case NUMERIC:
      case BIGNUMERIC:
        ColumnType table = FieldSchemas.numeric(column, to);
        if (declared.isPresent() && Numerics.contains(table, declared.get())) {
          return new Fit(declared.get(), operand);
        }
        boolean sized = FieldTypes.precision(type).isPresent();
        if (sized || to == Kind.NUMERIC || column.getPrecision() != null) {
          warnings.add(
              String.format(
                      Locale.ROOT,
                      "column %s: the source's %s is wider than the table's %s; each value is"
                          + " checked and one that does not fit",
                      path,
                      text(type),
                      FieldSchemas.sqlType(column))
                  + " follows the loss policy");
        }
        return new Fit(loadable(table), operand);
      case STRING:
        return new Fit(ColumnType.of(Kind.STRING), operand);
      case INT64:
        if (declared.filter(Numerics::isInt64).isPresent()) {
          return new Fit(declared.get(), "CAST(" + operand + " AS INT64)");
        }
        return refuse(path, type, column, "not every such number is an INT64");
      case FLOAT64:
        return refuse(path, type, column, "decimal numbers are not exact in a FLOAT64");
      default:
        return refuse(path, type, column, "values would change or be lost");
    }
  }

  /** The type that a load job derives from a decimal of this size. */
  private static ColumnType loadable(ColumnType table) {
    return Numerics.isUnparameterized(table)
        ? table
        : Numerics.of(new Precision(table.precision(), table.scale())).orElse(table);
  }

  private Fit fitRecord(
      Schema record, TableFieldSchema column, String operand, String path, int depth) {
    List<String> names = ColumnNames.of(record.getFieldNames(), path + ".");
    Map<String, Integer> fields = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      fields.put(key(names.get(i)), i);
    }
    Column[] nested = new Column[names.size()];
    List<String> parts = new ArrayList<>();
    for (TableFieldSchema target : column.getFields()) {
      Integer i = fields.remove(key(target.getName()));
      if (i == null) {
        refuseUnfed(Map.of(target.getName(), target), path + ".");
        parts.add(noValue(target) + " AS " + Sql.name(target.getName()));
        continue;
      }
      Field field = record.getField(i);
      String loadName = "c" + i;
      Fit fit =
          fit(
              field.getType(),
              target,
              operand + "." + loadName,
              path + "." + field.getName(),
              depth);
      if (fit == null) {
        return null;
      }
      nested[i] =
          new Column(
              field.getName(),
              target.getName(),
              loadName,
              fit.load,
              FieldSchemas.isRequired(target));
      parts.add(fit.sql + " AS " + Sql.name(target.getName()));
    }
    if (!fields.isEmpty()) {
      for (int i : fields.values()) {
        problems.add(
            String.format(
                Locale.ROOT,
                "the table's STRUCT '%s' has no field '%s'; add it to the table, or leave it out of"
                    + " the source's query",
                path,
                record.getField(i).getName()));
      }
      return null;
    }
    return new Fit(
        ColumnType.struct(List.of(nested)),
        String.format(
            Locale.ROOT, "IF(%s IS NULL, NULL, STRUCT(%s))", operand, String.join(", ", parts)));
  }

  private static String noValue(TableFieldSchema field) {
    return "CAST(NULL AS " + FieldSchemas.sqlType(field) + ")";
  }

  private Fit refuse(String path, FieldType type, TableFieldSchema column, String why) {
    problems.add(
        String.format(
            Locale.ROOT,
            "column '%s' is %s at the source and %s in the table: %s%s; cast it in the source's"
                + " query, change the column's type, or load the table anew with"
                + " --delete_existing_table=true",
            path,
            text(type),
            FieldSchemas.sqlType(column),
            why,
            fixed.containsKey(key(path))
                ? ", and the type stays as it is, since " + fixed.get(key(path))
                : ""));
    return null;
  }

  /** A source's type in words. */
  static String text(FieldType type) {
    FieldTypes.Kind kind = FieldTypes.kind(type);
    switch (kind) {
      case ARRAY:
        return "an array of " + text(type.getCollectionElementType());
      case RECORD:
        return "a record";
      case NUMERIC:
        return FieldTypes.precision(type)
            .map(p -> "numeric(" + p.precision() + "," + p.scale() + ")")
            .orElse("numeric of any size");
      case DATETIME:
        return "DATETIME (a timestamp without time zone)";
      default:
        return kind.name();
    }
  }

  private static Map<String, TableFieldSchema> byName(List<TableFieldSchema> fields) {
    Map<String, TableFieldSchema> byName = new LinkedHashMap<>();
    fields.forEach(f -> byName.put(key(f.getName()), f));
    return byName;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
