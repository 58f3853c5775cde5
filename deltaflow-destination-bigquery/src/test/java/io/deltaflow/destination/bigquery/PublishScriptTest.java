package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Requests.ORDERS;
import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableSchema;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.destination.Staging;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.Test;

class PublishScriptTest {
  private static final Tables TABLES =
      new Tables(new TableName("my-project", "shop", "orders"), "shop");
  private static final String WATERMARKS =
      "{\"other\":{\"cursor\":\"id\",\"kind\":\"INTEGER\",\"position\":\"7\"}}";
  private static final CursorPosition LARGEST =
      CursorPosition.timestamp(Instant.parse("2026-03-01T13:00:00Z"));
  private static final Staging STAGED =
      Staging.loaded(
          List.of(TABLES.staging("run1", "0").toString(), TABLES.staging("run1", "1").toString()),
          120,
          120,
          4096);

  @Test
  void append() {
    golden("publish-append.sql", run(Requests.of(ORDERS), "updated_at"), STAGED);
  }

  @Test
  void mergeWithACursor() {
    golden(
        "publish-merge-cursor.sql",
        run(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_MERGE, "id"), "updated_at"),
        STAGED);
  }

  @Test
  void mergeWithoutACursor() {
    Requests request =
        Requests.of(
                Schema.of(
                    required("tenant", FieldTypes.STRING),
                    required("id", FieldTypes.INT64),
                    nullable("name", FieldTypes.STRING)))
            .disposition(WriteDisposition.WRITE_MERGE, "tenant", "id");
    golden("publish-merge.sql", run(request, null), STAGED);
  }

  @Test
  void truncate() {
    golden(
        "publish-truncate.sql",
        run(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_TRUNCATE), null),
        STAGED);
  }

  @Test
  void empty() {
    golden(
        "publish-empty.sql",
        run(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_EMPTY), null),
        STAGED);
  }

  @Test
  void replace() {
    Table old =
        new Table()
            .setSchema(
                new TableSchema()
                    .setFields(
                        new TypeMapping().columns(Schema.of(nullable("x", FieldTypes.BOOL)))));
    BigQueryPlan plan =
        new TargetPlanner(TABLES.target(), "EU", Requests.of(ORDERS).deleteExisting().request())
            .plan(Optional.of(old));
    golden(
        "publish-replace.sql", run(plan, WriteDisposition.WRITE_APPEND, List.of(), null), STAGED);
  }

  @Test
  void rowsOfManyPartitionsAreInsertedBySeveralStatements() {
    RunPlan append = run(Requests.of(ORDERS), "updated_at");
    String number =
        Partitioning.of(((BigQueryPlan) append.target()).table()).orElseThrow().number("c3");
    List<String> chunks = PartitionChunks.conditions(number, List.of("19723", "20089", "20454"), 2);
    Golden.check(
        "publish-append-partitions.sql", script(append, STAGED.verified(LARGEST, chunks), false));
  }

  @Test
  void mergeIntoAPartitionThatNeverChanges() {
    RunPlan merge =
        run(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_MERGE, "id"), "updated_at");
    Golden.check("publish-merge-immutable.sql", script(merge, STAGED, true));
  }

  @Test
  void chunksHoldEveryPartitionOnce() {
    assertThat(PartitionChunks.conditions("d", List.of("1", "2"), 2)).isEmpty();
    assertThat(PartitionChunks.conditions("d", List.of(), 2)).isEmpty();
    assertThat(PartitionChunks.conditions("d", List.of("1", "2", "3", "4", "5"), 2))
        .containsExactly("d < 3", "d >= 3 AND d < 5", "d >= 5");
  }

  @Test
  void noRowsTouchStateAndLedgerOnly() {
    RunPlan run =
        run(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_MERGE, "id"), "updated_at");
    golden("publish-no-rows.sql", run, Staging.empty());
    assertThat(script(run, Staging.empty())).doesNotContain("`orders`");
  }

  @Test
  void anEmptyFullRefreshIsRefused() {
    assertThatThrownBy(
            () ->
                script(
                    run(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_TRUNCATE), null),
                    Staging.empty()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--allow_empty");
  }

  @Test
  void theCheckOfStagedRows() {
    RunPlan merge =
        run(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_MERGE, "id"), "updated_at");
    Staging many = Staging.loaded(STAGED.tables(), 4_001, 4_001, 4096);
    Golden.check("check-merge.sql", new Verifier(null, TABLES, merge, many).query() + "\n");
  }

  @Test
  void textsOfTheUserAreLiterals() {
    RunPlan plan = run(Requests.of(ORDERS), "updated_at");
    RunPlan hostile =
        new RunPlan(
            plan.runId(),
            "x'; DROP TABLE orders; --",
            plan.tempPath(),
            plan.started(),
            plan.epoch(),
            plan.sources(),
            plan.writeDisposition(),
            plan.mergeKeys(),
            plan.cursor(),
            false,
            0,
            null,
            3,
            plan.target());
    assertThat(script(hostile, STAGED))
        .contains("'x\\'; DROP TABLE orders; --'")
        .doesNotContain("'x'; DROP");
  }

  private static void golden(String file, RunPlan run, Staging staging) {
    Golden.check(file, script(run, staging));
  }

  private static String script(RunPlan run, Staging staging) {
    return script(run, staging, false);
  }

  private static String script(RunPlan run, Staging staging, boolean partitionFieldImmutable) {
    String watermarks =
        Watermarks.advance(
            WATERMARKS,
            run.sources(),
            staging.rows() > 0 && run.cursor() != null ? LARGEST : null,
            ((BigQueryPlan) run.target()).replacesAllRows(run.writeDisposition()));
    return new PublishScript(
            new Publication(run, staging, staging.rows(), 0),
            TABLES,
            watermarks,
            partitionFieldImmutable)
        .text();
  }

  private static RunPlan run(Requests request, String cursor) {
    return run(
        new TargetPlanner(TABLES.target(), "EU", request.request()).plan(Optional.empty()),
        request.request().writeDisposition(),
        request.request().mergeKeys(),
        cursor);
  }

  private static RunPlan run(
      BigQueryPlan target, WriteDisposition disposition, List<String> keys, String cursor) {
    Window window =
        cursor == null
            ? null
            : new Window(
                cursor,
                CursorPosition.timestamp(Instant.parse("2026-03-01T00:00:00Z")),
                CursorPosition.timestamp(Instant.parse("2026-03-02T00:00:00.000001Z")),
                false);
    return new RunPlan(
        "run1",
        "postgresql:public.orders -> bigquery:my-project.shop.orders",
        "gs://bucket/temp/deltaflow/run1/",
        Instant.parse("2026-03-02T00:00:05Z"),
        7,
        List.of(
            new SourceProgress(
                "postgresql:public.orders", "postgresql public.orders", window, "4711")),
        disposition,
        keys,
        cursor,
        false,
        0,
        null,
        3,
        target);
  }
}
