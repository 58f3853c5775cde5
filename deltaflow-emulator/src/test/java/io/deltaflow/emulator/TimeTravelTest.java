package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimeTravelTest {
  private TestEmulator emulator;

  @BeforeEach
  void start() throws Exception {
    emulator = new TestEmulator();
    emulator.query("CREATE TABLE dataset.t (id INT64, name STRING)");
    emulator.query("INSERT INTO dataset.t VALUES (1, 'one'), (2, 'two')");
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  private Instant now() {
    return (Instant) emulator.emulator().rows("SELECT CURRENT_TIMESTAMP() AS t").get(0).get("t");
  }

  private List<Object> idsAt(Instant when) {
    return emulator
        .emulator()
        .rows(
            "SELECT id FROM `project.dataset.t` FOR SYSTEM_TIME AS OF TIMESTAMP '"
                + when
                + "' ORDER BY id")
        .stream()
        .map(r -> r.get("id"))
        .toList();
  }

  @Test
  void aTableIsReadAsItWasWhateverChangedItSince() throws Exception {
    Instant before = now();
    emulator.query("UPDATE dataset.t SET id = id + 10 WHERE TRUE");
    Instant between = now();
    emulator.query("BEGIN TRANSACTION; DELETE FROM dataset.t WHERE id = 11; COMMIT TRANSACTION;");
    Instant after = now();
    emulator.query("CREATE OR REPLACE TABLE dataset.t (id INT64, name STRING)");
    assertThat(idsAt(before)).containsExactly(1L, 2L);
    assertThat(idsAt(between)).containsExactly(11L, 12L);
    assertThat(idsAt(after)).containsExactly(12L);
    assertThat(idsAt(now())).isEmpty();
  }

  @Test
  void rowsThatAreCommittedLaterDoNotShow() throws Exception {
    Instant before = now();
    emulator.query("INSERT INTO dataset.t VALUES (3, 'three')");
    assertThat(idsAt(before)).containsExactly(1L, 2L);
    assertThat(idsAt(before)).containsExactly(1L, 2L);
    assertThat(idsAt(now())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatIsNotKeptIsRefused() throws Exception {
    Instant unasked = Instant.now();
    emulator.query("INSERT INTO dataset.t VALUES (3, 'three')");
    assertThatThrownBy(() -> idsAt(unasked)).hasMessageContaining("unsupported by the emulator");
  }

  @Test
  void timesBeforeTheTableOrInTheFutureAreErrors() {
    assertThatThrownBy(() -> idsAt(Instant.parse("2020-01-01T00:00:00Z")))
        .hasMessageContaining("Cannot read before");
    assertThatThrownBy(() -> idsAt(Instant.now().plusSeconds(600)))
        .hasMessageContaining("in the future");
  }
}
