package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ExpectedRows;
import io.deltaflow.destination.RunForecast;
import io.deltaflow.destination.RunForecast.Scan;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.destination.bigquery.BigQueryPlan.Action;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.RefusedRunException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a planned run would do to the target, learnt from the table's resource and from dry runs,
 * which BigQuery analyses, and whose permissions it checks, without running them.
 */
final class TargetForecast {
  private final BigQueryApi api;
  private final Tables tables;
  private final Settings settings;
  private final RunPlan run;
  private final BigQueryPlan plan;
  private final StateRows states;
  private final ExpectedRows rows;

  TargetForecast(
      BigQueryApi api,
      Tables tables,
      Settings settings,
      RunPlan run,
      StateRows states,
      ExpectedRows rows) {
    this.api = api;
    this.tables = tables;
    this.settings = settings;
    this.run = run;
    this.plan = (BigQueryPlan) run.target();
    this.states = states;
    this.rows = rows;
  }

  RunForecast find() {
    if (rows.moved() == null && !rows.none()) {
      Loader.uri(run.tempPath());
    }
    Optional<Table> target =
        plan.action() == Action.CREATE ? Optional.empty() : api.table(states.effectiveTarget());
    requireEmpty(target);
    String script =
        new ScriptForecast(
                run,
                tables,
                states.of(run.syncId()).map(StateRow::watermarks).orElse(null),
                settings.partitionFieldImmutable())
            .text(rows.none());
    checkStatements(target.isPresent());
    Scan scan = scan(target.isPresent());
    return new RunForecast(
        effect(target),
        statements(),
        plan.columns().stream().map(this::type).toList(),
        script,
        scan,
        new TargetAccess(tables, run, api.jobProject()).all(),
        overLimit(scan));
  }

  /** What the script would refuse after everything was read. */
  private void requireEmpty(Optional<Table> target) {
    if (run.writeDisposition() == WriteDisposition.WRITE_EMPTY
        && plan.action() == Action.KEEP
        && target.map(Table::getNumRows).filter(n -> n.signum() > 0).isPresent()) {
      throw new RefusedRunException("nothing was published: " + PublishScript.notEmpty(tables));
    }
  }

  private String effect(Optional<Table> target) {
    String count =
        target
            .map(Table::getNumRows)
            .map(n -> String.format(Locale.ROOT, "all %,d rows", n))
            .orElse("all rows");
    String pending =
        isSwapPending()
            ? "; before that, the table that an earlier run has filled takes its place"
            : "";
    return effect(count) + pending;
  }

  /** Then the statements are for a table that gets the target's name first. */
  private boolean isSwapPending() {
    return !states.effectiveTarget().equals(tables.target());
  }

  private String effect(String count) {
    if (plan.action() == Action.CREATE) {
      return "is created";
    }
    if (plan.action() == Action.REPLACE) {
      return "is replaced with "
          + count
          + " that it has, by a new table with another schema, after the commit";
    }
    if (plan.replacesAllRows(run.writeDisposition())) {
      return "stays, and " + count + " that it has are replaced, in the commit";
    }
    return switch (run.writeDisposition()) {
      case WRITE_MERGE ->
          "exists; rows replace those with the same " + String.join(", ", run.mergeKeys());
      case WRITE_EMPTY -> "exists, and must have no rows at the commit";
      default -> "exists; rows are added";
    };
  }

  private List<String> statements() {
    return plan.ddl()
        .map(List::of)
        .orElseGet(() -> plan.alterations().stream().map(Alteration::sql).toList());
  }

  private String type(Column column) {
    return FieldSchemas.of(plan.table()).stream()
        .filter(f -> f.getName().equalsIgnoreCase(column.name()))
        .findFirst()
        .map(FieldSchemas::sqlType)
        .orElse(column.type().kind().name());
  }

  /** What BigQuery would refuse: rights that are missing, and changes that it cannot make. */
  private void checkStatements(boolean exists) {
    if (plan.action() == Action.CREATE) {
      dryRun(statements().get(0), "create the table " + tables.target());
    } else if (plan.action() == Action.KEEP && !isSwapPending()) {
      statements().forEach(s -> dryRun(s, "change the schema of " + tables.target()));
    }
    if (exists && plan.action() != Action.REPLACE && plan.alterations().isEmpty()) {
      dryRun(insertOfNothing(), "write to the table " + tables.target());
    }
  }

  /** Of the columns that are written; harmless even if it were run. */
  private String insertOfNothing() {
    return String.format(
        Locale.ROOT,
        "INSERT INTO %s (%s) SELECT %s FROM (SELECT 1) WHERE FALSE",
        target(),
        plan.columns().stream().map(c -> Sql.name(c.name())).collect(Collectors.joining(", ")),
        plan.columns().stream()
            .map(c -> "CAST(NULL AS " + type(c) + ")")
            .collect(Collectors.joining(", ")));
  }

  private Scan scan(boolean exists) {
    long moved =
        rows.moved() == null || rows.none()
            ? 0
            : dryRun(
                QueriedRows.sql(rows.moved().sql(), plan.columns()),
                "move the rows for " + tables.target());
    boolean merges =
        exists
            && run.writeDisposition() == WriteDisposition.WRITE_MERGE
            && plan.action() == Action.KEEP
            && !rows.none();
    if (!merges) {
      return new Scan(moved, rows.none() ? 0 : rows.bytes(), 0, 0, 0);
    }
    String from = " FROM " + target();
    long all = bytes("SELECT *" + from);
    Optional<Partitioning> partitioning = Partitioning.of(plan.table());
    if (partitioning.isEmpty()) {
      return new Scan(moved, rows.bytes(), 0, all, all);
    }
    Optional<Column> column = plan.column(partitioning.get().column());
    long lookup =
        PrunedMerge.looksUp(run, partitioning.get(), settings.partitionFieldImmutable())
            ? bytes("SELECT " + lookedUp(partitioning.get()) + from)
            : 0;
    long least =
        column
            .flatMap(this::inWindow)
            .map(w -> bytes("SELECT *" + from + " WHERE " + w))
            .orElse(0L);
    return new Scan(moved, rows.bytes(), lookup, Math.min(least, all), all);
  }

  /** The limit on costs, which holds for each statement; of partitions few may be read. */
  private List<String> overLimit(Scan scan) {
    Long limit = settings.maximumBytesBilled();
    boolean partitioned = Partitioning.of(plan.table()).isPresent();
    long needed = Math.max(scan.lookup(), partitioned ? 0 : scan.mergeLeast());
    if (limit != null && scan.moved() > limit) {
      throw ByteLimit.refusal(scan.moved(), limit, "move the rows for " + tables.target());
    }
    if (limit != null && needed > limit && rows.bytes() != 0) {
      throw ByteLimit.refusal(needed, limit, "publish into " + tables.target());
    }
    return limit == null || scan.mergeMost() <= limit
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "the merge reads up to %,d bytes, if the rows are in all partitions, and --%s"
                    + " allows %,d: the run fails then, and changes nothing",
                scan.mergeMost(),
                "destination_bigquery_" + BigQueryDestinationOptions.MAXIMUM_BYTES_BILLED.name(),
                limit));
  }

  private String lookedUp(Partitioning partitioning) {
    List<String> names = new ArrayList<>(MergeKeys.of(run).stream().map(Column::name).toList());
    if (names.stream().noneMatch(partitioning.column()::equalsIgnoreCase)) {
      names.add(partitioning.column());
    }
    return names.stream().map(Sql::name).collect(Collectors.joining(", "));
  }

  /** Where the rows of the only window go, when the target is partitioned by its cursor. */
  private Optional<String> inWindow(Column partitioned) {
    if (run.sources().size() > 1 || !partitioned.field().equals(run.cursor())) {
      return Optional.empty();
    }
    Optional<Window> window = run.sources().get(0).window();
    String name = Sql.name(partitioned.name());
    return window.map(
        w ->
            w.lo().map(lo -> name + " >= " + literal(lo, partitioned) + " AND ").orElse("")
                + name
                + " < "
                + literal(w.hi(), partitioned));
  }

  /** The table's column may be of another type than the source's cursor. */
  private static String literal(CursorPosition position, Column column) {
    return switch (position.kind()) {
      case INTEGER -> position.toString();
      case DATE, DATETIME, TIMESTAMP -> {
        String own = position.kind() + " '" + position + "'";
        String kind = column.type().kind().name();
        yield kind.equals(position.kind().name()) ? own : "CAST(" + own + " AS " + kind + ")";
      }
    };
  }

  private String target() {
    return states.effectiveTarget().sql();
  }

  private long bytes(String sql) {
    return dryRun(sql, "estimate what the publish reads of " + tables.target());
  }

  private long dryRun(String sql, String doing) {
    return api.dryRun(sql, plan.location(), doing);
  }
}
