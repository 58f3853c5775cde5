package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.Streamingbuffer;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.duckdb.DuckDBConnection;

/**
 * The datasets and tables: resources in memory, rows in an in-memory DuckDB whose sessions are in
 * UTC. Thread-safe.
 *
 * <p>A relation has the columns of {@link StorageTypes#columns} in the schema's order. A table
 * partitioned by ingestion time has one column more, {@value #PARTITION_TIME} TIMESTAMPTZ, before
 * them; it defaults to the partition of the transaction's time. REPEATED columns default to the
 * empty list.
 */
final class Warehouse implements TableCatalog, AutoCloseable {
  static final String PARTITION_TIME = "_PARTITIONTIME";
  static final String DEFAULT_LOCATION = "US";

  private static final long KEPT_NANOS = 60_000_000_000L;
  private static final long BUFFERED_MILLIS = 30 * 60_000L;

  private record Retired(String relation, long nanos) {}

  private final DuckDBConnection database;
  private final ConcurrentSkipListMap<String, StoredDataset> datasets =
      new ConcurrentSkipListMap<>();
  private final ConcurrentHashMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Retired> retired = new ConcurrentLinkedQueue<>();
  private final AtomicLong relations = new AtomicLong();
  private final History history = new History(this);

  /** Rows that outgrow memory have nowhere to go. */
  Warehouse() {
    this(null);
  }

  /**
   * @param spillDirectory where DuckDB may put what outgrows memory; null for nowhere
   */
  Warehouse(Path spillDirectory) {
    try {
      database = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
      try (Statement statement = database.createStatement()) {
        statement.execute("SET GLOBAL TimeZone = 'UTC'");
        statement.execute("SET GLOBAL autoinstall_known_extensions = false");
        statement.execute(
            "SET GLOBAL temp_directory = '"
                + (spillDirectory == null ? "" : spillDirectory.toString().replace("'", "''"))
                + "'");
      }
    } catch (SQLException e) {
      throw failed("DuckDB does not start", e);
    }
  }

  /** A new session of the database; the caller closes it. */
  DuckDBConnection connection() {
    try {
      return database.duplicate();
    } catch (SQLException e) {
      throw failed("no new session", e);
    }
  }

  /** A new session in an open transaction. */
  DuckDBConnection transaction() {
    DuckDBConnection session = connection();
    try (Statement statement = session.createStatement()) {
      session.setAutoCommit(false);
      // The driver begins a transaction with the first statement; appenders without one commit by
      // themselves.
      statement.execute("SELECT 1");
      return session;
    } catch (SQLException e) {
      throw failed("no new transaction", e);
    }
  }

  /** What tables were like. */
  History history() {
    return history;
  }

  // Datasets

  Dataset createDataset(String project, String dataset) {
    return createDataset(project, dataset, DEFAULT_LOCATION);
  }

  Dataset createDataset(String project, String dataset, String location) {
    return createDataset(
        new Dataset()
            .setDatasetReference(new DatasetReference().setProjectId(project).setDatasetId(dataset))
            .setLocation(location));
  }

  /** Creates a dataset; duplicate when it exists. */
  synchronized Dataset createDataset(Dataset resource) {
    DatasetReference reference = resource.getDatasetReference();
    SchemaRules.checkDatasetId(reference.getDatasetId());
    String key = key(reference.getProjectId(), reference.getDatasetId());
    if (datasets.containsKey(key)) {
      throw BigQueryError.duplicate("Already Exists: Dataset " + key);
    }
    long now = System.currentTimeMillis();
    Dataset created =
        Json.copy(resource)
            .setKind("bigquery#dataset")
            .setId(key)
            .setCreationTime(now)
            .setLastModifiedTime(now)
            .setEtag(newEtag());
    if (created.getLocation() == null) {
      created.setLocation(DEFAULT_LOCATION);
    }
    datasets.put(key, new StoredDataset(created));
    return created.clone();
  }

  /** The dataset's resource (a copy); notFound when it is absent. */
  Dataset dataset(String project, String dataset) {
    return stored(project, dataset).resource().clone();
  }

  List<Dataset> datasets(String project) {
    return datasets.values().stream()
        .map(StoredDataset::resource)
        .filter(d -> d.getDatasetReference().getProjectId().equals(project))
        .map(Dataset::clone)
        .collect(Collectors.toList());
  }

  Set<String> projects() {
    return datasets.values().stream()
        .map(d -> d.resource().getDatasetReference().getProjectId())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Changes a copy of the resource and stores it. */
  synchronized Dataset updateDataset(String project, String dataset, Consumer<Dataset> change) {
    StoredDataset stored = stored(project, dataset);
    Dataset changed = stored.resource().clone();
    change.accept(changed);
    changed.setEtag(newEtag()).setLastModifiedTime(System.currentTimeMillis());
    stored.resource(changed);
    return changed.clone();
  }

  synchronized void dropDataset(String project, String dataset, boolean withContents) {
    StoredDataset stored = stored(project, dataset);
    List<Table> contents = tables(project, dataset);
    if (!contents.isEmpty() && !withContents) {
      throw new BigQueryError(
          "resourceInUse", "Dataset " + key(project, dataset) + " is still in use");
    }
    contents.forEach(t -> drop(t.getTableReference()));
    datasets.remove(stored.resource().getId());
  }

  // Tables

  @Override
  public Optional<Table> find(TableReference reference) {
    return lookUp(reference).map(t -> t.resource().clone());
  }

  /** As {@link #find}, with the row and byte counts of now. */
  Optional<Table> describe(TableReference reference) {
    Optional<StoredTable> stored = lookUp(reference);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    Table resource = stored.get().resource().clone();
    StoredTable.Counts counts = stored.get().counts();
    if (counts == null) {
      counts = count(resource, stored.get().relation());
      stored.get().counts(counts);
    }
    return Optional.of(
        resource
            .setNumRows(BigInteger.valueOf(counts.rows()))
            .setNumBytes(counts.bytes())
            .setNumLongTermBytes(0L));
  }

  private StoredTable.Counts count(Table resource, String relation) {
    String sql =
        "SELECT count(*), coalesce(sum("
            + LogicalSize.ofRow(resource.getSchema())
            + "), 0)::BIGINT FROM "
            + relation;
    try (DuckDBConnection session = connection();
        Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new StoredTable.Counts(resource.getEtag(), row.getLong(1), row.getLong(2));
    } catch (SQLException e) {
      throw failed("cannot count the rows of " + name(resource.getTableReference()), e);
    }
  }

  List<Table> tables(String project, String dataset) {
    return stored(project, dataset).tables().values().stream()
        .map(StoredTable::resource)
        .filter(t -> find(t.getTableReference()).isPresent())
        .map(Table::clone)
        .collect(Collectors.toList());
  }

  @Override
  public String storageName(TableReference reference) {
    return existing(reference).relation();
  }

  @Override
  public synchronized Table create(Table resource) {
    TableReference reference = resource.getTableReference();
    StoredDataset dataset = stored(reference.getProjectId(), reference.getDatasetId());
    Table created = draft(resource);
    if (lookUp(reference).isPresent()) {
      throw BigQueryError.duplicate("Already Exists: Table " + name(reference));
    }
    String relation = newRelationName();
    execute("CREATE TABLE " + relation + layout(created));
    dataset.tables().put(reference.getTableId(), new StoredTable(created, relation));
    return created.clone();
  }

  private static Table completed(Table resource, Dataset dataset) {
    TableReference reference = resource.getTableReference();
    Table created = Json.copy(resource);
    if (created.getView() != null || created.getExternalDataConfiguration() != null) {
      throw BigQueryError.unsupported("views and external tables");
    }
    long now = System.currentTimeMillis();
    if (created.getSchema() != null) {
      created.setSchema(SchemaRules.checked(created.getSchema()));
    }
    SchemaRules.checkLayout(created);
    Long lifetime = dataset.getDefaultTableExpirationMs();
    if (created.getExpirationTime() == null && lifetime != null) {
      created.setExpirationTime(now + lifetime);
    }
    return created
        .setKind("bigquery#table")
        .setType("TABLE")
        .setId(
            reference.getProjectId()
                + ":"
                + reference.getDatasetId()
                + "."
                + reference.getTableId())
        .setLocation(dataset.getLocation())
        .setCreationTime(now)
        .setLastModifiedTime(BigInteger.valueOf(now))
        .setEtag(newEtag());
  }

  @Override
  public synchronized void drop(TableReference reference) {
    StoredTable stored = existing(reference);
    stored(reference.getProjectId(), reference.getDatasetId())
        .tables()
        .remove(reference.getTableId());
    history.dropped(reference);
    execute("DROP TABLE IF EXISTS " + stored.relation());
  }

  /** Records that rows were streamed into the table: DML cannot change it for a while. */
  void streamed(TableReference reference, int rows) {
    lookUp(reference)
        .ifPresent(
            stored ->
                change(
                    stored,
                    t -> {
                      Streamingbuffer before = t.getStreamingBuffer();
                      BigInteger earlier =
                          before == null ? BigInteger.ZERO : before.getEstimatedRows();
                      BigInteger oldest =
                          before == null
                              ? BigInteger.valueOf(System.currentTimeMillis())
                              : before.getOldestEntryTime();
                      t.setStreamingBuffer(
                          new Streamingbuffer()
                              .setEstimatedRows(earlier.add(BigInteger.valueOf(rows)))
                              .setOldestEntryTime(oldest));
                    }));
  }

  /** Takes all streamed rows for stored. */
  void flushStreamingBuffers() {
    datasets.values().stream()
        .flatMap(d -> d.tables().values().stream())
        .filter(t -> t.resource().getStreamingBuffer() != null)
        .forEach(t -> change(t, changed -> changed.setStreamingBuffer(null)));
  }

  @Override
  public void touched(TableReference reference) {
    lookUp(reference).ifPresent(stored -> change(stored, t -> {}));
  }

  /**
   * Changes a copy of the resource and stores it. A changed schema may add columns and relax modes;
   * anything else is refused, as is a change of the partitioning.
   */
  Table update(TableReference reference, Consumer<Table> change) {
    StoredTable stored = existing(reference);
    synchronized (stored) {
      Table before = stored.resource();
      Table after = before.clone();
      change.accept(after);
      after = Json.copy(after);
      if (after.getSchema() != null) {
        after.setSchema(SchemaRules.checked(after.getSchema()));
      }
      SchemaRules.checkLayout(after);
      SchemaChange schemaChange = SchemaChange.between(before, after);
      if (after.getSchema() != null) {
        after.getSchema().setFields(schemaChange.merged());
      }
      List<String> alterations = schemaChange.alterations(stored.relation());
      if (alterations.isEmpty()) {
        return store(stored, after).clone();
      }
      Table altered = after;
      try {
        return history.commit(
            List.of(reference),
            () -> {
              execute(alterations.toArray(new String[0]));
              return store(stored, altered).clone();
            });
      } catch (SQLException e) {
        throw failed("alter " + name(reference), e);
      }
    }
  }

  /**
   * Shows a committed relation, under the resource's name, in the place of the one that was there,
   * if any. The caller holds the table's {@link #lock}.
   */
  void publish(Table resource, String relation) {
    TableReference reference = resource.getTableReference();
    try {
      history.commit(
          List.of(reference),
          () -> {
            show(resource, relation);
            return null;
          });
    } catch (SQLException e) {
      throw failed("publish " + name(reference), e);
    }
  }

  private synchronized void show(Table resource, String relation) {
    TableReference reference = resource.getTableReference();
    StoredDataset dataset = stored(reference.getProjectId(), reference.getDatasetId());
    StoredTable stored = new StoredTable(resource, relation);
    change(stored, t -> {});
    StoredTable old = dataset.tables().put(reference.getTableId(), stored);
    if (old != null && !old.relation().equals(relation)) {
      retire(old.relation());
    }
  }

  /** Drops a replaced relation when whoever looked its name up before has surely read it. */
  void retire(String relation) {
    long now = System.nanoTime();
    retired.add(new Retired(relation, now));
    for (Retired oldest = retired.peek();
        oldest != null && now - oldest.nanos() > KEPT_NANOS && retired.remove(oldest);
        oldest = retired.peek()) {
      execute("DROP TABLE IF EXISTS " + oldest.relation());
    }
  }

  /**
   * Records that a job wrote to the table and perhaps changed its schema, whose relation it already
   * altered.
   */
  void written(TableReference reference, TableSchema schema) {
    lookUp(reference).ifPresent(stored -> change(stored, t -> t.setSchema(schema)));
  }

  /** The resource that {@link #create} would store; refuses what it would refuse. */
  Table draft(Table resource) {
    TableReference reference = resource.getTableReference();
    StoredDataset dataset = stored(reference.getProjectId(), reference.getDatasetId());
    SchemaRules.checkTableId(reference.getTableId());
    return completed(resource, dataset.resource());
  }

  /** Held by those who create or replace a table's relation. */
  ReentrantLock lock(TableReference reference) {
    return locks.computeIfAbsent(name(reference), n -> new ReentrantLock());
  }

  private static void change(StoredTable stored, Consumer<Table> change) {
    synchronized (stored) {
      Table changed = stored.resource().clone();
      change.accept(changed);
      store(stored, changed);
    }
  }

  private static Table store(StoredTable stored, Table changed) {
    stored.resource(
        changed
            .setEtag(newEtag())
            .setLastModifiedTime(BigInteger.valueOf(System.currentTimeMillis())));
    return changed;
  }

  /** The columns of a table's relation, in parentheses. */
  static String layout(Table table) {
    List<TableFieldSchema> fields =
        table.getSchema() == null || table.getSchema().getFields() == null
            ? List.of()
            : table.getSchema().getFields();
    Stream<String> columns = fields.stream().map(Warehouse::columnDefinition);
    if (byIngestionTime(table)) {
      columns = Stream.concat(Stream.of(partitionTimeDefinition(table)), columns);
    } else if (fields.isEmpty()) {
      // DuckDB has no relation without columns.
      columns = Stream.of("\"_EMPTY\" BOOLEAN");
    }
    return columns.collect(Collectors.joining(", ", " (", ")"));
  }

  static boolean byIngestionTime(Table table) {
    return table.getTimePartitioning() != null && table.getTimePartitioning().getField() == null;
  }

  private static String partitionTimeDefinition(Table table) {
    String unit = table.getTimePartitioning().getType().toLowerCase(Locale.ROOT);
    return StorageTypes.quote(PARTITION_TIME)
        + " TIMESTAMPTZ DEFAULT date_trunc('"
        + unit
        + "', now())";
  }

  static String columnDefinition(TableFieldSchema field) {
    return StorageTypes.quote(field.getName())
        + " "
        + StorageTypes.columnType(field)
        + ("REPEATED".equals(field.getMode()) ? " DEFAULT []" : "");
  }

  private Optional<StoredTable> lookUp(TableReference reference) {
    StoredDataset dataset = stored(reference.getProjectId(), reference.getDatasetId());
    StoredTable table = dataset.tables().get(reference.getTableId());
    if (table == null) {
      return Optional.empty();
    }
    Long expires = table.resource().getExpirationTime();
    if (expires != null && expires <= System.currentTimeMillis()) {
      if (dataset.tables().remove(reference.getTableId(), table)) {
        execute("DROP TABLE IF EXISTS " + table.relation());
      }
      return Optional.empty();
    }
    Streamingbuffer buffer = table.resource().getStreamingBuffer();
    if (buffer != null
        && buffer.getOldestEntryTime().longValue() + BUFFERED_MILLIS
            <= System.currentTimeMillis()) {
      change(table, t -> t.setStreamingBuffer(null));
    }
    return Optional.of(table);
  }

  private StoredTable existing(TableReference reference) {
    return lookUp(reference)
        .orElseThrow(() -> BigQueryError.notFound("Not found: Table " + name(reference)));
  }

  private StoredDataset stored(String project, String dataset) {
    StoredDataset stored = datasets.get(key(project, dataset));
    if (stored == null) {
      throw BigQueryError.notFound("Not found: Dataset " + key(project, dataset));
    }
    return stored;
  }

  String newRelationName() {
    return StorageTypes.quote("t" + relations.incrementAndGet());
  }

  private void execute(String... statements) {
    try (DuckDBConnection session = connection();
        Statement statement = session.createStatement()) {
      session.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      session.commit();
    } catch (SQLException e) {
      throw failed(String.join("; ", new ArrayList<>(List.of(statements))), e);
    }
  }

  static String name(TableReference reference) {
    return key(reference.getProjectId(), reference.getDatasetId()) + "." + reference.getTableId();
  }

  private static String key(String project, String dataset) {
    return project + ":" + dataset;
  }

  static String newEtag() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  static BigQueryError failed(String what, SQLException cause) {
    BigQueryError error =
        new BigQueryError(
            "internalError", "The emulator's storage failed: " + what + ": " + cause.getMessage());
    error.initCause(cause);
    return error;
  }

  @Override
  public void close() {
    try {
      database.close();
    } catch (SQLException e) {
      throw failed("close", e);
    }
  }
}
