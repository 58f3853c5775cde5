package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.DeltaFlow;
import io.deltaflow.Proof;
import io.deltaflow.RunReport;
import io.deltaflow.SyncRun;
import io.deltaflow.SyncSpec;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.testing.BigQueryServer;
import io.deltaflow.testing.ChildRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** A sync of one table of {@link SyncBed#orders} into one of the same name, and its oracle. */
final class OrdersSync {
  private final SyncBed bed;
  private final String table;
  private final CursorColumn cursor;
  private final String temp;
  private final Map<String, String> flags = new LinkedHashMap<>();

  OrdersSync(SyncBed bed, String table, CursorColumn cursor) {
    this.bed = bed;
    this.table = table;
    this.cursor = cursor;
    this.temp = "gs://deltaflow-temp/" + table;
    flags.put("data_source", "postgresql");
    flags.put("postgresql_host", bed.postgres().host());
    flags.put("postgresql_port", Integer.toString(bed.postgres().port()));
    flags.put("postgresql_database", SyncBed.DATABASE);
    flags.put("postgresql_username", bed.postgres().username());
    flags.put("postgresql_password", bed.postgres().password());
    flags.put("postgresql_table", "public." + table);
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");
    flags.putAll(bed.bigQuery().destinationFlags(table));
  }

  /** Another sync of the same table into the same target, with other flags. */
  OrdersSync copy() {
    OrdersSync other = new OrdersSync(bed, table, cursor);
    other.flags.putAll(flags);
    return other;
  }

  /** Sets a flag by its name without dashes; null takes it away. */
  OrdersSync with(String flag, String value) {
    if (value == null) {
      flags.remove(flag);
    } else {
      flags.put(flag, value);
    }
    return this;
  }

  /** Reads with another connector that has PostgreSQL's options. */
  OrdersSync readWith(String connector) {
    flags.put("data_source", connector);
    for (String flag : List.copyOf(flags.keySet())) {
      if (flag.startsWith("postgresql_")) {
        flags.put(flag.replace("postgresql_", connector + "_"), flags.remove(flag));
      }
    }
    return this;
  }

  /** By name without dashes. */
  Map<String, String> flags() {
    return Map.copyOf(flags);
  }

  String table() {
    return table;
  }

  /** The target in GoogleSQL. */
  String target() {
    return "`" + BigQueryServer.PROJECT + "." + BigQueryServer.DATASET + "." + table + "`";
  }

  /** The table beside the target: {@code __deltaflow_runs} or {@code __deltaflow_state}. */
  String beside(String suffix) {
    return "`" + BigQueryServer.PROJECT + "." + BigQueryServer.DATASET + "." + table + suffix + "`";
  }

  SyncSpec spec() {
    return SyncSpec.fromFlags(flags);
  }

  /** Beam's arguments: the endpoints, and a temporary location that belongs to this table. */
  List<String> pipelineArguments() {
    List<String> arguments = new ArrayList<>(bed.bigQuery().pipelineArguments());
    arguments.removeIf(a -> a.startsWith("--tempLocation="));
    arguments.add("--tempLocation=" + temp);
    return arguments;
  }

  PipelineOptions pipelineOptions() {
    return PipelineOptionsFactory.fromArgs(pipelineArguments().toArray(new String[0])).create();
  }

  /** One run, to its end. */
  RunReport run() {
    return start().waitUntilFinish();
  }

  /** One run, with further arguments of Beam. */
  SyncRun start(String... more) {
    List<String> arguments = new ArrayList<>(pipelineArguments());
    arguments.addAll(List.of(more));
    return DeltaFlow.launch(
        spec(), PipelineOptionsFactory.fromArgs(arguments.toArray(new String[0])).create());
  }

  /**
   * One run, to its end.
   *
   * @param afterPlan happens when the run is planned and has read nothing yet
   */
  RunReport run(Runnable afterPlan) {
    try (CrashPoints.Hook hook = CrashPoints.on(CrashPoints.AFTER_PLAN, afterPlan)) {
      return run();
    }
  }

  /** A run that a test may break, in a process of its own. */
  ChildRun child() {
    return ChildRun.of(flags, pipelineArguments());
  }

  /** Reads source and destination whole and compares them. */
  Proof verify() {
    return DeltaFlow.verify(spec(), pipelineOptions());
  }

  /** Inserts rows {@code from..to}, stamped now. */
  void insert(int from, int to) {
    bed.sql(
        "INSERT INTO "
            + table
            + " (id, note) SELECT n, 'new' FROM generate_series("
            + from
            + ", "
            + to
            + ") n");
  }

  /** Inserts a row whose cursor is a value in PostgreSQL's form. */
  void insertStamped(int id, String cursorValue) {
    bed.sql(
        "INSERT INTO "
            + table
            + " (id, note, updated_at) VALUES ("
            + id
            + ", 'stamped', '"
            + cursorValue
            + "')");
  }

  /** Waits, by the source's clock, until all rows that are not of the future can be read. */
  void rest() {
    if (!cursor.rests()) {
      return;
    }
    bed.source(
        "SELECT pg_sleep_until(coalesce((SELECT max(updated_at) FROM "
            + table
            + " WHERE updated_at <= now()), now()) + interval '1.1 seconds')");
  }

  /** At rest one more run brings the rest, and then source and target are equal. */
  RunReport assertInSync() {
    rest();
    RunReport last = run();
    assertEqual();
    return last;
  }

  /** Every row of the source is in the target once, as it is, and nothing else is. */
  void assertEqual() {
    assertThat(targetRows()).containsExactlyElementsOf(sourceRows());
    Proof proof = verify();
    assertThat(proof.destination()).isEqualTo(proof.source());
    assertLedger();
    assertStagingExpires();
  }

  /** The rows as text, in order. */
  List<String> sourceRows() {
    List<String> rows = new ArrayList<>();
    try (Connection c = bed.session();
        Statement s = c.createStatement();
        ResultSet r =
            s.executeQuery(
                "SELECT concat_ws('|', id, coalesce(note, 'NULL'), trim_scale(amount),"
                    + " coalesce("
                    + cursor.sourceText()
                    + ", 'NULL')) AS line FROM "
                    + table
                    + " ORDER BY line")) {
      while (r.next()) {
        rows.add(r.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return rows;
  }

  /** The rows as text, in order, in the form of {@link #sourceRows}. */
  List<String> targetRows() {
    return bed
        .target(
            "SELECT CONCAT(id, '|', IFNULL(note, 'NULL'), '|', CAST(amount AS STRING), '|',"
                + " IFNULL("
                + cursor.targetText()
                + ", 'NULL')) AS line FROM "
                + target()
                + " ORDER BY line")
        .stream()
        .map(r -> r.get("line").toString())
        .toList();
  }

  /** What the published runs say they did is what the target holds. */
  private void assertLedger() {
    Map<String, Object> sums =
        bed.target(
                "SELECT IFNULL(SUM(rows_inserted) - SUM(rows_deleted), 0) AS kept, (SELECT COUNT(*)"
                    + " FROM "
                    + target()
                    + ") AS held, COUNT(DISTINCT IF(rows_read = rows_staged + rows_dead_lettered,"
                    + " NULL, run_id)) AS torn FROM "
                    + beside("__deltaflow_runs")
                    + " WHERE outcome = 'published'")
            .get(0);
    assertThat(sums.get("kept")).as("rows by the ledger").isEqualTo(sums.get("held"));
    assertThat(sums.get("torn")).as("runs whose counts differ").isEqualTo(0L);
  }

  /** Tables that a crash left behind go by themselves. */
  private void assertStagingExpires() {
    List<String> lasting = new ArrayList<>();
    for (JsonNode found : bed.tables()) {
      String name = found.at("/tableReference/tableId").asText();
      boolean ours = name.matches(table + "__deltaflow_(staging|next)_.*");
      if (ours && !found.has("expirationTime")) {
        lasting.add(name);
      }
    }
    assertThat(lasting).as("staging tables that do not expire").isEmpty();
  }

  /** Files of runs below the temporary location. */
  List<String> files() {
    FileSystems.setDefaultPipelineOptions(pipelineOptions());
    List<String> found = new ArrayList<>();
    try {
      for (String pattern : List.of("/deltaflow/*/*", "/deltaflow/*/*/*")) {
        for (MatchResult.Metadata file :
            FileSystems.match(temp + pattern, EmptyMatchTreatment.ALLOW).metadata()) {
          found.add(file.resourceId().toString());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }
}
