package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.zetasql.Type;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAddColumnAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterColumnAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterColumnDropNotNullAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterColumnOptionsAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterColumnSetDataTypeAction;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterTableSetOptionsStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterTableStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOption;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSetOptionsAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** ALTER TABLE: columns added, relaxed, widened and described, and table options. */
final class TableAlteration {
  /** The conversions that lose nothing. */
  private static final Set<String> WIDENINGS =
      Set.of(
          "INTEGER>NUMERIC",
          "INTEGER>BIGNUMERIC",
          "INTEGER>FLOAT",
          "NUMERIC>BIGNUMERIC",
          "NUMERIC>FLOAT",
          "BIGNUMERIC>FLOAT");

  private final SqlSession session;
  private final TableOptions.Values options;

  TableAlteration(SqlSession session, TableOptions.Values options) {
    this.session = session;
    this.options = options;
  }

  TableReference run(ResolvedAlterTableStmt statement) {
    return run(
        statement.getNamePath(),
        statement.getIsIfExists(),
        reference -> statement.getAlterActionList().forEach(action -> apply(reference, action)));
  }

  TableReference run(ResolvedAlterTableSetOptionsStmt statement) {
    return run(
        statement.getNamePath(),
        statement.getIsIfExists(),
        reference -> setOptions(reference, statement.getOptionList()));
  }

  private TableReference run(List<String> path, boolean ifExists, Consumer<TableReference> change) {
    TableReference reference = session.reference(path);
    boolean exists = session.catalog().find(reference).isPresent();
    if (!exists && !ifExists) {
      throw SqlSession.notFound(reference);
    }
    if (exists && !session.request().dryRun()) {
      alone(reference, change);
    }
    return reference;
  }

  /** A change of a type replaces the relation; a column that is added meanwhile would be lost. */
  private void alone(TableReference reference, Consumer<TableReference> change) {
    ReentrantLock lock = session.catalog().lock(reference);
    lock.lock();
    try {
      change.accept(reference);
    } finally {
      lock.unlock();
    }
  }

  private void setOptions(TableReference reference, List<ResolvedOption> changed) {
    session.catalog().update(reference, table -> TableOptions.apply(table, changed, options));
  }

  private void apply(TableReference reference, ResolvedAlterAction action) {
    if (action instanceof ResolvedAddColumnAction) {
      add(reference, (ResolvedAddColumnAction) action);
    } else if (action instanceof ResolvedAlterColumnSetDataTypeAction) {
      retype(reference, (ResolvedAlterColumnSetDataTypeAction) action);
    } else if (action instanceof ResolvedAlterColumnDropNotNullAction) {
      change(reference, (ResolvedAlterColumnAction) action, field -> field.setMode("NULLABLE"));
    } else if (action instanceof ResolvedAlterColumnOptionsAction) {
      ResolvedAlterColumnOptionsAction set = (ResolvedAlterColumnOptionsAction) action;
      change(
          reference,
          set,
          field -> set.getOptionList().forEach(option -> ColumnDefinitions.option(field, option)));
    } else if (action instanceof ResolvedSetOptionsAction) {
      setOptions(reference, ((ResolvedSetOptionsAction) action).getOptionList());
    } else {
      throw BigQueryError.unsupported("ALTER TABLE with " + action.nodeKindString());
    }
  }

  private void add(TableReference reference, ResolvedAddColumnAction action) {
    TableFieldSchema field = ColumnDefinitions.field(action.getColumnDefinition());
    DmlRunner.refuse(field.getDefaultValueExpression() != null, "ADD COLUMN with a default value");
    Table table = session.catalog().find(reference).orElseThrow();
    if (find(table, field.getName()).isPresent()) {
      if (action.getIsIfNotExists()) {
        return;
      }
      throw BigQueryError.invalidQuery("Column already exists: " + field.getName());
    }
    if ("REQUIRED".equals(field.getMode())) {
      throw BigQueryError.invalidQuery(
          "Cannot add non-nullable column " + field.getName() + " to an existing table");
    }
    session.catalog().update(reference, t -> fields(t).add(field));
  }

  private static List<TableFieldSchema> fields(Table table) {
    List<TableFieldSchema> fields = new ArrayList<>();
    if (table.getSchema() != null && table.getSchema().getFields() != null) {
      fields.addAll(table.getSchema().getFields());
    }
    table.setSchema(new TableSchema().setFields(fields));
    return fields;
  }

  private static Optional<TableFieldSchema> find(Table table, String name) {
    return table.getSchema() == null || table.getSchema().getFields() == null
        ? Optional.empty()
        : table.getSchema().getFields().stream()
            .filter(f -> f.getName().equalsIgnoreCase(name))
            .findFirst();
  }

  private interface FieldChange {
    void apply(TableFieldSchema field);
  }

  private void change(
      TableReference reference, ResolvedAlterColumnAction action, FieldChange change) {
    session
        .catalog()
        .update(
            reference,
            table -> {
              Optional<TableFieldSchema> field = find(table, action.getColumn());
              if (field.isEmpty() && !action.getIsIfExists()) {
                throw BigQueryError.invalidQuery("Column not found: " + action.getColumn());
              }
              field.ifPresent(change::apply);
            });
  }

  private void retype(TableReference reference, ResolvedAlterColumnSetDataTypeAction action) {
    Table table = session.catalog().find(reference).orElseThrow();
    TableFieldSchema old =
        find(table, action.getColumn())
            .orElseThrow(
                () -> BigQueryError.invalidQuery("Column not found: " + action.getColumn()));
    TableFieldSchema changed = old.clone();
    changed.setType(SqlTypes.field(old.getName(), action.getUpdatedType()).getType());
    changed.setPrecision(null).setScale(null).setMaxLength(null);
    ColumnDefinitions.parameters(changed, action.getUpdatedTypeParameters());
    requireWidening(old, changed);
    List<TableFieldSchema> fields = new ArrayList<>(table.getSchema().getFields());
    fields.set(fields.indexOf(old), changed);
    rewrite(reference, table, new TableSchema().setFields(fields));
  }

  private static void requireWidening(TableFieldSchema old, TableFieldSchema changed) {
    boolean sameType = old.getType().equals(changed.getType());
    boolean widening = sameType || WIDENINGS.contains(old.getType() + ">" + changed.getType());
    if (!widening || sameType && narrower(old, changed)) {
      throw BigQueryError.invalidQuery(
          "ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type ("
              + old.getType()
              + ") is assignable to the new type ("
              + changed.getType()
              + ")");
    }
  }

  private static boolean narrower(TableFieldSchema old, TableFieldSchema changed) {
    return shorter(old.getMaxLength(), changed.getMaxLength())
        || shorter(old.getScale(), changed.getPrecision() == null ? null : scale(changed))
        || shorter(integers(old), integers(changed));
  }

  private static boolean shorter(Long old, Long changed) {
    return changed != null && (old == null || changed < old);
  }

  private static Long scale(TableFieldSchema field) {
    return field.getScale() == null ? 0L : field.getScale();
  }

  private static Long integers(TableFieldSchema field) {
    return field.getPrecision() == null ? null : field.getPrecision() - scale(field);
  }

  private void rewrite(TableReference reference, Table table, TableSchema schema) {
    List<String> values = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < schema.getFields().size(); i++) {
      TableFieldSchema field = schema.getFields().get(i);
      Type from = SqlTypes.of(table.getSchema().getFields().get(i));
      names.add(StorageTypes.quote(field.getName()));
      values.add(Casts.of(StorageTypes.quote(field.getName()), from, SqlTypes.of(field)));
    }
    if (Warehouse.byIngestionTime(table)) {
      names.add(StorageTypes.quote(Warehouse.PARTITION_TIME));
      values.add(StorageTypes.quote(Warehouse.PARTITION_TIME));
    }
    BoundTable bound = BoundTable.of(table, session.catalog().storageName(reference));
    Table changed = table.clone().setSchema(SchemaRules.checked(schema));
    String relation = session.catalog().newRelationName();
    session.change(
        bound,
        true,
        () -> {
          session.execute("CREATE TABLE " + relation + Warehouse.layout(changed));
          return session.execute(
              "INSERT INTO "
                  + relation
                  + " ("
                  + String.join(", ", names)
                  + ") SELECT "
                  + String.join(", ", values)
                  + " FROM "
                  + bound.relation());
        });
    session.catalog().publish(changed, relation);
  }
}
