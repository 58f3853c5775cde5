package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.duckdb.DuckDBConnection;

/**
 * A job's write to its destination table: one transaction, with BigQuery's dispositions. Nothing of
 * it shows before {@link #commit}, and nothing of it stays without.
 */
final class TableWrite implements AutoCloseable {
  /**
   * How to write.
   *
   * @param wanted the destination: its reference, and what it is created with
   * @param schema gives the schema to write in, for the table that is there, or for none; may
   *     refuse
   */
  record Request(
      Table wanted,
      String createDisposition,
      String writeDisposition,
      Function<Optional<Table>, TableSchema> schema) {}

  private final Warehouse warehouse;
  private final ReentrantLock lock;
  private final DuckDBConnection session;
  private Table table;
  private String relation;
  private boolean replaces;
  private boolean committed;

  private TableWrite(Warehouse warehouse, Request request) {
    this.warehouse = warehouse;
    this.session = warehouse.transaction();
    this.lock = warehouse.lock(request.wanted().getTableReference());
  }

  static TableWrite open(Warehouse warehouse, Request request) throws SQLException {
    TableWrite write = new TableWrite(warehouse, request);
    try {
      write.begin(request);
      return write;
    } catch (SQLException | RuntimeException e) {
      write.close();
      throw e;
    }
  }

  private void begin(Request request) throws SQLException {
    TableReference reference = request.wanted().getTableReference();
    lock.lock();
    Optional<Table> existing = warehouse.find(reference);
    TableSchema schema = SchemaRules.checked(request.schema().apply(existing));
    try (Statement statement = session.createStatement()) {
      if (existing.isEmpty()) {
        create(request, schema, statement);
      } else {
        into(existing.get(), request, schema, statement);
      }
    }
    if (!replaces) {
      lock.unlock(); // Appends to one table go on side by side.
    }
  }

  private void create(Request request, TableSchema schema, Statement statement)
      throws SQLException {
    if ("CREATE_NEVER".equals(request.createDisposition())) {
      throw BigQueryError.notFound(
          "Not found: Table " + Warehouse.name(request.wanted().getTableReference()));
    }
    newRelation(warehouse.draft(request.wanted().clone().setSchema(schema)), statement);
  }

  private void into(Table existing, Request request, TableSchema schema, Statement statement)
      throws SQLException {
    TableReference reference = existing.getTableReference();
    relation = warehouse.storageName(reference);
    boolean truncates = "WRITE_TRUNCATE".equals(request.writeDisposition());
    if ("WRITE_EMPTY".equals(request.writeDisposition()) && !isEmpty(statement)) {
      throw BigQueryError.duplicate("Already Exists: Table " + Warehouse.name(reference));
    }
    Table changed = existing.clone().setSchema(schema);
    if (truncates && !Warehouse.layout(existing).equals(Warehouse.layout(changed))) {
      SchemaRules.checkLayout(changed);
      newRelation(changed, statement);
      return;
    }
    if (truncates) {
      statement.execute("DELETE FROM " + relation);
    } else {
      for (String alteration : SchemaChange.between(existing, changed).alterations(relation)) {
        statement.execute(alteration);
      }
    }
    table = changed;
  }

  private boolean isEmpty(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT 1 FROM " + relation + " LIMIT 1")) {
      return !row.next();
    }
  }

  private void newRelation(Table resource, Statement statement) throws SQLException {
    relation = warehouse.newRelationName();
    statement.execute("CREATE TABLE " + relation + Warehouse.layout(resource));
    table = resource;
    replaces = true;
  }

  DuckDBConnection session() {
    return session;
  }

  String relation() {
    return relation;
  }

  /** The destination as it will be. */
  Table table() {
    return table;
  }

  TableSchema schema() {
    return table.getSchema();
  }

  void commit() throws SQLException {
    warehouse
        .history()
        .commit(
            List.of(table.getTableReference()),
            () -> {
              session.commit();
              committed = true;
              if (replaces) {
                warehouse.publish(table, relation);
              } else {
                warehouse.written(table.getTableReference(), table.getSchema());
              }
              return null;
            });
  }

  @Override
  public void close() throws SQLException {
    try {
      if (!committed) {
        session.rollback();
      }
    } finally {
      session.close();
      if (lock.isHeldByCurrentThread()) {
        lock.unlock();
      }
    }
  }
}
