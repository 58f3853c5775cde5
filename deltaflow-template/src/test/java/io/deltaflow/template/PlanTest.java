package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunMetric;
import io.deltaflow.RunReport;
import io.deltaflow.SyncPlan;
import io.deltaflow.SyncPlan.ColumnPlan;
import io.deltaflow.SyncPlan.SourcePlan;
import io.deltaflow.SyncPlan.WindowPlan;
import io.deltaflow.SyncRun;
import io.deltaflow.emulator.BigQueryEmulator;
import io.deltaflow.spi.RequiredAccess;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan says what the run then does, fails where the run would, and leaves nothing behind. */
final class PlanTest {
  private static SyncBed bed;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    bed = SyncBed.start();
    bed.sql(
        "CREATE TABLE people (id bigint PRIMARY KEY, born date NOT NULL)",
        "INSERT INTO people SELECT n, date '1990-01-01' + n FROM generate_series(0, 10000) n",
        "CREATE ROLE visitor LOGIN PASSWORD 'visitor secret'",
        "ANALYZE");
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  /** A table of orders and the flags of its sync. */
  private static Map<String, String> orders(String table) {
    return orders(table, 100);
  }

  private static Map<String, String> orders(String table, int rows) {
    bed.sql(
        "CREATE TABLE "
            + table
            + " (id bigint PRIMARY KEY, total numeric(12,2), rate numeric, tags varchar(20)[],"
            + " updated_at timestamptz NOT NULL)",
        "INSERT INTO "
            + table
            + " SELECT n, n, n, ARRAY['a'], now() - n * interval '1 hour' FROM generate_series(1,"
            + rows
            + ") n",
        "ANALYZE " + table);
    bed.awaitVisible(table);
    Map<String, String> flags = bed.flags(table);
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");
    return flags;
  }

  private static Map<String, String> with(Map<String, String> flags, String... more) {
    Map<String, String> all = new LinkedHashMap<>(flags);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  private static SyncPlan plan(Map<String, String> flags) throws Exception {
    TemplateArguments arguments = TemplateArguments.parse(SyncBed.arguments(flags));
    Traces traces = Traces.of(bed);
    SyncPlan plan = arguments.plan();
    assertThat(traces.found()).isEmpty();
    assertThatRolesAreDocumented(plan.access());
    return plan;
  }

  private static void assertThatRolesAreDocumented(List<RequiredAccess> access) throws IOException {
    String docs = Files.readString(Path.of("..", "docs", "plan.md"));
    assertThat(access)
        .filteredOn(a -> a.role().startsWith("roles/"))
        .isNotEmpty()
        .allMatch(a -> docs.contains("| `" + a.role() + "` |"));
  }

  @Test
  void whatDataflowNeedsIsListed() throws Exception {
    TemplateArguments arguments =
        TemplateArguments.parse(
            SyncBed.arguments(
                with(
                    bed.flags("orders"),
                    "runner",
                    "DataflowRunner",
                    "project",
                    "data-project",
                    "region",
                    "europe-west3",
                    "serviceAccount",
                    "sync@data-project.iam.gserviceaccount.com",
                    "subnetwork",
                    "regions/europe-west3/subnetworks/workers",
                    "report",
                    "gs://reports/orders.json")));
    List<RequiredAccess> access =
        RunnerAccess.of(
            arguments.spec(), arguments.options(), Optional.of("gs://staged-jobs/orders"));
    assertThatRolesAreDocumented(access);
    assertThat(access)
        .extracting(a -> a.role() + " on " + a.resource())
        .containsExactly(
            "roles/storage.objectUser on bucket reports",
            "roles/dataflow.worker on project data-project",
            "roles/storage.legacyBucketReader on bucket deltaflow-temp",
            "roles/dataflow.developer on project data-project",
            "roles/iam.serviceAccountUser on service account"
                + " sync@data-project.iam.gserviceaccount.com",
            "roles/compute.networkUser on subnetwork regions/europe-west3/subnetworks/workers",
            "roles/storage.objectUser on bucket staged-jobs",
            "roles/storage.legacyBucketReader on bucket staged-jobs");
  }

  private record Done(SyncRun run, RunReport report) {
    /** The script that published, as the plan writes it. */
    String script(String hi) throws Exception {
      String script =
          bed.job("deltaflow_" + run.runId() + "_publish_0_0")
              .at("/configuration/query/query")
              .asText();
      return anonymous(script, hi)
          .replace(run.runId(), "{run_id}")
          .replace(report.window().hi(), hi)
          .replaceAll("\"maximum\":\"[^\"]*\"", "\"maximum\":\"{largest_cursor}\"")
          .replaceAll("(?<=df_maximum|\\n  ')[0-9T:.-]+Z(?=', TIMESTAMP)", "{largest_cursor}")
          .replaceAll("TIMESTAMP '[^']*', CURRENT_TIMESTAMP", "{started}, CURRENT_TIMESTAMP");
    }

    private String anonymous(String script, String hi) {
      long rows = report.rows().staged();
      return script
          .replaceAll("_0`\\) != " + rows + " THEN", "_0`) != {rows} THEN")
          .replace("inserted != " + rows + " THEN", "inserted != {rows} THEN")
          .replace("the " + rows + " rows that were read", "the {rows} rows that were read")
          .replaceAll(
              "\\]', " + rows + ", " + rows + ", inserted", "]', {rows_read}, {rows}, inserted")
          .replace(
              "deleted, 0, " + report.bytes() + ", bytes",
              "deleted, {rows_dead_lettered}, {bytes_staged}, bytes");
    }
  }

  private static Done run(Map<String, String> flags) {
    TemplateArguments arguments = TemplateArguments.parse(SyncBed.arguments(flags));
    SyncRun run = DeltaFlow.launch(arguments.spec(), arguments.options());
    return new Done(run, run.waitUntilFinish());
  }

  private static void assertThatItHappens(SyncPlan plan, Done done) throws Exception {
    WindowPlan window = plan.sources().get(0).window();
    RunReport report = done.report;
    assertThat(report.window().lo()).isEqualTo(window.lo());
    assertThat(report.syncId()).isEqualTo(plan.syncId());
    assertThat(done.run.metrics().get(RunMetric.SPLIT_ROWS))
        .startsWith(plan.sources().get(0).splits() + " of them");
    assertThat(done.script(window.hi())).isEqualTo(plan.publish());
  }

  @Test
  void aFirstRunDoesWhatWasPlanned() throws Exception {
    Map<String, String> flags = with(orders("first", 2400), "splits", "4");
    SyncPlan plan = plan(flags);

    SourcePlan source = plan.sources().get(0);
    assertThat(source.window().incremental()).isFalse();
    assertThat(source.window().lo()).isNull();
    assertThat(source.window().origin()).isEqualTo("the table has no rows");
    assertThat(source.splits()).isEqualTo(4);
    assertThat(source.cut()).isEqualTo("by ranges of id");
    assertThat(source.connectionsPerWorker()).isEqualTo(4);
    assertThat(source.connections()).isEqualTo(4);
    assertThat(source.estimatedRows()).isBetween(2000L, 2800L);
    assertThat(source.estimatedBytes()).isPositive();
    assertThat(plan.effect()).isEqualTo("is created");
    assertThat(plan.cost().mergeMost()).isZero();
    assertThat(plan.access())
        .contains(
            new RequiredAccess(
                "roles/bigquery.jobUser", "project test-project", "to load, query and publish"),
            new RequiredAccess(
                "SELECT", "postgresql public.first", "to read as the role postgres"));
    assertThat(plan.toJson() + plan).doesNotContain(bed.password());

    Done done = run(flags);
    assertThat(plan.ddl()).containsExactly(done.report.ddl());
    assertThatItHappens(plan, done);
  }

  @Test
  void anIncrementalRunDoesWhatWasPlanned() throws Exception {
    Map<String, String> flags = orders("again");
    String hi = run(flags).report.window().hi();
    bed.sql("INSERT INTO again VALUES (9999, 1, 1, '{}', now())");
    bed.awaitVisible("again");
    SyncPlan plan = plan(flags);

    SourcePlan source = plan.sources().get(0);
    assertThat(source.window().incremental()).isTrue();
    assertThat(source.window().lo()).isEqualTo(hi);
    assertThat(source.window().origin()).isEqualTo("where the last published window ended");
    assertThat(plan.ddl()).isEmpty();
    assertThat(plan.effect()).isEqualTo("exists; rows replace those with the same id");
    assertThat(plan.toText(new BigDecimal("5")))
        .contains("incremental, begins there: where the last published window ended")
        .containsPattern("the publish reads [0-9.]+ [kM]?B to [0-9.]+ [kM]?B, of them")
        .containsPattern("about\\s+0.000048 USD on demand, taking 5 USD per TiB");
    Done done = run(flags);
    assertThat(done.report.rows().read()).isEqualTo(1);
    assertThatItHappens(plan, done);
    assertThat(done.report.bytesMerge())
        .isBetween(plan.cost().mergeLeast(), plan.cost().mergeMost());
    assertThat(done.report.bytesLookup()).isGreaterThanOrEqualTo(plan.cost().lookup());
    assertThat(plan.cost().lookup()).isPositive();
    assertThat(plan.cost().mergeMost()).isGreaterThan(plan.cost().mergeLeast());
  }

  @Test
  void aChangeOfTheSourceIsShownAsTheStatementThatIsRun() throws Exception {
    Map<String, String> flags = orders("drift");
    run(flags);
    bed.sql("ALTER TABLE drift ADD COLUMN note text", "UPDATE drift SET updated_at = now()");
    bed.awaitVisible("drift");
    SyncPlan plan = plan(flags);

    assertThat(plan.ddl())
        .containsExactly(
            "ALTER TABLE `test-project`.`shop`.`drift` ADD COLUMN IF NOT EXISTS `note` STRING");
    Done done = run(flags);
    assertThat(
            bed.job("deltaflow_" + done.run.runId() + "_alter_0_0")
                .at("/configuration/query/query")
                .asText())
        .isEqualTo(plan.ddl().get(0));
    assertThatItHappens(plan, done);
    assertThatFailsAsTheRun(
        with(flags, "schema_evolution", "none", "destination_bigquery_table", "first_column"),
        "the table lacks");
  }

  @Test
  void columnsThatMayMeetValuesThatDoNotFitSayWhatBecomesOfThem() throws Exception {
    Map<String, String> flags = orders("lossy");
    assertThat(plan(flags).columns())
        .containsExactly(
            new ColumnPlan("id", List.of("int8"), "INT64", null),
            new ColumnPlan("total", List.of("numeric(12,2)"), "NUMERIC(12, 2)", null),
            new ColumnPlan("rate", List.of("numeric"), "BIGNUMERIC", "fail"),
            new ColumnPlan("tags", List.of("varchar(20)[]"), "ARRAY<STRING>", null),
            new ColumnPlan("updated_at", List.of("timestamptz"), "TIMESTAMP", null));
    assertThat(column(with(flags, "value_policies", "rate=round"), "rate").misfits())
        .isEqualTo("round");
    assertThat(column(with(flags, "value_policies", "total=string"), "total"))
        .isEqualTo(new ColumnPlan("total", List.of("numeric(12,2)"), "STRING", "string"));
    assertThat(column(with(flags, "max_bad_records", "5"), "rate").misfits())
        .isEqualTo("dead_letter");
    assertThat(
            column(
                with(
                    flags,
                    "transformation_config",
                    "{\"field_mappings\": {\"rate\": \"r\"}, \"calculated_fields\": {\"twice\":"
                        + " \"id + id\"}}"),
                "twice"))
        .extracting(ColumnPlan::sourceTypes)
        .isEqualTo(List.of("computed"));
  }

  private static ColumnPlan column(Map<String, String> flags, String name) throws Exception {
    return plan(flags).columns().stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFullRefreshSaysWhatIsReplaced() throws Exception {
    Map<String, String> flags = orders("refresh");
    run(flags);
    Map<String, String> anew = with(flags, "delete_existing_table", "true");
    SyncPlan plan = plan(anew);
    assertThat(plan.effect())
        .isEqualTo("stays, and all 100 rows that it has are replaced, in the commit");
    assertThat(plan.sources().get(0).window().origin()).isEqualTo("the table is loaded anew");
    assertThatItHappens(plan, run(anew));

    bed.sql("ALTER TABLE refresh DROP COLUMN rate");
    SyncPlan other = plan(anew);
    assertThat(other.effect())
        .isEqualTo(
            "is replaced with all 100 rows that it has, by a new table with another schema, after"
                + " the commit");
    Done done = run(anew);
    assertThat(other.ddl()).containsExactly(done.report.ddl());
    assertThatItHappens(other, done);
  }

  @Test
  void severalSourcesAndThoseThatBigQueryMovesItselfArePlannedEach() throws Exception {
    Map<String, String> flags = orders("merged");
    bed.query("CREATE TABLE shop.more (id INT64 NOT NULL, total NUMERIC, updated_at TIMESTAMP)");
    bed.query("INSERT INTO shop.more VALUES (1, 2, TIMESTAMP '2026-01-01 00:00:00+00')");
    Map<String, String> both =
        with(
            flags,
            "data_source",
            "postgresql,bigquery",
            "source_bigquery_project",
            SyncBed.PROJECT,
            "source_bigquery_table",
            "shop.more",
            "source_bigquery_storage_endpoint",
            bed.emulator().storageEndpoint(),
            "merge_keys",
            "id");
    SyncPlan plan = plan(both);
    assertThat(plan.sources()).hasSize(2);
    assertThat(plan.sources().get(1).source()).isEqualTo("bigquery test-project.shop.more");
    assertThat(plan.sources().get(1).splits()).isNull();
    assertThat(plan.columns())
        .contains(new ColumnPlan("id", List.of("int8", "INT64"), "INT64", null))
        .anyMatch(c -> c.name().equals("rate") && c.sourceTypes().get(1) == null);
    assertThat(run(both).report.syncId()).isEqualTo(plan.syncId());

    Map<String, String> alone = with(both, "data_source", "bigquery");
    alone.keySet().removeIf(f -> f.startsWith("postgresql_"));
    alone.put("destination_bigquery_table", "moved");
    SyncPlan moved = plan(alone);
    assertThat(moved.sources().get(0).serverSide()).isTrue();
    assertThat(moved.toString())
        .contains("moved inside BigQuery", "the query that moves the rows reads ");
    assertThat(moved.cost().moved()).isPositive();
    assertThat(run(alone).report.sources().get(0).serverSide()).isTrue();
  }

  @Test
  void aTableThatMustBeEmptyAndIsNotIsRefused() throws Exception {
    Map<String, String> flags = orders("emptied");
    Map<String, String> empty =
        with(flags, "enable_smart_sync", "false", "write_disposition", "WRITE_EMPTY");
    assertThatItHappensWithoutWindow(plan(empty), run(empty));
    assertThatFailsAsTheRun(empty, "has rows, and WRITE_EMPTY wants none");
  }

  private static void assertThatItHappensWithoutWindow(SyncPlan plan, Done done) {
    assertThat(plan.ddl()).containsExactly(done.report.ddl());
    assertThat(done.report.rows().inserted()).isEqualTo(100);
  }

  /** The table's column has a time zone, and the source's none. */
  @Test
  void aCursorOfAnotherTypeThanTheTablesIsPlanned() throws Exception {
    bed.query("CREATE TABLE shop.local_source (id INT64 NOT NULL, updated_at DATETIME)");
    bed.query("INSERT INTO shop.local_source VALUES (1, DATETIME '2026-01-01 00:00:00')");
    bed.query(
        "CREATE TABLE shop.local_time (id INT64, updated_at TIMESTAMP) PARTITION BY"
            + " DATE(updated_at)");
    bed.query("INSERT INTO shop.local_time VALUES (1, TIMESTAMP '2025-01-01 00:00:00+00')");
    Map<String, String> flags =
        with(
            bed.flags("local_time"),
            "data_source",
            "bigquery",
            "source_bigquery_project",
            SyncBed.PROJECT,
            "source_bigquery_table",
            "shop.local_source",
            "source_bigquery_storage_endpoint",
            bed.emulator().storageEndpoint(),
            "enable_smart_sync",
            "true",
            "merge_keys",
            "id",
            "write_disposition",
            "WRITE_MERGE");
    flags.keySet().removeIf(f -> f.startsWith("postgresql_"));
    assertThat(plan(flags).cost().mergeMost()).isPositive();
    assertThat(run(flags).report.rows().updated()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql_table=public.no_such_table",
        "postgresql_password=not the password",
        "postgresql_username=visitor,postgresql_password=visitor secret",
        "postgresql_database=no_such_database",
        "smart_sync_timestamp_column=update_at",
        "merge_keys=idd",
        "partition_field=total",
        "clustering_fields=a,b,c,d,e",
        "create_disposition=CREATE_NEVER",
        "enable_auto_schema=false",
        "destination_bigquery_dataset=no_such_dataset",
        "write_disposition=WRITE_TRUNCATE",
        "value_policies=nope=round",
        "quality_checks=[{\"check\": \"not_null\"; \"column\": \"nope\"}]",
      })
  void whatTheRunWouldRefuseThePlanRefusesInTheSameWords(String changes) throws Exception {
    Map<String, String> flags = bed.flags("refused_orders");
    bed.sql(
        "CREATE TABLE IF NOT EXISTS refused_orders (id bigint PRIMARY KEY, total numeric(12,2),"
            + " updated_at timestamptz NOT NULL)");
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");
    for (String change : changes.split(",(?=[a-z_]+=)")) {
      int equals = change.indexOf('=');
      flags.put(change.substring(0, equals), change.substring(equals + 1).replace(';', ','));
    }
    assertThatFailsAsTheRun(flags, "");
  }

  @Test
  void whatTheTargetForbidsIsRefusedInTheRunsWords() throws Exception {
    Map<String, String> people = with(bed.flags("people"), "partition_field", "born");
    assertThatFailsAsTheRun(people, "10001 different days");

    Map<String, String> flags = orders("target");
    bed.query("CREATE TABLE shop.first_column (id INT64, updated_at TIMESTAMP)");
    assertThatFailsAsTheRun(
        with(flags, "destination_bigquery_table", "first_column"), "the table lacks");
    bed.query("CREATE TABLE shop.texts (id STRING, updated_at TIMESTAMP)");
    assertThatFailsAsTheRun(
        with(flags, "destination_bigquery_table", "texts"), "column 'id' is INT64 at the source");
    assertThatFailsAsTheRun(
        with(flags, "max_bad_records", "5", "dead_letter_table", "texts"),
        "is none for dead letters");

    run(with(flags, "sync_id", "one"));
    assertThatFailsAsTheRun(
        with(flags, "sync_id", "two", "delete_existing_table", "true"), "the syncs 'one' publish");
    assertThatFailsAsTheRun(
        with(flags, "sync_id", "two", "write_disposition", "WRITE_APPEND"), "of another sync");
  }

  @Test
  void aBucketThatDoesNotExistIsRefused() throws Exception {
    Map<String, String> flags = orders("bucket");
    try (BigQueryEmulator strict =
        BigQueryEmulator.builder()
            .dataset(SyncBed.PROJECT, SyncBed.DATASET)
            .bucketsOnDemand(false)
            .build()
            .start()) {
      Map<String, String> there =
          with(
              flags,
              "bigQueryEndpoint",
              strict.bigQueryEndpoint(),
              "gcsEndpoint",
              strict.gcsEndpoint());
      assertThatFailsAsTheRun(there, "--tempLocation: gs://deltaflow-temp/");
    }
  }

  @Test
  void rowsThatCannotBeReadIntoFilesOfCloudStorageAreRefused() throws Exception {
    Map<String, String> flags = orders("local");
    assertThatFailsAsTheRun(
        with(flags, "tempLocation", folder.toString()),
        "give a temporary location that begins with gs://");
    assertThatFailsAsTheRun(
        with(flags, "tempLocation", "gs://deltaflow-temp/a*b"), "takes the * in");
  }

  @Test
  void aLimitOnCostsThatTheMergeCannotKeepIsRefused() throws Exception {
    bed.query(
        "CREATE TABLE shop.large AS SELECT n AS id, REPEAT('x', 60000) AS body, TIMESTAMP"
            + " '2026-01-01 00:00:00+00' AS updated_at FROM UNNEST(GENERATE_ARRAY(1, 2000)) AS n");
    bed.sql(
        "CREATE TABLE large (id bigint PRIMARY KEY, body text, updated_at timestamptz)",
        "INSERT INTO large VALUES (1, 'y', '2026-02-01')");
    Map<String, String> flags =
        with(
            bed.flags("large"),
            "write_disposition",
            "WRITE_MERGE",
            "destination_bigquery_maximum_bytes_billed",
            "104857600");
    assertThatThrownBy(() -> plan(flags))
        .isInstanceOf(DeltaFlowException.class)
        .hasMessageContaining("--destination_bigquery_maximum_bytes_billed")
        .hasMessageContaining("104857600 are allowed");
  }

  private static void assertThatFailsAsTheRun(Map<String, String> flags, String message)
      throws Exception {
    TemplateArguments arguments = TemplateArguments.parse(SyncBed.arguments(flags));
    Traces traces = Traces.of(bed);
    DeltaFlowException planned = catchThrowableOfType(DeltaFlowException.class, arguments::plan);
    assertThat(traces.found()).isEmpty();
    DeltaFlowException run =
        catchThrowableOfType(
            DeltaFlowException.class,
            () -> DeltaFlow.launch(arguments.spec(), arguments.options()).waitUntilFinish());
    assertThat(planned).as("the plan").isNotNull().hasMessageContaining(message);
    assertThat(planned).hasSameClassAs(run);
    assertThat(normal(planned.getMessage())).isEqualTo(normal(run.getMessage()));
  }

  /** Runs have ids and windows of their own. */
  private static String normal(String message) {
    return message.replaceAll("\\d{8}T\\d{6}_[0-9a-f]{8}\\S*", "RUN");
  }

  @Test
  void aDryRunOfTheTemplateEndsWellAndLaunchesNothing() throws Exception {
    Map<String, String> flags = with(orders("dry"), "dry_run", "true");
    Traces traces = Traces.of(bed);
    assertThat(SyncBed.launch(flags).status()).isZero();
    assertThat(traces.found()).isEmpty();
    Traces later = Traces.of(bed);
    SyncBed.Launched failed = SyncBed.launch(with(flags, "merge_keys", "idd"));
    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.err()).contains("idd");

    TemplateArguments arguments = TemplateArguments.parse(SyncBed.arguments(flags));
    assertThatThrownBy(() -> DeltaFlow.launch(arguments.spec(), arguments.options()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--dry_run=true asks for a plan only");
    assertThatThrownBy(() -> DeltaFlow.reset(arguments.spec(), arguments.options()))
        .hasMessageContaining("--dry_run=true");
    assertThatThrownBy(() -> DeltaFlow.adopt(arguments.spec(), arguments.options()))
        .hasMessageContaining("--dry_run=true");
    assertThat(later.found()).isEmpty();
  }
}
