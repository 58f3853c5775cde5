package io.deltaflow.source.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.testing.PostgresServer;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.core.VisibleBufferedInputStream;

class LargeRowsTest {
  private static final String DATABASE = "large_rows";
  private static final PostgresServer SERVER = TestServer.get();
  private static final int LARGE = 6 << 20;

  private final Opened opened = TestConfig.of(SERVER, DATABASE).with("table", "wide").open();
  private final ReadRequest request = Rows.request(opened);
  private final Split split = opened.source().split(request, opened.context()).get(0);

  @BeforeAll
  static void createTable() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE TABLE wide (id int PRIMARY KEY, doc text NOT NULL)",
        "INSERT INTO wide VALUES (1, 'a'), (2, repeat('x', " + LARGE + ")), (3, 'c')");
  }

  private RowReader open(AtomicBoolean cancelled) throws IOException {
    SourceContext context =
        new SourceContext() {
          @Override
          public String secret(SecretRef reference) {
            return opened.context().secret(reference);
          }

          @Override
          public boolean isCancelled() {
            return cancelled.get();
          }
        };
    return opened.source().open(split, request, context);
  }

  private static void advance(RowReader reader, int rows) throws IOException {
    for (int i = 0; i < rows; i++) {
      assertThat(reader.advance()).isTrue();
    }
  }

  @Test
  void aSplitWaitsWithItsLargeRowUntilAnotherHasDoneItsOwn() throws IOException {
    AtomicBoolean cancelled = new AtomicBoolean();
    try (RowReader first = open(new AtomicBoolean());
        RowReader second = open(cancelled);
        RowReader third = open(new AtomicBoolean())) {
      advance(first, 2);
      advance(second, 1);
      cancelled.set(true);
      assertThatThrownBy(second::advance)
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("large row");

      advance(first, 1);
      advance(third, 2);
      assertThat(third.row().getString("doc")).hasSize(LARGE);
      advance(third, 1);
      assertThat(third.row().getString("doc")).isEqualTo("c");
      assertThat(third.advance()).isFalse();
    }
  }

  @Test
  void aReaderThatIsClosedAtALargeRowLetsOthersGoOn() throws IOException {
    try (RowReader given = open(new AtomicBoolean())) {
      advance(given, 2);
    }
    assertThat(Rows.all(opened)).hasSize(3);
  }

  @Test
  void rowsComeWholeWhereverTheBufferEnds() throws IOException {
    SERVER.executeIn(
        DATABASE,
        "CREATE TABLE sizes (id int PRIMARY KEY, doc text NOT NULL)",
        // Below, at and above what is decoded in place and what the buffer holds, out of step with
        // both.
        "INSERT INTO sizes SELECT n, (SELECT string_agg(md5((n * 7 + i)::text), '')"
            + " FROM generate_series(0, CASE n % 10 WHEN 0 THEN 5000 WHEN 5 THEN 2048"
            + " ELSE 505 + n % 13 END) AS i) || repeat('x', n % 37)"
            + " FROM generate_series(1, 400) AS n");
    Opened sizes = TestConfig.of(SERVER, DATABASE).with("table", "sizes").open();
    String expected =
        SERVER.queryIn(
            DATABASE, "SELECT string_agg(id || ':' || md5(doc), ',' ORDER BY id) FROM sizes");

    assertThat(
            Rows.all(sizes).stream()
                .sorted(Comparator.comparing(row -> row.<Long>getValue("id")))
                .map(row -> row.getValue("id") + ":" + md5(row.getString("doc"))))
        .containsExactly(expected.split(","));
  }

  @Test
  void whatTheServerSaysBetweenRowsLeavesThemWhole() {
    SERVER.executeIn(
        DATABASE,
        "CREATE FUNCTION noisy(n int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN"
            + " IF n % 3 = 0 THEN RAISE NOTICE 'row %', n; END IF;"
            + " RETURN n || repeat('x', CASE WHEN n % 5 = 0 THEN 16380 ELSE n END);"
            + " END $$");
    Opened noisy =
        TestConfig.of(SERVER, DATABASE)
            .with("query", "SELECT n, noisy(n) AS doc FROM generate_series(1, 200) AS n")
            .open();
    List<Row> rows = Rows.all(noisy);

    assertThat(SERVER.queryIn(DATABASE, "SHOW client_min_messages")).isEqualTo("notice");
    assertThat(rows).hasSize(200);
    for (int n = 1; n <= 200; n++) {
      assertThat(rows.get(n - 1).getString("doc"))
          .isEqualTo(n + "x".repeat(n % 5 == 0 ? 16380 : n));
    }
  }

  private static String md5(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void thisDriverIsReadWithoutAnArrayForEachRow() throws SQLException {
    try (Connection connection = SERVER.connect(DATABASE)) {
      VisibleBufferedInputStream stream = DriverStream.of(connection).orElseThrow();
      assertThat(stream.getBuffer()).hasSize(DriverStream.BUFFER_BYTES);
      assertThat(DriverStream.of(connection)).containsSame(stream);
    }
  }
}
