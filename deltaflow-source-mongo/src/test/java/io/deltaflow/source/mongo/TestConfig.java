package io.deltaflow.source.mongo;

import io.deltaflow.ConfiguredSource;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.values.Row;

/** Options by name, parsed as the engine parses them. */
final class TestConfig {
  private final Map<String, String> options = new HashMap<>();

  TestConfig with(String name, String value) {
    options.put(name, value);
    return this;
  }

  Map<String, String> options() {
    return options;
  }

  Opened open() {
    ConfiguredSource configured = ConfiguredSource.of(new MongoConnector(), options);
    return new Opened(configured.source(), configured.context());
  }

  /** A source with what it may contact its server with; detects and reads as the engine does. */
  record Opened(Source source, SourceContext context) {
    DetectedSchema detect() {
      return source.schemaDetector(context).detect();
    }

    ReadRequest request() {
      return ReadRequest.of(detect().schema());
    }

    List<Split> split(ReadRequest request) {
      return source.split(request, context);
    }

    List<Row> rows() {
      return read(request());
    }

    List<Row> read(ReadRequest request) {
      List<Row> rows = new ArrayList<>();
      split(request).forEach(s -> rows.addAll(read(s, request)));
      return rows;
    }

    List<Row> read(Split split, ReadRequest request) {
      List<Row> rows = new ArrayList<>();
      try (RowReader reader = source.open(split, request, context)) {
        while (reader.advance()) {
          rows.add(reader.row());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return rows;
    }
  }
}
