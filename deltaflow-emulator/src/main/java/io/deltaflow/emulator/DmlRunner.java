package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.DmlStatistics;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.zetasql.resolvedast.ResolvedColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnRef;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDMLDefault;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDMLValue;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedDeleteStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedInsertRow;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedInsertStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedTruncateStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedUpdateItem;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedUpdateStmt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** INSERT, UPDATE, DELETE and TRUNCATE. Each runs inside {@link SqlSession#change}. */
final class DmlRunner {
  static final String SEVERAL_SOURCE_ROWS =
      "UPDATE/MERGE must match at most one source row for each target row";

  private static final int MAX_PARTITIONS = 4000;

  private final SqlSession session;
  private final Translation translation;
  private final BoundTable table;

  DmlRunner(SqlSession session, Translation translation, BoundTable table) {
    this.session = session;
    this.translation = translation;
    this.table = table;
  }

  DmlStatistics insert(ResolvedInsertStmt statement) {
    refuse(statement.getReturning() != null, "THEN RETURN");
    refuse(statement.getOnConflictClause() != null, "ON CONFLICT");
    List<ResolvedColumn> columns = statement.getInsertColumnList();
    String rows =
        statement.getQuery() == null ? values(statement.getRowList(), columns) : query(statement);
    return new DmlStatistics().setInsertedRowCount(insertRows(columns, rows));
  }

  static void refuse(boolean present, String what) {
    if (present) {
      throw BigQueryError.unsupported(what);
    }
  }

  private String query(ResolvedInsertStmt statement) {
    List<String> values = new ArrayList<>();
    List<ResolvedColumn> outputs = statement.getQueryOutputColumnList();
    for (int i = 0; i < outputs.size(); i++) {
      values.add(Translation.name(outputs.get(i)) + " AS v" + i);
    }
    return "SELECT "
        + String.join(", ", values)
        + " FROM ("
        + translation.scans().select(statement.getQuery())
        + ")";
  }

  private String values(List<ResolvedInsertRow> rows, List<ResolvedColumn> columns) {
    String names =
        java.util.stream.IntStream.range(0, columns.size())
            .mapToObj(i -> "v" + i)
            .collect(Collectors.joining(", "));
    List<String> tuples = new ArrayList<>();
    for (ResolvedInsertRow row : rows) {
      tuples.add("(" + String.join(", ", values(row, columns)) + ")");
    }
    return "SELECT * FROM (VALUES " + String.join(", ", tuples) + ") AS t(" + names + ")";
  }

  private List<String> values(ResolvedInsertRow row, List<ResolvedColumn> columns) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      values.add(value(row.getValueList().get(i), columns.get(i)));
    }
    return values;
  }

  /** A value to write; DEFAULT is NULL, since columns with a default are refused. */
  String value(ResolvedDMLValue value, ResolvedColumn column) {
    if (value.getValue() instanceof ResolvedDMLDefault) {
      refuse(
          table.field(column.getName()).getDefaultValueExpression() != null,
          "default values of columns");
      return SqlLiteral.of(column.getType(), null);
    }
    return translation.expressions().of(value.getValue());
  }

  List<String> insertValues(ResolvedInsertRow row, List<ResolvedColumn> columns) {
    return values(row, columns);
  }

  /** Fails when a statement writes more partitions than BigQuery lets it. */
  private void limitPartitions(String partitions) {
    long written =
        session.query(
            "SELECT count(*) FROM (SELECT DISTINCT " + partitions + ")",
            rows -> {
              rows.next();
              return rows.getLong(1);
            });
    if (written > MAX_PARTITIONS) {
      throw BigQueryError.invalidQuery(
          "Too many partitions produced by query, allowed "
              + MAX_PARTITIONS
              + ", query produces at least "
              + written
              + " partitions");
    }
  }

  /**
   * Checks the partitions that new values of the partitioning column lead to, if it is among the
   * columns.
   */
  private void limitPartitions(List<ResolvedColumn> columns, String rows) {
    if (PartitionPruning.columns(table).size() != 1) {
      return;
    }
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).getName().equalsIgnoreCase(PartitionPruning.columns(table).get(0))) {
        limitPartitions(PartitionPruning.partitionId(table, "v" + i) + " FROM (" + rows + ")");
      }
    }
  }

  /** Checks the partitions in which rows are changed or deleted. */
  private void limitPartitionsOf(String rows) {
    if (!PartitionPruning.columns(table).isEmpty()) {
      limitPartitions(
          PartitionPruning.partitionId(table)
              + " FROM "
              + table.relation()
              + " WHERE rowid IN ("
              + rows
              + ")");
    }
  }

  /**
   * Appends rows.
   *
   * @param rows a SELECT with a column v0, v1, ... for each of the table's columns that are given
   */
  long insertRows(List<ResolvedColumn> columns, String rows) {
    limitPartitions(columns, rows);
    List<TableFieldSchema> left = new ArrayList<>(table.fields());
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      TableFieldSchema field = table.field(columns.get(i).getName());
      left.remove(field);
      names.add(StorageTypes.quote(field.getName()));
      values.add(StoredValues.checked(field, "v" + i));
    }
    for (TableFieldSchema field : left) {
      refuse(field.getDefaultValueExpression() != null, "default values of columns");
      if ("REQUIRED".equals(field.getMode())) {
        throw BigQueryError.invalidQuery("Required field " + field.getName() + " cannot be null");
      }
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

  DmlStatistics update(ResolvedUpdateStmt statement) {
    refuse(statement.getReturning() != null, "THEN RETURN");
    List<ResolvedColumn> columns = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (ResolvedUpdateItem item : statement.getUpdateItemList()) {
      ResolvedColumn column = updated(item);
      columns.add(column);
      values.add(value(item.getSetValue(), column) + " AS v" + (columns.size() - 1));
    }
    String from =
        " FROM ("
            + translation.scans().table(statement.getTableScan(), true)
            + ") AS "
            + translation.alias();
    if (statement.getFromScan() != null) {
      from +=
          " CROSS JOIN ("
              + translation.scans().select(statement.getFromScan())
              + ") AS "
              + translation.alias();
    }
    String staged = SqlSession.newName();
    session.execute(
        "CREATE TEMP TABLE "
            + staged
            + " AS SELECT rid, "
            + String.join(", ", values)
            + from
            + " WHERE "
            + translation.expressions().of(statement.getWhereExpr()));
    if (statement.getFromScan() != null) {
      requireOneSourceRow(staged);
    }
    long updated = updateRows(columns, "SELECT * FROM " + staged);
    session.execute("DROP TABLE " + staged);
    return new DmlStatistics().setUpdatedRowCount(updated);
  }

  static ResolvedColumn updated(ResolvedUpdateItem item) {
    boolean whole = item.getTarget() instanceof ResolvedColumnRef && item.getSetValue() != null;
    refuse(!whole, "UPDATE of parts of a column");
    return ((ResolvedColumnRef) item.getTarget()).getColumn();
  }

  /** Fails when a row of the table comes more than once. */
  void requireOneSourceRow(String staged) {
    boolean several =
        session.query(
            "SELECT 1 FROM "
                + staged
                + " WHERE rid IS NOT NULL GROUP BY rid HAVING count(*) > 1 LIMIT 1",
            java.sql.ResultSet::next);
    if (several) {
      throw BigQueryError.invalidQuery(SEVERAL_SOURCE_ROWS);
    }
  }

  /**
   * Sets columns of rows.
   *
   * @param rows a SELECT of rid, v0, v1, ...
   */
  long updateRows(List<ResolvedColumn> columns, String rows) {
    limitPartitions(columns, rows);
    limitPartitionsOf("SELECT rid FROM (" + rows + ")");
    List<String> assignments = new ArrayList<>();
    List<String> checked = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      TableFieldSchema field = table.field(columns.get(i).getName());
      assignments.add(StorageTypes.quote(field.getName()) + " = x.v" + i);
      checked.add(StoredValues.checked(field, "v" + i) + " AS v" + i);
    }
    return session.execute(
        "UPDATE "
            + table.relation()
            + " AS t SET "
            + String.join(", ", assignments)
            + " FROM (SELECT rid, "
            + String.join(", ", checked)
            + " FROM ("
            + rows
            + ")) AS x WHERE t.rowid = x.rid");
  }

  DmlStatistics delete(ResolvedDeleteStmt statement) {
    refuse(statement.getReturning() != null, "THEN RETURN");
    String rows =
        "SELECT rid FROM ("
            + translation.scans().table(statement.getTableScan(), true)
            + ") WHERE "
            + translation.expressions().of(statement.getWhereExpr());
    return new DmlStatistics().setDeletedRowCount(deleteRows(rows));
  }

  long deleteRows(String rows) {
    limitPartitionsOf(rows);
    return session.execute("DELETE FROM " + table.relation() + " WHERE rowid IN (" + rows + ")");
  }

  DmlStatistics truncate(ResolvedTruncateStmt statement) {
    refuse(statement.getWhereExpr() != null, "TRUNCATE TABLE ... WHERE");
    return new DmlStatistics()
        .setDeletedRowCount(session.execute("DELETE FROM " + table.relation()));
  }
}
