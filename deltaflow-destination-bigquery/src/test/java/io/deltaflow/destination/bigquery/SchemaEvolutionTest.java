package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ValuesTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** A sync whose source is altered between runs. */
final class SchemaEvolutionTest {
  private static BigQueryServer server;
  private String table;
  private ValuesTable values;

  @BeforeAll
  static void startServer() {
    server = BigQueryServer.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void twoRowsAreSynced(TestInfo test) {
    table = test.getTestMethod().orElseThrow().getName();
    source(FieldTypes.INT64, "name");
    values.add(1L, 1L, 10L, "a").add(2L, 1L, 20L, "b");
    sync();
  }

  @AfterEach
  void dropSource() {
    values.close();
  }

  /** A source anew: id, version, amount and texts. */
  private void source(FieldType amount, String... texts) {
    if (values != null) {
      values.close();
    }
    Schema.Builder schema =
        Schema.builder()
            .addField("id", FieldTypes.INT64)
            .addField("version", FieldTypes.INT64)
            .addNullableField("amount", amount);
    Arrays.stream(texts).forEach(t -> schema.addNullableField(t, FieldTypes.STRING));
    values = ValuesTable.create(table, schema.build(), "id");
  }

  private RunReport sync(String... flags) {
    Map<String, String> all = new HashMap<>(server.destinationFlags(table));
    all.put("data_source", "values");
    all.put("values_table", table);
    all.put("enable_smart_sync", "true");
    all.put("smart_sync_timestamp_column", "version");
    all.put("write_disposition", "WRITE_MERGE");
    for (String flag : flags) {
      all.put(flag.substring(2, flag.indexOf('=')), flag.substring(flag.indexOf('=') + 1));
    }
    return DeltaFlow.launch(SyncSpec.fromFlags(all), server.pipelineOptions()).waitUntilFinish();
  }

  private List<List<Object>> rows(String columns) {
    String name = BigQueryServer.PROJECT + "." + BigQueryServer.DATASET + "." + table;
    return server.rows("SELECT " + columns + " FROM `" + name + "` ORDER BY id").stream()
        .map(r -> (List<Object>) new ArrayList<>(r.values()))
        .toList();
  }

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  private List<String> columns() {
    return new TestClient(server)
        .table(table).getSchema().getFields().stream()
            .map(f -> FieldSchemas.signature(List.of(f)))
            .toList();
  }

  @Test
  void aNewColumnIsNullInRowsThatHaveNotChangedSince() {
    source(FieldTypes.INT64, "name", "mail");
    values.add(2L, 2L, 20L, "b", "b@x").add(3L, 2L, 30L, "c", "c@x");
    RunReport report = sync();
    assertThat(report.schemaChanges()).containsExactly("add column `mail` STRING");
    assertThat(report.warnings()).anySatisfy(w -> assertThat(w).contains("'mail' is new"));
    assertThat(rows("id, mail")).containsExactly(row(1L, null), row(2L, "b@x"), row(3L, "c@x"));

    RunReport next = sync();
    assertThat(next.schemaChanges()).isEmpty();
    assertThat(next.warnings()).isEmpty();
  }

  @Test
  void aReloadFillsANewColumnInAllRows() {
    source(FieldTypes.INT64, "name", "mail");
    values.add(1L, 1L, 10L, "a", "a@x").add(2L, 1L, 20L, "b", "b@x");
    sync("--delete_existing_table=true");
    assertThat(rows("id, mail")).containsExactly(row(1L, "a@x"), row(2L, "b@x"));
  }

  @Test
  void aWidenedColumnKeepsItsValues() {
    source(FieldTypes.numeric(22, 2), "name");
    values.add(2L, 2L, new BigDecimal("12345678901234567890.25"), "b");
    RunReport report = sync();
    assertThat(report.schemaChanges()).containsExactly("change column `amount` INT64 to NUMERIC");
    assertThat(rows("id, CAST(amount AS STRING)"))
        .containsExactly(row(1L, "10"), row(2L, "12345678901234567890.25"));
  }

  @Test
  void aColumnThatIsGoneKeepsItsLastValuesAndIsNullInNewRows() {
    source(FieldTypes.INT64);
    values.add(2L, 2L, 21L).add(3L, 2L, 30L);
    RunReport report = sync();
    assertThat(report.schemaChanges()).isEmpty();
    assertThat(rows("id, amount, name"))
        .containsExactly(row(1L, 10L, "a"), row(2L, 21L, "b"), row(3L, 30L, null));
  }

  @Test
  void withoutEvolutionARunIsRefusedAndTheTableStays() {
    List<String> before = columns();
    source(FieldTypes.INT64, "name", "mail");
    values.add(3L, 2L, 30L, "c", "c@x");
    assertThatThrownBy(() -> sync("--schema_evolution=none"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the table lacks 'mail'")
        .hasMessageContaining("ADD COLUMN `mail` STRING");
    assertThat(columns()).isEqualTo(before);
    assertThat(rows("id")).hasSize(2);
  }

  @Test
  void aTableThatAnotherSyncWroteIsChangedOnlyWhenAsked() {
    List<String> before = columns();
    source(FieldTypes.INT64, "mail");
    values.add(3L, 2L, 30L, "c@x");
    assertThatThrownBy(() -> sync("--sync_id=other"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the table lacks 'mail'")
        .hasMessageContaining("--schema_evolution=additive");
    assertThat(columns()).isEqualTo(before);

    sync("--sync_id=other", "--schema_evolution=additive");
    assertThat(rows("id, mail")).endsWith(row(3L, "c@x"));
  }

  @Test
  void aRunThatFailsWhileItReadsLeavesTheSchemaAsItWas() {
    List<String> before = columns();
    source(FieldTypes.numeric(), "name", "mail");
    values.add(3L, 2L, new BigDecimal("1e-200"), "c", "c@x");
    assertThatThrownBy(() -> sync()).isInstanceOf(BadValueException.class);
    assertThat(columns()).isEqualTo(before);
    assertThat(rows("id")).hasSize(2);
  }

  @Test
  void aSourceAlteredBetweenPlanAndFirstReadAbortsBeforeTheCommit() {
    abortsBeforeTheCommit(CrashPoints.AFTER_PLAN);
  }

  @Test
  void aSourceAlteredInMidRunAbortsBeforeTheCommit() {
    abortsBeforeTheCommit(CrashPoints.AFTER_SPLIT);
  }

  private void abortsBeforeTheCommit(String alteredAt) {
    values.add(2L, 2L, 20L, "changed");
    Runnable alter =
        () -> {
          source(FieldTypes.INT64, "name", "mail");
          values
              .add(1L, 1L, 10L, "a", "a@x")
              .add(2L, 1L, 20L, "b", "b@x")
              .add(2L, 2L, 20L, "changed", "b@x");
        };
    try (CrashPoints.Hook hook = CrashPoints.on(alteredAt, alter)) {
      assertThatThrownBy(() -> sync("--values_split_rows=10"))
          .as("altered by %s", hook)
          .isInstanceOf(SourceException.class)
          .hasMessage(
              "values "
                  + table
                  + " was altered after the run was planned: column 'mail' is new. Nothing was"
                  + " published; run again");
    }
    assertThat(rows("id, name")).containsExactly(row(1L, "a"), row(2L, "b"));

    sync();
    assertThat(rows("id, mail")).containsExactly(row(1L, null), row(2L, "b@x"));
  }
}
