package io.deltaflow.source.postgres;

import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.values.Row;

/** Reads whole requests. */
final class Rows {
  private Rows() {}

  static List<Row> all(Source source) {
    SourceContext context = new TestContext();
    return read(source, ReadRequest.of(source.schemaDetector(context).detect().schema()));
  }

  static List<Row> read(Source source, ReadRequest request) {
    SourceContext context = new TestContext();
    List<Row> rows = new ArrayList<>();
    for (Split split : source.split(request, context)) {
      rows.addAll(read(source, split, request));
    }
    return rows;
  }

  static List<Row> read(Source source, Split split, ReadRequest request) {
    List<Row> rows = new ArrayList<>();
    try (RowReader reader = source.open(split, request, new TestContext())) {
      while (reader.advance()) {
        rows.add(reader.row());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  static List<Object> column(List<Row> rows, String name) {
    List<Object> values = new ArrayList<>();
    rows.forEach(r -> values.add(r.getValue(name)));
    return values;
  }
}
