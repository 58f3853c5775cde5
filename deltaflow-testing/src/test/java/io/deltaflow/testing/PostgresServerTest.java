package io.deltaflow.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class PostgresServerTest {
  @Test
  void aStandbyFollowsItsPrimary() {
    try (PostgresServer primary = PostgresServer.start()) {
      primary.createDatabase("shop");
      primary.executeIn("shop", "CREATE TABLE t AS SELECT 1 AS i");
      try (PostgresServer standby = primary.startStandby(new Properties())) {
        assertThat(standby.queryIn("shop", "SELECT pg_is_in_recovery()")).isEqualTo("t");
        primary.executeIn("shop", "INSERT INTO t VALUES (2)");
        Awaitility.await()
            .until(() -> standby.queryIn("shop", "SELECT count(*) FROM t"), "2"::equals);
      }
    }
  }
}
