package io.deltaflow.source.bigquery;

import io.deltaflow.ConfiguredSource;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Split;
import io.deltaflow.testing.BigQueryServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.values.Row;

/** A server with a project and a dataset to read, and ways to read them. */
final class TestServer implements AutoCloseable {
  static final String PROJECT = "source-project";
  static final String DATASET = "raw_data";

  private final BigQueryServer server = BigQueryServer.start();

  TestServer() {
    server.emulator().createDataset(PROJECT, DATASET);
  }

  BigQueryServer server() {
    return server;
  }

  /** Tables as {@code raw_data.t}. */
  void execute(String... statements) {
    for (String sql : statements) {
      server.rows(sql.replace("raw_data.", "`source-project`.raw_data."));
    }
  }

  Object value(String sql) {
    return server.rows(sql).get(0).values().iterator().next();
  }

  Map<String, String> options(String... more) {
    Map<String, String> options = new HashMap<>(server.sourceOptions());
    options.put("project", PROJECT);
    options.put("dataset", DATASET);
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return options;
  }

  ConfiguredSource open(String... more) {
    return ConfiguredSource.of(new BigQueryConnector(), options(more));
  }

  static ReadRequest everything(ConfiguredSource opened) {
    return ReadRequest.of(opened.source().schemaDetector(opened.context()).detect().schema());
  }

  static List<Row> read(ConfiguredSource opened, ReadRequest request) throws IOException {
    return read(opened, request, opened.source().split(request, opened.context()));
  }

  static List<Row> read(ConfiguredSource opened, ReadRequest request, List<Split> splits)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Split split : splits) {
      try (RowReader reader = opened.source().open(split, request, opened.context())) {
        while (reader.advance()) {
          rows.add(reader.row());
        }
      }
    }
    return rows;
  }

  @Override
  public void close() {
    server.close();
  }
}
