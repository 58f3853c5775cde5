package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Sessions of the Storage Read API: the rows of one instant, encoded when the session is made, in
 * streams that can be read again from any row. Thread-safe.
 */
final class ReadSessions {
  static final long LIFETIME_SECONDS = 6 * 3600;

  private static final int ROWS_PER_BLOCK = 256;
  private static final int BYTES_PER_BLOCK = 1 << 20;
  private static final int ROWS_PER_STREAM = 100;
  private static final int MOST_STREAMS = 8;

  /**
   * What a session is asked for.
   *
   * @param parent the project that pays
   * @param snapshot null for now
   * @param fields names of columns; empty for all
   * @param restriction empty for none
   * @param fewestStreams a wish; 0 leaves it to the server
   * @param mostStreams 0 leaves it to the server
   */
  record Request(
      String parent,
      TableReference table,
      Instant snapshot,
      List<String> fields,
      String restriction,
      int fewestStreams,
      int mostStreams) {}

  record Session(
      String name,
      Table table,
      String avroSchema,
      List<String> streams,
      long rows,
      Instant snapshot,
      Instant expires) {}

  /** Some rows; {@code ends} are the offsets behind each of them. */
  record Block(byte[] bytes, int[] ends) {
    int rows() {
      return ends.length;
    }

    /** The rows from one on. */
    ByteString from(int row) {
      int start = row == 0 ? 0 : ends[row - 1];
      return ByteString.copyFrom(bytes, start, bytes.length - start);
    }
  }

  /** A part of a session's rows. */
  record Stream(Session session, List<Block> blocks) {
    long rows() {
      return blocks.stream().mapToLong(Block::rows).sum();
    }
  }

  private final Warehouse warehouse;
  private final Queries queries;
  private final Map<String, Stream> streams = new ConcurrentHashMap<>();

  ReadSessions(Warehouse warehouse, Queries queries) {
    this.warehouse = warehouse;
    this.queries = queries;
  }

  Session create(Request request) {
    forgetExpired();
    Instant snapshot = request.snapshot() == null ? warehouse.history().fix() : request.snapshot();
    Table table = warehouse.history().at(request.table(), snapshot).resource();
    TableSchema columns = selected(table, request.fields());
    List<List<Object>> rows = rows(request, columns, snapshot);
    AvroRows avro = new AvroRows(columns, "__root__");
    String name =
        "projects/"
            + request.parent()
            + "/locations/"
            + table.getLocation().toLowerCase(Locale.ROOT)
            + "/sessions/"
            + Jobs.newId("CAIS");
    int count = streams(rows.size(), request);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(name + "/streams/" + Jobs.newId("s" + i));
    }
    Session session =
        new Session(
            name,
            table,
            avro.schema().toString(),
            names,
            rows.size(),
            snapshot,
            Instant.now().plusSeconds(LIFETIME_SECONDS));
    for (int i = 0; i < count; i++) {
      int first = (int) ((long) rows.size() * i / count);
      int end = (int) ((long) rows.size() * (i + 1) / count);
      streams.put(names.get(i), new Stream(session, blocks(avro, rows.subList(first, end))));
    }
    return session;
  }

  private static int streams(int rows, Request request) {
    int own = Math.min(MOST_STREAMS, (rows + ROWS_PER_STREAM - 1) / ROWS_PER_STREAM);
    int wanted = Math.min(rows, Math.max(own, request.fewestStreams()));
    return request.mostStreams() > 0 ? Math.min(request.mostStreams(), wanted) : wanted;
  }

  private void forgetExpired() {
    Instant now = Instant.now();
    streams.values().removeIf(s -> s.session().expires().isBefore(now));
  }

  /** The columns in the table's order, whatever the order in which they are asked for. */
  private static TableSchema selected(Table table, List<String> names) {
    if (table.getSchema() == null || table.getSchema().getFields() == null) {
      throw BigQueryError.invalid(
          "Table " + Warehouse.name(table.getTableReference()) + " has no schema");
    }
    List<TableFieldSchema> all = table.getSchema().getFields();
    for (String name : names) {
      if (name.contains(".")) {
        throw BigQueryError.unsupported("selected_fields of parts of a record: " + name);
      }
      if (all.stream().noneMatch(f -> f.getName().equalsIgnoreCase(name))) {
        throw BigQueryError.invalid(
            "request failed: The following selected fields do not exist in the table schema: "
                + name);
      }
    }
    return new TableSchema()
        .setFields(
            all.stream()
                .filter(
                    f ->
                        names.isEmpty()
                            || names.stream().anyMatch(n -> n.equalsIgnoreCase(f.getName())))
                .collect(Collectors.toList()));
  }

  private List<List<Object>> rows(Request request, TableSchema columns, Instant snapshot) {
    String name = Warehouse.name(request.table());
    String sql =
        "SELECT "
            + columns.getFields().stream()
                .map(f -> "`" + f.getName() + "`")
                .collect(Collectors.joining(", "))
            + " FROM `"
            + name.replace(':', '.')
            + "` FOR SYSTEM_TIME AS OF TIMESTAMP '"
            + snapshot
            + "'"
            + (request.restriction().isEmpty() ? "" : " WHERE (" + request.restriction() + "\n)");
    try {
      return queries
          .run(
              new QueryRequest(
                  request.parent(), null, sql, List.of(), false, null, null, () -> false))
          .rows();
    } catch (BigQueryError e) {
      if (request.restriction().isEmpty() || !e.reason().equals("invalidQuery")) {
        throw e;
      }
      throw BigQueryError.invalid(
          "request failed: Row filter for table "
              + name
              + " is invalid. Filter is '"
              + request.restriction()
              + "': "
              + e.getMessage());
    }
  }

  private static List<Block> blocks(AvroRows avro, List<List<Object>> rows) {
    List<Block> blocks = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Integer> ends = new ArrayList<>();
    try {
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
      for (List<Object> row : rows) {
        avro.write(row, encoder);
        encoder.flush();
        ends.add(bytes.size());
        if (ends.size() == ROWS_PER_BLOCK || bytes.size() >= BYTES_PER_BLOCK) {
          blocks.add(block(bytes, ends));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!ends.isEmpty()) {
      blocks.add(block(bytes, ends));
    }
    return blocks;
  }

  private static Block block(ByteArrayOutputStream bytes, List<Integer> ends) {
    Block block =
        new Block(bytes.toByteArray(), ends.stream().mapToInt(Integer::intValue).toArray());
    bytes.reset();
    ends.clear();
    return block;
  }

  /** A stream by its name; notFound when there is none, or its session has expired. */
  Stream stream(String name) {
    forgetExpired();
    Stream stream = streams.get(name);
    if (stream == null) {
      throw BigQueryError.notFound("request failed: session expired or unknown stream " + name);
    }
    return stream;
  }

  /** Ends all sessions, as six hours would. */
  void expire() {
    streams.clear();
  }
}
