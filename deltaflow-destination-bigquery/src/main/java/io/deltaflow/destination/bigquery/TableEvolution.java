package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.FieldTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * The changes with which an existing table takes a source's rows, and that take nothing from it:
 * columns are added, their types widened where BigQuery can without changing a value (INT64 to
 * NUMERIC and BIGNUMERIC, decimals to larger ones), and columns may be NULL. Renamed columns cannot
 * be told from one that is gone and one that is new.
 */
final class TableEvolution {
  private final TableName target;
  private final TargetRequest request;
  private final List<TableFieldSchema> fields = new ArrayList<>();
  private final List<TableFieldSchema> added = new ArrayList<>();
  private final List<Alteration> alterations = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String> needed = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, String> fixed = new HashMap<>();
  private final Set<String> keys = new HashSet<>();

  private TableEvolution(TableName target, TargetRequest request) {
    this.target = target;
    this.request = request;
  }

  static TableEvolution of(TableName target, TargetRequest request, Table table) {
    TableEvolution evolution = new TableEvolution(target, request);
    evolution.fix(table);
    evolution.compare(FieldSchemas.of(table));
    return evolution;
  }

  /** The table's columns after the changes. */
  List<TableFieldSchema> fields() {
    return fields;
  }

  List<Alteration> alterations() {
    return alterations;
  }

  /** One for each change, for the report. */
  List<String> lines() {
    return lines;
  }

  /** Statements for people, without which the rows are refused. */
  List<String> needed() {
    return needed;
  }

  List<String> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  /** By lower-case name: why the type of a column stays as it is. */
  Map<String, String> fixed() {
    return fixed;
  }

  private void fix(Table table) {
    if (table.getTimePartitioning() != null && table.getTimePartitioning().getField() != null) {
      fixed.put(key(table.getTimePartitioning().getField()), "the table is partitioned by it");
    }
    if (table.getRangePartitioning() != null) {
      fixed.put(key(table.getRangePartitioning().getField()), "the table is partitioned by it");
    }
    if (table.getClustering() != null) {
      table
          .getClustering()
          .getFields()
          .forEach(f -> fixed.put(key(f), "the table is clustered by it"));
    }
    if (request.writeDisposition() == WriteDisposition.WRITE_MERGE) {
      request.mergeKeys().forEach(k -> keys.add(key(ColumnNames.of(k))));
      keys.forEach(k -> fixed.put(k, "it is a merge key"));
    }
  }

  private void compare(List<TableFieldSchema> table) {
    Map<String, Field> unmatched = byColumn(request.schema().schema());
    List<TableFieldSchema> unfed = new ArrayList<>();
    for (TableFieldSchema column : table) {
      Field field = unmatched.remove(key(column.getName()));
      if (field == null) {
        unfed.add(column);
      }
      TableFieldSchema wide = field == null ? column : widen(field, column);
      fields.add(relax(field, wide));
    }
    unmatched.forEach((name, field) -> add(field));
    if (!added.isEmpty()) {
      alterations.add(Alteration.of(Ddl.addColumnsIfAbsent(target, added), added));
      needed.add(Ddl.addColumns(target, added));
      warnOfAdded(unfed);
    }
  }

  private void add(Field field) {
    TableFieldSchema column =
        new TypeMapping()
            .columns(Schema.of(field))
            .get(0)
            // A column that is added to a table with rows cannot be REQUIRED.
            .setMode(
                FieldTypes.kind(field.getType()) == FieldTypes.Kind.ARRAY
                    ? "REPEATED"
                    : "NULLABLE");
    if (keys.contains(key(column.getName()))) {
      problems.add(
          "the table lacks the merge key '"
              + field.getName()
              + "': rows that it holds would have NULL there and never match; name other"
              + " --merge_keys, or load the table anew with --delete_existing_table=true");
    }
    fields.add(column);
    added.add(column);
    lines.add("add column " + FieldSchemas.signature(List.of(column)));
  }

  private void warnOfAdded(List<TableFieldSchema> unfed) {
    for (TableFieldSchema column : added) {
      List<String> alike =
          unfed.stream()
              .filter(u -> FieldSchemas.sqlType(u).equals(FieldSchemas.sqlType(column)))
              .map(TableFieldSchema::getName)
              .toList();
      warnings.add(
          "column '"
              + column.getName()
              + "' is new: it is "
              + (FieldSchemas.isRepeated(column) ? "empty" : "NULL")
              + " in rows that the table holds until they change at the source;"
              + " --delete_existing_table=true loads them anew"
              + (alike.isEmpty()
                  ? ""
                  : " (if it is the new name of "
                      + String.join(" or ", alike)
                      + ", which the source does not have: a rename cannot be told from a new"
                      + " column)"));
    }
  }

  private TableFieldSchema widen(Field field, TableFieldSchema column) {
    Optional<TableFieldSchema> wide = wider(field, column);
    if (wide.isEmpty() || fixed.containsKey(key(column.getName()))) {
      return column;
    }
    String name = Sql.name(column.getName());
    String type = FieldSchemas.sqlType(wide.get());
    String sql = "ALTER TABLE " + target.sql() + " ALTER COLUMN " + name + " SET DATA TYPE " + type;
    alterations.add(Alteration.of(sql, List.of(wide.get())));
    lines.add("change column " + name + " " + FieldSchemas.sqlType(column) + " to " + type);
    boolean isDecimal = FieldSchemas.kind(column).filter(Numerics::isNumeric).isPresent();
    if (!isDecimal) {
      // Values of one decimal type that fit the other are written without the change.
      needed.add(sql);
    }
    return wide.get();
  }

  /** Empty when the type may stay, or must. */
  private Optional<TableFieldSchema> wider(Field field, TableFieldSchema column) {
    Optional<Kind> kind = FieldSchemas.kind(column);
    boolean isWhole = kind.filter(k -> k == Kind.INT64).isPresent();
    if (FieldSchemas.isRepeated(column) || !isWhole && kind.filter(Numerics::isNumeric).isEmpty()) {
      return Optional.empty();
    }
    // Never to FLOAT64, which would round what the table holds, commit or not.
    return FieldTypes.kind(field.getType()) == FieldTypes.Kind.NUMERIC
        ? (isWhole ? decimal(field.getType()) : larger(field, column, kind.get()))
            .map(type -> typed(column, type))
        : Optional.empty();
  }

  /** What holds an INT64 and the source's decimals. */
  private static Optional<ColumnType> decimal(FieldType type) {
    if (FieldTypes.precision(type).isEmpty()) {
      return Optional.of(Numerics.BIGNUMERIC);
    }
    return FieldTypes.precision(type)
        .flatMap(Numerics::of)
        .filter(source -> !Numerics.isInt64(source))
        .map(
            source ->
                Numerics.contains(Numerics.NUMERIC, source)
                    ? Numerics.NUMERIC
                    : Numerics.BIGNUMERIC);
  }

  /**
   * What holds the column's decimals and the source's. A size of the column's own is the source's
   * at an earlier time; numbers without a declared size go into a column without one, each checked.
   */
  private Optional<ColumnType> larger(Field field, TableFieldSchema column, Kind kind) {
    if (request.rounded().contains(field.getName())) {
      return Optional.empty();
    }
    ColumnType now = FieldSchemas.numeric(column, kind);
    if (FieldTypes.precision(field.getType()).isEmpty()) {
      return Optional.of(Numerics.BIGNUMERIC).filter(b -> column.getPrecision() != null);
    }
    return FieldTypes.precision(field.getType())
        .flatMap(Numerics::of)
        .filter(source -> !Numerics.contains(now, source))
        .map(source -> Numerics.union(now, source));
  }

  private static TableFieldSchema typed(TableFieldSchema column, ColumnType type) {
    TableFieldSchema wide =
        column.clone().setType(type.kind().name()).setPrecision(null).setScale(null);
    return type.precision() == 0 || Numerics.isUnparameterized(type)
        ? wide
        : wide.setPrecision((long) type.precision()).setScale((long) type.scale());
  }

  /**
   * @param field null when the source has none for the column
   */
  private TableFieldSchema relax(Field field, TableFieldSchema column) {
    boolean mayBeNull =
        field == null
            ? column.getDefaultValueExpression() == null
            : FieldTypes.isNullable(field.getType())
                // A key that is NULL is refused in any case.
                && !keys.contains(key(column.getName()));
    if (!FieldSchemas.isRequired(column) || !mayBeNull) {
      return column;
    }
    String name = Sql.name(column.getName());
    String sql = "ALTER TABLE " + target.sql() + " ALTER COLUMN " + name + " DROP NOT NULL";
    TableFieldSchema relaxed = column.clone().setMode("NULLABLE");
    alterations.add(Alteration.of(sql, List.of(relaxed)));
    lines.add(
        "let column "
            + name
            + " be NULL, which "
            + (field == null ? "the source does not have" : "it may be at the source"));
    if (field == null) {
      needed.add(sql);
    }
    return relaxed;
  }

  private static Map<String, Field> byColumn(Schema schema) {
    List<String> names = ColumnNames.of(schema.getFieldNames(), "");
    Map<String, Field> fields = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      fields.put(key(names.get(i)), schema.getField(i));
    }
    return fields;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
