package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.fault.CrashPoints;
import io.deltaflow.template.SyncBed.Launched;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** ALTER TABLE in PostgreSQL while a run is under way, and between runs. */
final class AlteredSourceTest {
  private static SyncBed bed;

  @BeforeAll
  static void start() throws IOException {
    bed = SyncBed.start();
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  @Test
  void alterTableInMidRunAbortsBeforeTheCommit() throws Exception {
    bed.sql(
        "CREATE TABLE altered (id bigint PRIMARY KEY, total numeric(10,2) NOT NULL)",
        "INSERT INTO altered VALUES (1, 1.25)",
        // Reading waits here, planning does not.
        "CREATE FUNCTION gate() RETURNS boolean VOLATILE LANGUAGE sql AS"
            + " 'SELECT pg_advisory_xact_lock_shared(42) IS NOT NULL'");
    Map<String, String> flags = bed.flags("altered");
    flags.remove("postgresql_table");
    flags.put("postgresql_query", "SELECT * FROM altered WHERE gate()");
    try (Connection connection = bed.connect();
        Statement gatekeeper = connection.createStatement()) {
      gatekeeper.execute("SELECT pg_advisory_lock(42)");
      CompletableFuture<Launched> run = CompletableFuture.supplyAsync(() -> SyncBed.launch(flags));
      bed.awaitLock("locktype = 'advisory' AND objid = 42 AND NOT granted");
      CompletableFuture<Void> alter =
          CompletableFuture.runAsync(
              () -> bed.sql("ALTER TABLE altered ALTER total TYPE numeric(12,3), ADD mail text"));
      // The ALTER is before the run's second look in the queue for the table's lock.
      bed.awaitLock(
          "relation = 'altered'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted");
      gatekeeper.execute("SELECT pg_advisory_unlock(42)");

      alter.join();
      Launched launched = run.join();
      assertThat(launched.status()).isNotZero();
      assertThat(launched.err())
          .contains("was altered after the run was planned")
          .contains("column 'total' was NUMERIC(10,2) and is NUMERIC(12,3)")
          .contains("column 'mail' is new")
          .contains("run again");
    }
    assertThat(bed.query("SELECT COUNT(*) FROM shop.altered")).isEqualTo("0");

    assertThat(SyncBed.launch(flags).err()).contains("--schema_evolution=additive");
    flags.put("schema_evolution", "additive");
    Launched again = SyncBed.launch(flags);
    assertThat(again.err()).isEmpty();
    assertThat(bed.query("SELECT COUNT(*) FROM shop.altered WHERE mail IS NULL")).isEqualTo("1");
  }

  @Test
  void alterTableBetweenPlanAndFirstReadAbortsBeforeTheCommit() throws Exception {
    bed.sql(
        "CREATE TABLE early (id bigint PRIMARY KEY, total numeric(10,2) NOT NULL, note text)",
        "INSERT INTO early VALUES (1, 1.25, 'a')");
    Runnable alter =
        () -> bed.sql("ALTER TABLE early ALTER total TYPE numeric(12,3), DROP note, ADD note text");
    try (CrashPoints.Hook hook = CrashPoints.on(CrashPoints.AFTER_PLAN, alter)) {
      assertThat(SyncBed.launch(bed.flags("early")).err())
          .as("altered by %s", hook)
          .contains("postgresql public.early was altered after the run was planned")
          .contains("column 'total' was NUMERIC(10,2) and is NUMERIC(12,3)")
          .contains("run again");
    }
    assertThat(bed.query("SELECT COUNT(*) FROM shop.early")).isEqualTo("0");
  }

  @Test
  void alterTableBetweenRunsIsFollowed() throws Exception {
    bed.sql(
        "CREATE TABLE followed (id bigint PRIMARY KEY, note text NOT NULL,"
            + " total numeric(10,2) NOT NULL, updated_at timestamptz NOT NULL DEFAULT now())",
        "INSERT INTO followed VALUES (1, 'a', 1.25), (2, 'b', 2.25)");
    bed.awaitVisible("followed");
    Map<String, String> flags = bed.flags("followed");
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");
    assertThat(SyncBed.launch(flags).err()).isEmpty();

    bed.sql(
        "ALTER TABLE followed ALTER total TYPE numeric(12,4), ADD mail text, DROP note",
        "UPDATE followed SET total = 2.1234, mail = 'b@x', updated_at = now() WHERE id = 2",
        "INSERT INTO followed (id, total, mail) VALUES (3, 3, 'c@x')");
    bed.awaitVisible("followed");
    assertThat(SyncBed.launch(flags).err()).isEmpty();
    assertThat(
            bed.query(
                "SELECT STRING_AGG(FORMAT('%d %s %s %s', id, CAST(total AS STRING),"
                    + " COALESCE(mail, '-'), COALESCE(note, '-')), ', ' ORDER BY id)"
                    + " FROM shop.followed"))
        .isEqualTo("1 1.25 - a, 2 2.1234 b@x b, 3 3 c@x -");
  }
}
