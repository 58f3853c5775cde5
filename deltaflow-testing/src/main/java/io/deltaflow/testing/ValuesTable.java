package io.deltaflow.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/**
 * Rows in this JVM's memory, which the connector {@code values} reads by name. The table's clock,
 * where it has one, is the safe end of windows; without one it is just above the largest cursor.
 * Thread-safe; remove it with {@link #close}.
 */
public final class ValuesTable implements AutoCloseable {
  private static final Map<String, ValuesTable> TABLES = new ConcurrentHashMap<>();

  private final String name;
  private final Schema schema;
  private final List<String> primaryKey;
  private final List<Row> rows = new ArrayList<>();
  private Long clock;
  private String system;

  private ValuesTable(String name, Schema schema, List<String> primaryKey) {
    this.name = name;
    this.schema = schema;
    this.primaryKey = primaryKey;
  }

  /** A new, empty table. */
  public static ValuesTable create(String name, Schema schema, String... primaryKey) {
    ValuesTable table = new ValuesTable(name, schema, List.of(primaryKey));
    if (TABLES.putIfAbsent(name, table) != null) {
      throw new IllegalStateException("there is a values table '" + name + "' already");
    }
    return table;
  }

  static ValuesTable find(String name) {
    return TABLES.get(name);
  }

  static List<String> names() {
    return List.copyOf(TABLES.keySet());
  }

  /** Values in the order of the schema's fields. */
  public synchronized ValuesTable add(Object... values) {
    rows.add(Row.withSchema(schema).addValues(values).build());
    return this;
  }

  /** Replaces the rows that have the same value in a field, as an UPDATE would. */
  public synchronized ValuesTable replace(String field, Object... values) {
    Row row = Row.withSchema(schema).addValues(values).build();
    Object key = row.getValue(field);
    rows.replaceAll(r -> key.equals(r.getValue(field)) ? row : r);
    return this;
  }

  /** The safe end of windows, in the cursor's unit. */
  public synchronized ValuesTable clock(long position) {
    clock = position;
    return this;
  }

  synchronized Long clock() {
    return clock;
  }

  /** The identifier of the system that the rows are on; without one it is not known. */
  public synchronized ValuesTable system(String identifier) {
    system = identifier;
    return this;
  }

  synchronized String system() {
    return system;
  }

  /** Takes away the rows that have a value in a field, as a DELETE would. */
  public synchronized ValuesTable remove(String field, Object value) {
    rows.removeIf(r -> value.equals(r.getValue(field)));
    return this;
  }

  /** A copy. */
  public synchronized List<Row> rows() {
    return List.copyOf(rows);
  }

  public String name() {
    return name;
  }

  public Schema schema() {
    return schema;
  }

  List<String> primaryKey() {
    return primaryKey;
  }

  @Override
  public void close() {
    TABLES.remove(name, this);
  }
}
