package io.deltaflow.source.postgres;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.values.Row;

/** Detects and reads as the engine does. */
final class Rows {
  private Rows() {}

  static DetectedSchema detect(Opened opened) {
    return opened.source().schemaDetector(opened.context()).detect();
  }

  static ReadRequest request(Opened opened) {
    return ReadRequest.of(detect(opened).schema());
  }

  static List<Row> all(Opened opened) {
    return read(opened, request(opened));
  }

  static List<Row> read(Opened opened, ReadRequest request) {
    List<Row> rows = new ArrayList<>();
    for (Split split : opened.source().split(request, opened.context())) {
      rows.addAll(read(opened, split, request));
    }
    return rows;
  }

  static List<Row> read(Opened opened, Split split, ReadRequest request) {
    List<Row> rows = new ArrayList<>();
    try (RowReader reader = opened.source().open(split, request, opened.context())) {
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
