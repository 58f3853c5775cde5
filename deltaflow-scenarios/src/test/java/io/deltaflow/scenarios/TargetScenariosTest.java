package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.RunReport;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.testing.BigQueryServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a commit must survive of the table that it writes to, and of what others do to it. */
@Tag("scenario")
final class TargetScenariosTest {
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
  void s52_moreThanFourThousandPartitionsAreOneCommit() {
    OrdersSync sync = bed.orders("s52");
    bed.sql(
        "INSERT INTO s52 (id, updated_at) SELECT n, now() - n * interval '1 day' FROM"
            + " generate_series(1, 4001) n");
    assertThat(sync.assertInSync().rows().inserted()).isEqualTo(4001);
    assertThat(bed.target("SELECT COUNT(*) AS n FROM " + sync.beside("__deltaflow_runs")))
        .containsExactly(Map.of("n", 1L));
  }

  /** Rows that something else streamed into the target block what a merge must change. */
  @ParameterizedTest
  @ValueSource(strings = {"WRITE_MERGE", "WRITE_TRUNCATE"})
  void s54_rowsInTheStreamingBufferStopTheCommitUntilTheyAreStored(String disposition)
      throws IOException, InterruptedException {
    boolean smart = disposition.equals("WRITE_MERGE");
    OrdersSync sync =
        bed.orders(smart ? "s54_merge" : "s54_truncate")
            .with("write_disposition", disposition)
            .with("enable_smart_sync", Boolean.toString(smart));
    sync.insert(1, 3);
    sync.assertInSync();
    stream(sync, "{\"id\": 99, \"note\": \"streamed\", \"amount\": \"1\"}");
    sync.insert(4, 5);
    sync.rest();
    ReaderView before = ReaderView.of(bed, sync);
    assertThatThrownBy(sync::run)
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("would affect rows in the streaming buffer")
        .hasMessageContaining("cannot be changed for about 30 minutes: run again then");
    assertThat(ReaderView.of(bed, sync)).isEqualTo(before);
    bed.bigQuery().emulator().flushStreamingBuffers();
    bed.target("DELETE FROM " + sync.target() + " WHERE id = 99");
    assertThat(sync.assertInSync().rows().inserted()).isEqualTo(smart ? 2 : 5);
  }

  /** What only adds rows is not in their way. */
  @Test
  void s54_appendingGoesOnBesideTheStreamingBuffer() throws IOException, InterruptedException {
    OrdersSync sync = bed.orders("s54_append").with("write_disposition", "WRITE_APPEND");
    sync.insert(1, 3);
    sync.assertInSync();
    stream(sync, "{\"id\": 99, \"note\": \"streamed\", \"amount\": \"1\"}");
    sync.insert(4, 5);
    sync.rest();
    assertThat(sync.run().rows().inserted()).isEqualTo(2);
    bed.bigQuery().emulator().flushStreamingBuffers();
    bed.target("DELETE FROM " + sync.target() + " WHERE id = 99");
    sync.assertEqual();
  }

  private static void stream(OrdersSync sync, String row) throws IOException, InterruptedException {
    URI uri =
        URI.create(
            bed.bigQuery().emulator().bigQueryEndpoint()
                + "bigquery/v2/projects/"
                + BigQueryServer.PROJECT
                + "/datasets/"
                + BigQueryServer.DATASET
                + "/tables/"
                + sync.table()
                + "/insertAll");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"rows\": [{\"json\": " + row + "}]}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body()).doesNotContain("insertErrors");
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void s55_aTargetThatWasDroppedIsNotFilledFromTheMiddle() {
    OrdersSync sync = bed.orders("s55_target");
    sync.insert(1, 3);
    sync.assertInSync();
    bed.target("DROP TABLE " + sync.target());
    sync.insert(4, 5);
    sync.rest();
    assertThatThrownBy(sync::run)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not exist, and this sync's watermark is at")
        .hasMessageContaining("--delete_existing_table=true");
    assertThat(bed.tables())
        .noneMatch(t -> t.at("/tableReference/tableId").asText().equals(sync.table()));
    OrdersSync anew = sync.copy().with("delete_existing_table", "true");
    assertThat(anew.run().rows().read()).isEqualTo(5);
    assertThat(sync.targetRows()).containsExactlyElementsOf(sync.sourceRows());
    assertThat(sync.run().rows().read()).isZero();
  }

  /** The ledger still says that its rows are there. */
  @Test
  void s55_aTargetWhoseStateWasDroppedIsNotAppendedTo() {
    OrdersSync sync = bed.orders("s55_state");
    sync.insert(1, 3);
    sync.assertInSync();
    bed.target("DROP TABLE " + sync.beside("__deltaflow_state"));
    sync.insert(4, 5);
    sync.rest();
    OrdersSync appending = sync.copy().with("write_disposition", "WRITE_APPEND");
    assertThatThrownBy(appending::run)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has rows of another sync")
        .hasMessageContaining("one whose state was deleted")
        .hasMessageContaining("--delete_existing_table=true");
    assertThat(sync.targetRows()).hasSize(3);
    RunReport merged = sync.run();
    assertThat(merged.rows().read()).isEqualTo(5);
    assertThat(merged.rows().inserted()).isEqualTo(2);
    assertThat(merged.warnings()).anyMatch(w -> w.contains("all of history is read this once"));
    sync.assertInSync();
  }
}
