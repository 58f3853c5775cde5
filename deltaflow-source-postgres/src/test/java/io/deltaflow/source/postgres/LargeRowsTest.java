package io.deltaflow.source.postgres;

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
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
  void thisDriverIsReadWithoutAnArrayForEachRow() throws SQLException {
    try (Connection connection = SERVER.connect(DATABASE)) {
      assertThat(DriverStream.of(connection)).isPresent();
    }
  }
}
