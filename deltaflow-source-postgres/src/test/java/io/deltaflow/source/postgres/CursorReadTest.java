package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.PostgresServer;
import io.deltaflow.testing.TcpProxy;
import java.util.List;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorReadTest {
  private static final String DATABASE = "cursor_read";
  private static final PostgresServer SERVER = TestServer.get();

  @BeforeAll
  static void createTables() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE TABLE t (id int PRIMARY KEY, v numeric, at timestamptz, tags text[], doc jsonb,"
            + " p pair, bin bytea, nothing text)",
        "INSERT INTO t SELECT i, i / 3.0, '2024-01-01'::timestamptz + i * interval '1 us',"
            + " ARRAY['x', NULL], jsonb_build_object('i', i), ROW(i, 'b')::pair, decode('00ff',"
            + " 'hex'), NULL FROM generate_series(1, 3000) AS i",
        "CREATE TABLE wide AS SELECT i AS id, repeat(chr(65 + i % 26), 1000000) AS text"
            + " FROM generate_series(1, 60) AS i");
  }

  private static Opened read(String method, String table) {
    return TestConfig.of(SERVER, DATABASE).with("table", table).with("read_method", method).open();
  }

  @Test
  void aCursorReadsTheSameRowsAsCopy() {
    List<Row> copied = Rows.all(read("copy", "t"));
    List<Row> fetched = Rows.all(read("cursor", "t"));
    assertThat(copied).hasSize(3000);
    assertThat(fetched).containsExactlyElementsOf(copied);
    assertThat(Rows.all(read("auto", "t"))).containsExactlyElementsOf(copied);
  }

  @Test
  void autoUsesACursorWhereTheServerRefusesCopy() throws Exception {
    try (TcpProxy proxy = TcpProxy.before(SERVER.port())) {
      proxy.rewrite(TcpProxy.Way.TO_SERVER, text -> text.replace("COPY (", "NOPE ("));
      TestConfig config =
          TestConfig.of(SERVER, DATABASE)
              .with("port", String.valueOf(proxy.port()))
              .with("table", "t");
      assertThat(Rows.all(config.open())).containsExactlyElementsOf(Rows.all(read("copy", "t")));
      Opened copyOnly = config.with("read_method", "copy").open();
      assertThatThrownBy(() -> Rows.all(copyOnly)).isInstanceOf(SourceException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 2984, 5000})
  void everyBatchSizeReadsEveryRow(int batchSize) {
    Opened opened = read("cursor", "t");
    ReadRequest request = Rows.request(opened).withBatchSize(batchSize);
    assertThat(Rows.read(opened, request)).hasSize(3000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"copy", "cursor"})
  void wideRowsAreHeldAFewAtATime(String method) throws Exception {
    Opened opened = read(method, "wide");
    ReadRequest request = Rows.request(opened).withBatchSize(1000);
    Split split = opened.source().split(request, opened.context()).get(0);
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long before = runtime.totalMemory() - runtime.freeMemory();
    long most = 0;
    int rows = 0;
    try (RowReader reader = opened.source().open(split, request, opened.context())) {
      while (reader.advance()) {
        assertThat(reader.row().getString("text")).hasSize(1_000_000);
        if (++rows % 20 == 0) {
          System.gc();
          most = Math.max(most, runtime.totalMemory() - runtime.freeMemory() - before);
        }
      }
    }
    assertThat(rows).isEqualTo(60);
    assertThat(most).as("bytes held").isLessThan(45_000_000L);
  }
}
