package io.deltaflow.scenarios;

import static io.deltaflow.scenarios.OpenTransaction.moved;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the window must survive: the comparisons of users' queries. */
@Tag("scenario")
final class UserQueryScenariosTest {
  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "open_open     | updated_at > '{start_timestamp}' AND updated_at < '{end_timestamp}'",
        "open_closed   | updated_at > '{start_timestamp}' AND updated_at <= '{end_timestamp}'",
        "closed_open   | updated_at >= {start_timestamp} AND updated_at < {end_timestamp}",
        "closed_closed | updated_at BETWEEN '{start_timestamp}' AND {end_timestamp}"
      })
  void s03_aQueryReadsRowsAtItsEdgesOnceWhateverItCompares(String form, String condition)
      throws SQLException {
    assertEdgesAreReadOnce("s03_" + form, "*", condition);
  }

  @Test
  void s03_aQueryThatHidesItsCursorReadsRowsAtItsEdgesOnce() throws SQLException {
    assertEdgesAreReadOnce(
        "s03_hidden",
        "id, note, amount",
        "updated_at > '{start_timestamp}' AND updated_at <= '{end_timestamp}'");
  }

  private static void assertEdgesAreReadOnce(String name, String columns, String condition)
      throws SQLException {
    OrdersSync sync =
        bed.orders(name)
            .with("write_disposition", "WRITE_APPEND")
            .with("postgresql_table", null)
            .with(
                "postgresql_base_query",
                "SELECT " + columns + " FROM " + name + " WHERE " + condition);
    try (OpenTransaction open = OpenTransaction.begin(bed)) {
      String edge = moved(open.now(), -1, ChronoUnit.SECONDS);
      sync.insertStamped(1, moved(edge, -1, ChronoUnit.MICROS));
      sync.insertStamped(2, edge);
      sync.insertStamped(3, moved(edge, 1, ChronoUnit.MICROS));
      assertThat(sync.run().rows().read()).isEqualTo(1);
    }
    sync.rest();
    assertThat(sync.run().rows().read()).isEqualTo(2);
    if (columns.equals("*")) {
      sync.assertEqual();
    } else {
      assertThat(sync.verify().isEqual()).isTrue();
    }
  }
}
