package io.deltaflow.testing;

import io.deltaflow.NearNames;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/** Reads a {@link ValuesTable}; splits are ranges of row numbers. */
record ValuesSource(String table, int splitRows, SecretRef password) implements Source {
  private static final long serialVersionUID = 1L;

  @Override
  public String description() {
    return "values " + table;
  }

  @Override
  public String identity() {
    return "values:" + table;
  }

  private ValuesTable find(SourceContext context) {
    if (password != null && !context.secret(password).equals("opens")) {
      throw new ConfigurationException("--" + password.flag() + ": the password is wrong");
    }
    ValuesTable found = ValuesTable.find(table);
    if (found == null) {
      throw new ConfigurationException(
          "--values_table: there is no values table '"
              + table
              + "'"
              + NearNames.hint(table, ValuesTable.names()));
    }
    return found;
  }

  @Override
  public SchemaDetector schemaDetector(SourceContext context) {
    return () -> {
      ValuesTable values = find(context);
      return DetectedSchema.of(values.schema())
          .withPrimaryKey(values.primaryKey())
          .withDescription("values " + table);
    };
  }

  @Override
  public UpperBound upperBound(UpperBoundRequest request, SourceContext context) {
    ValuesTable values = find(context);
    CursorKind kind = kind(request.cursor(), values.schema());
    long nulls = 0;
    CursorPosition hi = request.previous().orElse(new CursorPosition(kind, Long.MIN_VALUE / 2));
    List<CursorPosition> positions = new ArrayList<>();
    for (Row row : values.rows()) {
      CursorPosition p = position(kind, row.getValue(request.cursor()));
      if (p == null) {
        nulls++;
      } else {
        positions.add(p);
        if (values.clock() == null && p.compareTo(hi) >= 0) {
          hi = p.plus(1);
        }
      }
    }
    if (values.clock() != null && values.clock() > hi.value()) {
      hi = new CursorPosition(kind, values.clock());
    }
    CursorPosition end = hi;
    long deferred = positions.stream().filter(p -> p.compareTo(end) >= 0).count();
    return new UpperBound(
        end,
        values.clock() == null ? "largest cursor" : "clock",
        deferred,
        nulls,
        request
            .published()
            .filter(p -> positions.stream().allMatch(own -> own.compareTo(p) < 0))
            .map(p -> List.of("all rows are below the largest published cursor, " + p))
            .orElse(List.of()),
        values.system());
  }

  private CursorKind kind(String cursor, Schema schema) {
    if (!schema.hasField(cursor)) {
      throw new ConfigurationException(
          "--smart_sync_timestamp_column: values "
              + table
              + " has no column '"
              + cursor
              + "'"
              + NearNames.hint(cursor, schema.getFieldNames()));
    }
    FieldTypes.Kind kind = FieldTypes.kind(schema.getField(cursor).getType());
    return switch (kind) {
      case INT64 -> CursorKind.INTEGER;
      case TIMESTAMP -> CursorKind.TIMESTAMP;
      case DATETIME -> CursorKind.DATETIME;
      case DATE -> CursorKind.DATE;
      default ->
          throw new ConfigurationException(
              "--smart_sync_timestamp_column: column '"
                  + cursor
                  + "' is of type "
                  + kind
                  + "; a cursor is a timestamp, a date or a whole number");
    };
  }

  private static CursorPosition position(CursorKind kind, Object value) {
    if (value == null) {
      return null;
    }
    return switch (kind) {
      case INTEGER -> CursorPosition.integer((Long) value);
      case TIMESTAMP -> CursorPosition.timestamp((Instant) value);
      case DATETIME -> CursorPosition.dateTime((LocalDateTime) value);
      case DATE -> CursorPosition.date((LocalDate) value);
    };
  }

  @Override
  public List<Split> split(ReadRequest request, SourceContext context) {
    List<Split> splits = new ArrayList<>();
    int rows = find(context).rows().size();
    for (int from = 0; from < rows; from += splitRows) {
      int to = Math.min(rows, from + splitRows);
      splits.add(new Split(from + "-" + to, to - from));
    }
    return splits;
  }

  @Override
  public RowReader open(Split split, ReadRequest request, SourceContext context) {
    List<Row> rows = find(context).rows();
    String[] range = split.spec().split("-");
    Iterator<Row> iterator =
        rows.subList(Integer.parseInt(range[0]), Integer.parseInt(range[1])).stream()
            .filter(row -> request.window().map(w -> isIn(w, row)).orElse(true))
            .iterator();
    return new Reader(iterator, request.schema());
  }

  private static boolean isIn(Window window, Row row) {
    CursorPosition p = position(window.hi().kind(), row.getValue(window.cursor()));
    if (p == null) {
      return window.includeNull();
    }
    return p.compareTo(window.hi()) < 0 && window.lo().map(lo -> p.compareTo(lo) >= 0).orElse(true);
  }

  private static final class Reader implements RowReader {
    private final Iterator<Row> rows;
    private final Schema schema;
    private Row current;

    Reader(Iterator<Row> rows, Schema schema) {
      this.rows = rows;
      this.schema = schema;
    }

    @Override
    public boolean advance() {
      if (!rows.hasNext()) {
        return false;
      }
      current = rows.next();
      return true;
    }

    @Override
    public Row row() {
      Row row = Objects.requireNonNull(current, "advance() comes first");
      return row.getSchema().equals(schema)
          ? row
          : Row.withSchema(schema)
              .addValues(schema.getFields().stream().map(f -> value(row, f)).toList())
              .build();
    }

    private static Object value(Row row, Schema.Field field) {
      Object value = row.getValue(field.getName());
      return value != null && FieldTypes.kind(field.getType()) == FieldTypes.Kind.STRING
          ? value.toString()
          : value;
    }

    @Override
    public void close() {
      // nothing is held
    }
  }
}
