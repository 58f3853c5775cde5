package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.QueryParameter;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import com.google.zetasql.Type;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** One query job: its DuckDB session, transaction, variables, parameters and temporary tables. */
final class SqlSession implements SqlAnalyzer.Names, AutoCloseable {
  private static final AtomicLong NAMES = new AtomicLong();

  private final QueryRequest request;
  private final Warehouse catalog;
  private final Connection connection;
  private final WriteMarks marks;
  private final Deque<Map<String, TypedValue>> scopes = new ArrayDeque<>();
  private final Deque<Parameters> parameters = new ArrayDeque<>();
  private Map<String, BoundTable> temporary = new HashMap<>();
  private Map<String, BoundTable> temporaryBefore;
  private WriteMarks.Owner transaction;
  private final Set<TableReference> changed = new LinkedHashSet<>();
  private boolean failed;
  private volatile Statement running;
  private Long rowCount;
  private long bytesProcessed;
  private long bytesBilled;
  private String errorMessage;
  private String errorStatement;

  private static final class Parameters {
    private final Map<String, TypedValue> named = new LinkedHashMap<>();
    private final List<TypedValue> positional = new ArrayList<>();
  }

  SqlSession(QueryRequest request, Warehouse catalog, Connection connection, WriteMarks marks) {
    this.request = request;
    this.catalog = catalog;
    this.connection = connection;
    this.marks = marks;
    Parameters given = new Parameters();
    if (request.parameters() != null) {
      for (QueryParameter parameter : request.parameters()) {
        TypedValue value = QueryParameters.of(parameter);
        if (parameter.getName() == null || parameter.getName().isEmpty()) {
          given.positional.add(value);
        } else {
          given.named.put(SqlAnalyzer.lower(parameter.getName()), value);
        }
      }
    }
    parameters.push(given);
    scopes.push(new LinkedHashMap<>());
  }

  QueryRequest request() {
    return request;
  }

  Warehouse catalog() {
    return catalog;
  }

  static String newName() {
    return StorageTypes.quote("bq_" + NAMES.incrementAndGet());
  }

  // Names

  @Override
  public BoundTable table(List<String> path) {
    List<String> parts = new ArrayList<>();
    path.forEach(p -> parts.addAll(List.of(p.split("\\."))));
    BoundTable local = parts.size() == 1 ? temporary.get(parts.get(0)) : null;
    if (local != null) {
      return local;
    }
    if (parts.size() > 2 && parts.get(parts.size() - 2).equalsIgnoreCase("INFORMATION_SCHEMA")) {
      return InformationSchema.view(this, parts);
    }
    TableReference reference = reference(path);
    Optional<Table> found;
    try {
      found = catalog.find(reference);
    } catch (BigQueryError e) {
      throw new BigQueryError(e.reason(), e.getMessage() + " was not found in location US");
    }
    if (found.isEmpty()) {
      throw notFound(reference);
    }
    return BoundTable.of(found.get(), catalog.storageName(reference));
  }

  @Override
  public BoundTable asOf(BoundTable table, Instant when) {
    if (table.resource() == null || temporary.containsValue(table)) {
      throw BigQueryError.unsupported("FOR SYSTEM_TIME AS OF of " + table.key());
    }
    History.Version version = catalog.history().at(table.reference(), when);
    if (!Warehouse.layout(version.resource()).equals(Warehouse.layout(table.resource()))) {
      throw BigQueryError.unsupported(
          "FOR SYSTEM_TIME AS OF of a table whose columns were altered since: " + table.key());
    }
    return new BoundTable(table.key(), table.resource(), version.relation(), table.fields());
  }

  @Override
  public Object constant(ResolvedExpr expression, Translation translation) {
    return value(expression, translation);
  }

  static BigQueryError notFound(TableReference reference) {
    return BigQueryError.notFound(
        "Not found: Table " + Warehouse.name(reference) + " was not found in location US");
  }

  /** The table that a path means, whether it exists or not. */
  TableReference reference(List<String> path) {
    List<String> parts = new ArrayList<>();
    path.forEach(p -> parts.addAll(List.of(p.split("\\."))));
    String table = parts.get(parts.size() - 1);
    if (parts.size() == 1) {
      if (request.defaultDataset() == null) {
        throw new BigQueryError(
            "invalid",
            "Table \"" + table + "\" must be qualified with a dataset (e.g. dataset.table).");
      }
      String project = request.defaultDataset().getProjectId();
      return new TableReference()
          .setProjectId(project == null ? request.project() : project)
          .setDatasetId(request.defaultDataset().getDatasetId())
          .setTableId(table);
    }
    String project =
        parts.size() == 2
            ? request.project()
            : String.join(".", parts.subList(0, parts.size() - 2));
    return new TableReference()
        .setProjectId(project)
        .setDatasetId(parts.get(parts.size() - 2))
        .setTableId(table);
  }

  @Override
  public Map<String, TypedValue> variables() {
    Map<String, TypedValue> visible = new LinkedHashMap<>();
    scopes.descendingIterator().forEachRemaining(visible::putAll);
    return visible;
  }

  @Override
  public Map<String, TypedValue> namedParameters() {
    return parameters.peek().named;
  }

  @Override
  public List<TypedValue> positionalParameters() {
    return parameters.peek().positional;
  }

  @Override
  public Map<List<String>, TypedValue> systemVariables() {
    Map<List<String>, TypedValue> values = new HashMap<>();
    values.put(List.of("row_count"), new TypedValue(SqlTypes.INT64, rowCount));
    values.put(List.of("error", "message"), new TypedValue(SqlTypes.STRING, errorMessage));
    values.put(List.of("error", "statement_text"), new TypedValue(SqlTypes.STRING, errorStatement));
    values.put(
        List.of("script", "bytes_processed"), new TypedValue(SqlTypes.INT64, bytesProcessed));
    values.put(List.of("script", "bytes_billed"), new TypedValue(SqlTypes.INT64, bytesBilled));
    values.put(List.of("project_id"), new TypedValue(SqlTypes.STRING, request.project()));
    values.put(
        List.of("dataset_id"),
        new TypedValue(
            SqlTypes.STRING,
            request.defaultDataset() == null ? null : request.defaultDataset().getDatasetId()));
    values.put(List.of("time_zone"), new TypedValue(SqlTypes.STRING, "UTC"));
    return values;
  }

  /** What the statements so far are billed for. */
  long bytesBilled() {
    return bytesBilled;
  }

  /** Adds a statement's bytes to those of the job. */
  void account(long processed, long billed) {
    bytesProcessed += processed;
    bytesBilled += billed;
  }

  void rowCount(Long count) {
    rowCount = count;
  }

  void error(String message, String statement) {
    errorMessage = message;
    errorStatement = statement;
  }

  void enterScope() {
    scopes.push(new LinkedHashMap<>());
  }

  void leaveScope() {
    scopes.pop();
  }

  void declare(String name, TypedValue value) {
    if (variables().containsKey(SqlAnalyzer.lower(name))) {
      throw BigQueryError.invalidQuery("Variable '" + name + "' redeclaration");
    }
    scopes.peek().put(SqlAnalyzer.lower(name), value);
  }

  /** The type of a variable; fails when there is none of the name. */
  Type variableType(String name) {
    TypedValue value = variables().get(SqlAnalyzer.lower(name));
    if (value == null) {
      throw BigQueryError.invalidQuery("Undeclared variable: " + name);
    }
    return value.type();
  }

  void assign(String name, Object value) {
    String key = SqlAnalyzer.lower(name);
    for (Map<String, TypedValue> scope : scopes) {
      if (scope.containsKey(key)) {
        scope.put(key, new TypedValue(scope.get(key).type(), value));
        return;
      }
    }
    throw BigQueryError.invalidQuery("Undeclared variable: " + name);
  }

  /** Runs with other parameters, as EXECUTE IMMEDIATE ... USING does. */
  void enterParameters(List<String> names, List<TypedValue> values) {
    Parameters inner = new Parameters();
    for (int i = 0; i < values.size(); i++) {
      if (names.get(i) == null) {
        inner.positional.add(values.get(i));
      } else {
        inner.named.put(SqlAnalyzer.lower(names.get(i)), values.get(i));
      }
    }
    parameters.push(inner);
  }

  void leaveParameters() {
    parameters.pop();
  }

  // Temporary tables

  Optional<BoundTable> temporary(List<String> path) {
    return path.size() == 1 ? Optional.ofNullable(temporary.get(path.get(0))) : Optional.empty();
  }

  void addTemporary(String name, BoundTable table) {
    temporary.put(name, table);
  }

  void removeTemporary(String name) {
    temporary.remove(name);
  }

  // DuckDB

  interface Reading<T> {
    T of(ResultSet rows) throws SQLException;
  }

  <T> T query(String sql, Reading<T> reading) {
    checkUsable();
    try (Statement statement = connection.createStatement();
        ResultSet rows = started(statement).executeQuery(sql)) {
      return reading.of(rows);
    } catch (SQLException e) {
      throw failure(e);
    } finally {
      running = null;
    }
  }

  /** The value of an expression that reads no table. */
  Object value(ResolvedExpr expression, Translation translation) {
    Type type = expression.getType();
    String sql =
        "SELECT "
            + RowReader.wire("e", type)
            + " FROM (SELECT "
            + translation.expressions().of(expression)
            + " AS e)";
    return query(
        sql,
        rows -> {
          rows.next();
          return RowReader.row(rows, List.of(type)).get(0);
        });
  }

  /** The rows that a statement changed. */
  long execute(String sql) {
    checkUsable();
    try (Statement statement = connection.createStatement()) {
      return Math.max(0, started(statement).executeUpdate(sql));
    } catch (SQLException e) {
      throw failure(e);
    } finally {
      running = null;
    }
  }

  private Statement started(Statement statement) {
    running = statement;
    return statement;
  }

  /** Called from another thread, now and then. */
  void interruptIfCancelled() {
    Statement statement = running;
    if (statement != null && request.cancelled().getAsBoolean()) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        throw SqlErrors.of(e);
      }
    }
  }

  private BigQueryError failure(SQLException e) {
    failed = failed || transaction != null;
    return SqlErrors.isConflict(e)
        ? BigQueryError.invalidQuery(
            "Transaction is aborted due to concurrent update against table "
                + changed.stream().map(Warehouse::name).findFirst().orElse("of the emulator")
                + ". Transaction ID: emulator")
        : SqlErrors.of(e);
  }

  private void checkUsable() {
    if (failed) {
      // DuckDB gives a transaction up with its first failed statement; BigQuery does not.
      throw BigQueryError.unsupported(
          "going on in a transaction after a failed statement, but by ROLLBACK TRANSACTION");
    }
  }

  // Transactions

  boolean inTransaction() {
    return transaction != null;
  }

  void begin() {
    if (transaction != null) {
      throw BigQueryError.invalidQuery(
          "Transaction control: a transaction is already in progress; nested transactions are not"
              + " supported");
    }
    transaction = marks.begin();
    temporaryBefore = new HashMap<>(temporary);
    execute("BEGIN TRANSACTION");
    // DuckDB takes the snapshot with the first look at the database.
    query("SELECT count(*) FROM duckdb_tables()", rows -> null);
  }

  void commit() {
    requireTransaction("COMMIT");
    checkUsable();
    boolean committed = false;
    try {
      commit(changed);
      committed = true;
    } finally {
      end(committed);
    }
  }

  void rollback() {
    requireTransaction("ROLLBACK");
    rollbackOpen();
  }

  /** Rolls back what is open, if anything is. */
  void rollbackOpen() {
    if (transaction == null) {
      return;
    }
    failed = false;
    try {
      execute("ROLLBACK");
    } finally {
      end(false);
    }
  }

  private void end(boolean committed) {
    marks.release(transaction, committed);
    transaction = null;
    failed = false;
    if (committed) {
      changed.forEach(catalog::touched);
    } else {
      temporary = temporaryBefore;
    }
    temporaryBefore = null;
    changed.clear();
  }

  private void requireTransaction(String statement) {
    if (transaction == null) {
      throw BigQueryError.invalidQuery(statement + " TRANSACTION: no transaction is in progress");
    }
  }

  interface Change<T> {
    T run();
  }

  /**
   * Runs a change of a table's rows whole or not at all, in the open transaction or in one of its
   * own.
   *
   * @param mutates whether it changes existing rows, not only appends
   */
  <T> T change(BoundTable table, boolean mutates, Change<T> change) {
    boolean permanent = !temporary.containsValue(table);
    if (transaction != null) {
      if (permanent && mutates) {
        marks.acquire(transaction, table.reference());
      }
      T result = change.run();
      if (permanent) {
        changed.add(table.reference());
      }
      return result;
    }
    WriteMarks.Owner alone = marks.begin();
    boolean committed = false;
    try {
      if (permanent && mutates) {
        marks.await(alone, table.reference(), request.cancelled());
      }
      T result = whole(change, permanent ? List.of(table.reference()) : List.of());
      committed = true;
      if (permanent) {
        catalog.touched(table.reference());
      }
      return result;
    } finally {
      marks.release(alone, committed);
    }
  }

  /** Runs outside a transaction, whole or not at all, what touches no rows that others see. */
  <T> T whole(Change<T> change) {
    return whole(change, List.of());
  }

  private <T> T whole(Change<T> change, List<TableReference> tables) {
    boolean committed = false;
    try {
      execute("BEGIN TRANSACTION");
      T result = change.run();
      commit(tables);
      committed = true;
      return result;
    } finally {
      if (!committed) {
        rollbackQuietly();
      }
    }
  }

  private void commit(Collection<TableReference> tables) {
    try {
      catalog.history().commit(tables, () -> execute("COMMIT"));
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private void rollbackQuietly() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException nothingToRollBack) {
      // The first error is the one that matters, and a failed COMMIT leaves nothing open.
    }
  }

  /** Rolls back what is open. */
  @Override
  public void close() {
    try {
      rollbackOpen();
    } finally {
      try {
        connection.close();
      } catch (SQLException e) {
        throw SqlErrors.of(e);
      }
    }
  }
}
