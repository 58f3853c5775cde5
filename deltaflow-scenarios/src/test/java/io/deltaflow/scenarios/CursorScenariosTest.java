package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the window must survive. */
@Tag("scenario")
final class CursorScenariosTest {
  private static SyncBed bed;

  @BeforeAll
  static void start() {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @Test
  void s01_aLateCommitArrivesWithALaterRun() throws SQLException {
    OrdersSync sync = bed.orders("s01");
    sync.insert(1, 3);
    sync.rest();
    try (Connection late = bed.session();
        Statement statement = late.createStatement()) {
      late.setAutoCommit(false);
      statement.execute("INSERT INTO s01 (id, note) VALUES (10, 'late')");
      sync.insert(4, 6);
      sync.rest();
      assertThat(sync.run().rows().read()).isEqualTo(3);
      late.commit();
    }
    assertThat(sync.assertInSync().rows().read()).isEqualTo(4);
  }
}
