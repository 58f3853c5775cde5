package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.RunPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A MERGE that reads the partitions only that hold a row to change or get a new one. BigQuery
 * prunes by literals alone, so that the statement is put together while the script runs.
 *
 * <p>A target row that matches a staged key must not escape the condition: its key would be taken
 * for new, and the row be there twice. Hence the partitions where staged keys are now are looked up
 * in the same transaction, from the key and partition columns of the whole target.
 *
 * <p>One statement may modify 4,000 partitions. Where more are touched, the partitions are cut into
 * blocks of half as many, and a statement takes the rows that go from one block to another.
 */
final class PrunedMerge {
  private static final int MOST_PER_STATEMENT = PartitionChunks.MOST_PER_STATEMENT;

  /**
   * Beyond as many ranges of partitions the smallest gaps between them are read too: a query has at
   * most 1 MB of text, and not too many terms.
   */
  private static final int MOST_RANGES = 500;

  private final BigQueryPlan plan;
  private final StagedRows rows;
  private final String target;
  private final List<Column> keys;
  private final MergeStatement merge;
  private final Partitioning partitioning;
  private final boolean looksUp;

  private PrunedMerge(
      RunPlan run,
      StagedRows rows,
      String target,
      Partitioning partitioning,
      boolean partitionFieldImmutable) {
    this.plan = (BigQueryPlan) run.target();
    this.rows = rows;
    this.target = target;
    this.keys = MergeKeys.of(run);
    this.merge = new MergeStatement(run, rows, target);
    this.partitioning = partitioning;
    this.looksUp = looksUp(run, partitioning, partitionFieldImmutable);
  }

  /** Whether rows may be in other partitions than those that they go to. */
  static boolean looksUp(RunPlan run, Partitioning partitioning, boolean partitionFieldImmutable) {
    Optional<Column> column = ((BigQueryPlan) run.target()).column(partitioning.column());
    return column.isEmpty()
        || !partitionFieldImmutable && !MergeKeys.of(run).contains(column.get());
  }

  /** Empty when the target's partitioning gives nothing to prune by. */
  static Optional<PrunedMerge> of(
      RunPlan run, StagedRows rows, String target, boolean partitionFieldImmutable) {
    return Partitioning.of(((BigQueryPlan) run.target()).table())
        .map(p -> new PrunedMerge(run, rows, target, p, partitionFieldImmutable));
  }

  /** Adds up {@code updated}, {@code bytes_lookup} and {@code bytes_merge}. */
  String text() {
    List<String> parts = new ArrayList<>();
    parts.add("SET bytes_lookup = @@script.bytes_processed;");
    if (looksUp) {
      parts.add(lookup());
    }
    parts.add(loop());
    parts.add("SET bytes_lookup = @@script.bytes_processed - bytes_lookup - bytes_merge;");
    return String.join("\n", parts);
  }

  /**
   * The staged keys that the target has in another partition than the staged row names, and where;
   * {@code home} stands for all places of a key that is there more than once.
   */
  private String lookup() {
    return String.format(
        Locale.ROOT,
        """
        CREATE TEMP TABLE df_elsewhere AS
        SELECT *, MIN(was_in) OVER (PARTITION BY %s) AS home
        FROM (
          SELECT DISTINCT %s, %s AS was_in
          FROM (
        %s
          ) AS df_staged
          JOIN %s AS df_target
          ON %s
          WHERE %s != %s
        );\
        """,
        names(""),
        names("df_staged."),
        inTarget(),
        rows.of("    ", keysAndPartition()),
        target,
        merge.sameKeys(MergeStatement.TARGET, MergeStatement.STAGED),
        inTarget(),
        staged(MergeStatement.STAGED));
  }

  private String loop() {
    return String.format(
        Locale.ROOT,
        """
        FOR df_chunk IN (
        %s
        ) DO
          SET bytes_merge = bytes_merge - @@script.bytes_processed;
          EXECUTE IMMEDIATE CONCAT(%s, df_chunk.chosen_rows, %s, df_chunk.partitions, %s);
          SET updated = updated + IFNULL(@@row_count, 0);
          SET bytes_merge = bytes_merge + @@script.bytes_processed;
        END FOR;\
        """,
        chunks(),
        Sql.text(merge.beforeChoice()),
        Sql.text(merge.beforeCondition() + "\nAND ("),
        Sql.text(")" + merge.afterCondition()));
  }

  private String chunks() {
    String names = "to_low, to_high, home_low, home_high";
    return String.format(
        Locale.ROOT,
        """
          WITH
          df_moves AS (
        %s
          ),
          df_touched AS (
            SELECT number, DIV(ROW_NUMBER() OVER (ORDER BY number) - 1, IF(COUNT(*) OVER () > %d, %d, %d)) AS block
            FROM (SELECT goes_to AS number FROM df_moves UNION DISTINCT SELECT was_in FROM df_moves)
          ),
          df_blocks AS (
            SELECT number, MIN(number) OVER (PARTITION BY block) AS low, MAX(number) OVER (PARTITION BY block) AS high
            FROM df_touched
          ),
          df_chunks AS (
            SELECT DISTINCT goes.low AS to_low, goes.high AS to_high, home.low AS home_low, home.high AS home_high, number
            FROM df_moves
            JOIN df_blocks AS goes ON goes.number = df_moves.goes_to
            JOIN df_blocks AS home ON home.number = df_moves.home
            CROSS JOIN UNNEST([df_moves.goes_to, df_moves.was_in]) AS number
          ),
          df_gaps AS (
            SELECT *, number - LAG(number) OVER (PARTITION BY to_low, home_low ORDER BY number) AS gap
            FROM df_chunks
          ),
          df_cuts AS (
            SELECT *, IF(gap > 1 AND ROW_NUMBER() OVER (PARTITION BY to_low, home_low ORDER BY gap DESC) < %d, 1, 0) AS cut
            FROM df_gaps
          ),
          df_runs AS (
            SELECT *, SUM(cut) OVER (PARTITION BY to_low, home_low ORDER BY number) AS run
            FROM df_cuts
          ),
          df_ranges AS (
            SELECT %s, MIN(number) AS low, MAX(number) AS high
            FROM df_runs
            GROUP BY %s, run
          ),
          df_conditions AS (
            SELECT %s, STRING_AGG(%s, ' OR ' ORDER BY low) AS partitions
            FROM df_ranges
            GROUP BY %s
          )
          SELECT IF(COUNT(*) OVER () = 1, '', %s) AS chosen_rows, partitions
          FROM df_conditions
          ORDER BY to_low, home_low\
        """,
        moves(),
        MOST_PER_STATEMENT,
        MOST_PER_STATEMENT / 2,
        MOST_PER_STATEMENT,
        MOST_RANGES,
        names,
        names,
        names,
        partitioning.condition(
            MergeStatement.TARGET + "." + Sql.name(partitioning.column()), "low", "high"),
        names,
        choice());
  }

  /** Which partitions rows go to, and which ones they come from. */
  private String moves() {
    String staged = staged(MergeStatement.STAGED);
    String from =
        String.format(
            Locale.ROOT,
            "    FROM (\n%s\n    ) AS df_staged",
            rows.of("      ", keysAndPartition()));
    return looksUp
        ? String.format(
            Locale.ROOT,
            "    SELECT DISTINCT\n"
                + "      %s AS goes_to,\n"
                + "      IFNULL(df_elsewhere.home, %s) AS home,\n"
                + "      IFNULL(df_elsewhere.was_in, %s) AS was_in\n"
                + "%s\n"
                + "    LEFT JOIN df_elsewhere ON %s",
            staged,
            staged,
            staged,
            from,
            sameKeys("df_elsewhere", MergeStatement.STAGED))
        : String.format(
            Locale.ROOT,
            "    SELECT DISTINCT %s AS goes_to, %s AS home, %s AS was_in\n%s",
            staged,
            staged,
            staged,
            from);
  }

  /** A STRING expression: chooses the staged rows of one chunk of several. */
  private String choice() {
    String goesTo = staged(MergeStatement.ROW);
    if (!looksUp) {
      return "CONCAT("
          + Sql.string("\n  WHERE " + goesTo + " BETWEEN ")
          + ", CAST(to_low AS STRING), ' AND ', CAST(to_high AS STRING))";
    }
    String join =
        "\n  LEFT JOIN (SELECT DISTINCT "
            + names("")
            + ", home FROM df_elsewhere) AS df_elsewhere ON "
            + sameKeys("df_elsewhere", MergeStatement.ROW)
            + "\n  WHERE "
            + goesTo
            + " BETWEEN ";
    return "CONCAT("
        + Sql.string(join)
        + ", CAST(to_low AS STRING), ' AND ', CAST(to_high AS STRING), "
        + Sql.string(" AND IFNULL(df_elsewhere.home, " + goesTo + ") BETWEEN ")
        + ", CAST(home_low AS STRING), ' AND ', CAST(home_high AS STRING))";
  }

  private List<Column> keysAndPartition() {
    List<Column> columns = new ArrayList<>(keys);
    plan.column(partitioning.column()).filter(c -> !keys.contains(c)).ifPresent(columns::add);
    return columns;
  }

  /** The number of the partition that a row of the target is in. */
  private String inTarget() {
    return partitioning.number(MergeStatement.TARGET + "." + Sql.name(partitioning.column()));
  }

  /**
   * The number of the partition that a staged row goes to when it is new; where the source lacks
   * the column, a row that is there stays where it is.
   */
  private String staged(String alias) {
    return plan.column(partitioning.column())
        .map(c -> partitioning.number(alias + "." + c.loadName()))
        .orElse(String.valueOf(Partitioning.NULLS));
  }

  private String names(String prefix) {
    return keys.stream().map(k -> prefix + k.loadName()).collect(Collectors.joining(", "));
  }

  private String sameKeys(String one, String other) {
    return keys.stream()
        .map(k -> one + "." + k.loadName() + " = " + other + "." + k.loadName())
        .collect(Collectors.joining(" AND "));
  }
}
