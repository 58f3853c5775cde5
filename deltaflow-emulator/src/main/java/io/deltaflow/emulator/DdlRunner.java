package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableConstraints;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.zetasql.resolvedast.ResolvedCreateStatementEnums.CreateMode;
import com.google.zetasql.resolvedast.ResolvedCreateStatementEnums.CreateScope;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterTableSetOptionsStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedAlterTableStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateSchemaStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableAsSelectStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCreateTableStmtBase;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDropStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOption;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOutputColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** CREATE, ALTER and DROP of tables and datasets. */
final class DdlRunner {
  private final SqlSession session;
  private final Translation translation;
  private final boolean inScript;

  DdlRunner(SqlSession session, Translation translation, boolean inScript) {
    this.session = session;
    this.translation = translation;
    this.inScript = inScript;
  }

  QueryResult run(ResolvedStatement statement, StatementRunner.Outcome outcome, long bytes) {
    if (statement instanceof ResolvedCreateTableStmt) {
      ResolvedCreateTableStmt create = (ResolvedCreateTableStmt) statement;
      DmlRunner.refuse(
          create.getCloneFrom() != null || create.getCopyFrom() != null,
          "CREATE TABLE CLONE and COPY");
      TableReference created =
          create(create, create.getPartitionByList(), create.getClusterByList());
      return outcome.of("CREATE_TABLE", null, created, bytes);
    } else if (statement instanceof ResolvedCreateTableAsSelectStmt) {
      ResolvedCreateTableAsSelectStmt create = (ResolvedCreateTableAsSelectStmt) statement;
      TableReference created =
          create(create, create.getPartitionByList(), create.getClusterByList());
      return outcome.of("CREATE_TABLE_AS_SELECT", null, created, bytes);
    } else if (statement instanceof ResolvedDropStmt) {
      return drop((ResolvedDropStmt) statement, outcome);
    } else if (statement instanceof ResolvedAlterTableStmt) {
      requireOutsideTransaction("ALTER TABLE");
      ResolvedAlterTableStmt alter = (ResolvedAlterTableStmt) statement;
      TableReference altered = new TableAlteration(session, this::option).run(alter);
      return outcome.of("ALTER_TABLE", null, altered, 0);
    } else if (statement instanceof ResolvedAlterTableSetOptionsStmt) {
      requireOutsideTransaction("ALTER TABLE");
      ResolvedAlterTableSetOptionsStmt alter = (ResolvedAlterTableSetOptionsStmt) statement;
      TableReference altered = new TableAlteration(session, this::option).run(alter);
      return outcome.of("ALTER_TABLE", null, altered, 0);
    } else if (statement instanceof ResolvedCreateSchemaStmt) {
      createSchema((ResolvedCreateSchemaStmt) statement);
      return outcome.of("CREATE_SCHEMA", null, null, 0);
    }
    throw BigQueryError.unsupported("the statement " + statement.nodeKindString());
  }

  private void requireOutsideTransaction(String statement) {
    if (session.inTransaction()) {
      throw BigQueryError.invalidQuery(
          statement
              + " is not supported inside a transaction: only temporary tables may be created and"
              + " dropped there");
    }
  }

  private Object option(ResolvedOption option) {
    return session.value(option.getValue(), translation);
  }

  private TableReference create(
      ResolvedCreateTableStmtBase statement,
      List<ResolvedExpr> partitionBy,
      List<ResolvedExpr> clusterBy) {
    DmlRunner.refuse(statement.getLikeTable() != null, "CREATE TABLE LIKE");
    DmlRunner.refuse(
        !statement.getForeignKeyList().isEmpty() || !statement.getCheckConstraintList().isEmpty(),
        "foreign keys and check constraints");
    boolean temporary = statement.getCreateScope() == CreateScope.CREATE_TEMP;
    if (!temporary) {
      requireOutsideTransaction("CREATE TABLE");
    }
    Table table = table(statement, partitionBy, clusterBy);
    if (temporary) {
      createTemporary(statement, table);
    } else if (!session.request().dryRun()) {
      createPermanent(statement, table);
    }
    return table.getTableReference();
  }

  private Table table(
      ResolvedCreateTableStmtBase statement,
      List<ResolvedExpr> partitionBy,
      List<ResolvedExpr> clusterBy) {
    boolean temporary = statement.getCreateScope() == CreateScope.CREATE_TEMP;
    TableReference reference =
        temporary
            ? temporaryReference(statement.getNamePath())
            : session.reference(statement.getNamePath());
    Table table =
        new Table()
            .setTableReference(reference)
            .setSchema(
                new TableSchema()
                    .setFields(ColumnDefinitions.fields(statement.getColumnDefinitionList())));
    TableLayouts.apply(table, partitionBy, clusterBy);
    TableOptions.apply(table, statement.getOptionList(), this::option);
    if (statement.getPrimaryKey() != null) {
      if (!statement.getPrimaryKey().getUnenforced()) {
        throw BigQueryError.invalidQuery("Enforced PRIMARY KEY is not supported; add NOT ENFORCED");
      }
      table.setTableConstraints(
          new TableConstraints()
              .setPrimaryKey(
                  new TableConstraints.PrimaryKey()
                      .setColumns(statement.getPrimaryKey().getColumnNameList())));
    }
    return table;
  }

  private TableReference temporaryReference(List<String> path) {
    if (!inScript) {
      throw BigQueryError.invalidQuery(
          "Use of CREATE TEMPORARY TABLE requires a script or session");
    }
    if (path.size() != 1) {
      throw BigQueryError.invalidQuery(
          "Temporary tables are not in a dataset: " + String.join(".", path));
    }
    return new TableReference()
        .setProjectId(session.request().project())
        .setDatasetId("_script")
        .setTableId(path.get(0));
  }

  private void createTemporary(ResolvedCreateTableStmtBase statement, Table table) {
    String name = table.getTableReference().getTableId();
    boolean exists = session.temporary(statement.getNamePath()).isPresent();
    if (exists && statement.getCreateMode() == CreateMode.CREATE_IF_NOT_EXISTS) {
      return;
    }
    if (exists && statement.getCreateMode() != CreateMode.CREATE_OR_REPLACE) {
      throw BigQueryError.duplicate("Already Exists: Table " + name);
    }
    table.setSchema(SchemaRules.checked(table.getSchema()));
    String relation = SqlSession.newName();
    List<String> columns = new ArrayList<>();
    table.getSchema().getFields().forEach(f -> columns.add(Warehouse.columnDefinition(f)));
    session.execute("CREATE TEMP TABLE " + relation + " (" + String.join(", ", columns) + ")");
    BoundTable created = BoundTable.of(table, relation);
    if (statement instanceof ResolvedCreateTableAsSelectStmt) {
      insert(
          (ResolvedCreateTableAsSelectStmt) statement,
          created,
          select((ResolvedCreateTableAsSelectStmt) statement));
    }
    session.addTemporary(name, created);
  }

  private void createPermanent(ResolvedCreateTableStmtBase statement, Table table) {
    TableReference reference = table.getTableReference();
    ReentrantLock lock = session.catalog().lock(reference);
    lock.lock();
    try {
      boolean exists = session.catalog().find(reference).isPresent();
      if (exists && statement.getCreateMode() == CreateMode.CREATE_IF_NOT_EXISTS) {
        return;
      }
      if (exists && statement.getCreateMode() != CreateMode.CREATE_OR_REPLACE) {
        throw BigQueryError.duplicate("Already Exists: Table " + Warehouse.name(reference));
      }
      Table created = session.catalog().draft(table);
      String relation = session.catalog().newRelationName();
      session.whole(
          () -> {
            session.execute("CREATE TABLE " + relation + Warehouse.layout(created));
            if (statement instanceof ResolvedCreateTableAsSelectStmt) {
              ResolvedCreateTableAsSelectStmt query = (ResolvedCreateTableAsSelectStmt) statement;
              insert(query, BoundTable.of(created, relation), select(query));
            }
            return null;
          });
      session.catalog().publish(created, relation);
    } finally {
      lock.unlock();
    }
  }

  private String select(ResolvedCreateTableAsSelectStmt statement) {
    List<String> values = new ArrayList<>();
    for (ResolvedOutputColumn output : statement.getOutputColumnList()) {
      values.add(Translation.name(output.getColumn()) + " AS v" + values.size());
    }
    return "SELECT "
        + String.join(", ", values)
        + " FROM ("
        + translation.scans().select(statement.getQuery())
        + ")";
  }

  private long insert(ResolvedCreateTableAsSelectStmt statement, BoundTable table, String rows) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < statement.getColumnDefinitionList().size(); i++) {
      TableFieldSchema field = table.field(statement.getColumnDefinitionList().get(i).getName());
      names.add(StorageTypes.quote(field.getName()));
      values.add(
          StoredValues.checked(
              field,
              Casts.of(
                  "v" + i,
                  statement.getOutputColumnList().get(i).getColumn().getType(),
                  SqlTypes.of(field))));
    }
    return session.execute(
        "INSERT INTO "
            + table.relation()
            + " ("
            + String.join(", ", names)
            + ") SELECT "
            + String.join(", ", values)
            + " FROM ("
            + rows
            + ")");
  }

  private QueryResult drop(ResolvedDropStmt statement, StatementRunner.Outcome outcome) {
    String type = statement.getObjectType().toUpperCase(java.util.Locale.ROOT);
    if (type.equals("SCHEMA")) {
      requireOutsideTransaction("DROP SCHEMA");
      dropSchema(statement);
      return outcome.of("DROP_SCHEMA", null, null, 0);
    }
    DmlRunner.refuse(!type.equals("TABLE"), "DROP " + type);
    var temporary = session.temporary(statement.getNamePath());
    if (temporary.isPresent()) {
      session.execute("DROP TABLE " + temporary.get().relation());
      session.removeTemporary(statement.getNamePath().get(0));
      return outcome.of("DROP_TABLE", null, temporary.get().reference(), 0);
    }
    requireOutsideTransaction("DROP TABLE");
    TableReference reference = session.reference(statement.getNamePath());
    boolean exists = session.catalog().find(reference).isPresent();
    if (!exists && !statement.getIsIfExists()) {
      throw SqlSession.notFound(reference);
    }
    if (exists && !session.request().dryRun()) {
      session.catalog().drop(reference);
    }
    return outcome.of("DROP_TABLE", null, reference, 0);
  }

  private DatasetReference dataset(List<String> path) {
    List<String> parts = new ArrayList<>();
    path.forEach(p -> parts.addAll(List.of(p.split("\\."))));
    String project =
        parts.size() == 1
            ? session.request().project()
            : String.join(".", parts.subList(0, parts.size() - 1));
    return new DatasetReference().setProjectId(project).setDatasetId(parts.get(parts.size() - 1));
  }

  private boolean exists(DatasetReference dataset) {
    return session.catalog().datasets(dataset.getProjectId()).stream()
        .anyMatch(d -> d.getDatasetReference().getDatasetId().equals(dataset.getDatasetId()));
  }

  private void createSchema(ResolvedCreateSchemaStmt statement) {
    requireOutsideTransaction("CREATE SCHEMA");
    DatasetReference reference = dataset(statement.getNamePath());
    boolean exists = exists(reference);
    if (session.request().dryRun()
        || exists && statement.getCreateMode() == CreateMode.CREATE_IF_NOT_EXISTS) {
      return;
    }
    DmlRunner.refuse(
        statement.getCreateMode() == CreateMode.CREATE_OR_REPLACE, "CREATE OR REPLACE SCHEMA");
    Dataset dataset = new Dataset().setDatasetReference(reference);
    for (ResolvedOption option : statement.getOptionList()) {
      if (option.getName().equalsIgnoreCase("location")) {
        dataset.setLocation((String) option(option));
      } else if (option.getName().equalsIgnoreCase("description")) {
        dataset.setDescription((String) option(option));
      } else {
        throw BigQueryError.unsupported("the dataset option " + option.getName());
      }
    }
    session.catalog().createDataset(dataset);
  }

  private void dropSchema(ResolvedDropStmt statement) {
    DatasetReference reference = dataset(statement.getNamePath());
    if (!exists(reference) && statement.getIsIfExists() || session.request().dryRun()) {
      return;
    }
    boolean cascade = statement.getDropMode().name().equals("CASCADE");
    session.catalog().dropDataset(reference.getProjectId(), reference.getDatasetId(), cascade);
  }
}
