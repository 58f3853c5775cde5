package io.deltaflow.destination;

import io.deltaflow.LedgerEntry;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.error.InternalException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;

/**
 * One table that a sync keeps. Serializable; holds configuration only. A run calls, in this order:
 * on the launcher {@link #inspect}, {@link #plan}, {@link #create}; on one worker, possibly several
 * times and twice at once, {@link #stage}, {@link #verify}, {@link #publish}, {@link #cleanUp}.
 * Every step may be repeated after a crash with the same plan and comes to the same end.
 */
public interface Destination extends java.io.Serializable {
  /** For messages and the report: {@code bigquery project.dataset.table}. */
  String description();

  /** Stable: part of the default {@code sync_id}. */
  String identity();

  /**
   * What is there: the table and this sync's state. Launcher; changes nothing.
   *
   * @throws io.deltaflow.spi.error.ConfigurationException when the dataset or project does not
   *     exist
   * @throws io.deltaflow.spi.error.DestinationException for any other failure; «not found» is the
   *     only empty answer
   */
  TargetState inspect(String syncId, PipelineOptions options);

  /**
   * The largest value of a column of the existing table, for taking over a table without state.
   * Launcher.
   */
  Optional<CursorPosition> maximum(String column, CursorKind kind, PipelineOptions options);

  /**
   * Fits the detected schema to the table that is there or to be created. Launcher; changes
   * nothing.
   *
   * @throws io.deltaflow.spi.error.ConfigurationException with everything that does not fit
   */
  TargetPlan plan(TargetRequest request, PipelineOptions options);

  /**
   * What a run would do, and whether {@link #create} would refuse it. Launcher; changes nothing,
   * creates nothing.
   *
   * @throws io.deltaflow.spi.error.DeltaFlowException as the run would
   */
  default RunForecast forecast(RunPlan plan, ExpectedRows rows, PipelineOptions options) {
    throw new InternalException(description() + " forecasts no runs");
  }

  /** Creates state, ledger and target where they are absent. Launcher; idempotent. */
  void create(RunPlan plan, PipelineOptions options);

  /**
   * Adds rows to the plan's table of dead letters, which {@link #create} has made: durably, before
   * any publish, and once however often it is called. Worker.
   *
   * @param batch letters and underscores; of the calls of a run for other rows each has another
   * @param files in the columns of {@link DeadLetterTable}; never empty
   * @return the table, in the destination's own notation
   */
  String keep(RunPlan plan, String batch, List<LoadFile> files, PipelineOptions options);

  /**
   * Marks dead letters for a run that is to publish them, which {@link #publish} does only if all
   * are its own still. Launcher.
   */
  List<DeadLetter> claim(DeadLetterPlan letters, DeadLetterClaim claim, PipelineOptions options);

  /** Loads exactly these files into staging tables that expire. {@code files} is never empty. */
  Staging stage(RunPlan plan, List<LoadFile> files, PipelineOptions options);

  /**
   * Loads these files but for rows that the destination itself refuses, which it finds, always the
   * same ones. A destination that refuses no rows, or cannot tell which, need not.
   *
   * @param most how many rows may be refused
   * @param parts makes files of those that hold such rows
   * @return with the rows that were refused
   * @throws io.deltaflow.spi.error.RefusedRunException when there are more
   */
  default Staging stage(
      RunPlan plan, List<LoadFile> files, long most, LoadFiles parts, PipelineOptions options) {
    return stage(plan, files, options);
  }

  /**
   * Whether this destination can run a query of a source and take its rows as they are, none of
   * which then passes a worker. Launcher; contacts nothing.
   *
   * @param fields of the query's rows, in order
   */
  default boolean canRun(ServerSideRead read, Schema fields, TargetPlan target) {
    return false;
  }

  /**
   * Runs a query that {@link #canRun} accepted into a staging table that expires, in place of load
   * files.
   *
   * @return with the rows that the query gave, by the word of its job
   */
  default Staging stage(RunPlan plan, ServerSideRead read, PipelineOptions options) {
    throw new InternalException(description() + " runs no queries of sources");
  }

  /**
   * Compares what was read with what was staged.
   *
   * @return staging, with what the publish needs to know of its rows
   * @throws io.deltaflow.spi.error.DestinationException when a row is missing or too many
   * @throws io.deltaflow.spi.error.RefusedRunException when the rows cannot be published for good
   */
  Staging verify(RunPlan plan, Staging staging, PipelineOptions options);

  /**
   * How many combinations of values, NULL not among them, more than one staged row has. Worker.
   *
   * @param fields of the plan's columns
   */
  long countRepeated(RunPlan plan, Staging staging, List<String> fields, PipelineOptions options);

  /**
   * How old the newest value of a field of time or date will be once the run is published, by the
   * destination's clock and in UTC; empty when there is none. Worker; may read the whole column.
   */
  Optional<Duration> age(RunPlan plan, Staging staging, String field, PipelineOptions options);

  /**
   * Makes rows, watermarks, epoch and ledger visible in one atomic commit, or nothing. A run that
   * has published already gets its own outcome again.
   *
   * @throws io.deltaflow.spi.error.StaleRunException when another run of this sync published since
   *     the plan was made
   */
  PublishOutcome publish(Publication publication, PipelineOptions options);

  /**
   * The outcome of this run when it has committed; asked after a failure whose effect is not known.
   */
  Optional<PublishOutcome> published(RunPlan plan, PipelineOptions options);

  /**
   * Keeps for people that this run came to its publish and changed nothing; repeating it adds
   * nothing. Worker; what it could not record is lost, so callers go on when it throws.
   *
   * @param detail why; never a secret
   */
  void recordRefusal(RunPlan plan, long rowsRead, String detail, PipelineOptions options);

  /**
   * Drops staging; failures are reported as warnings in the answer, since staging expires by
   * itself.
   */
  List<String> cleanUp(RunPlan plan, Staging staging, PipelineOptions options);

  /**
   * What runs and commands of all syncs did to the target, the newest first. Launcher; changes
   * nothing.
   *
   * @param limit how many at most
   * @return empty when there is no ledger
   */
  Optional<List<LedgerEntry>> ledger(int limit, PipelineOptions options);

  /** The ids of the syncs that have published into the target. Launcher; changes nothing. */
  List<String> syncs(PipelineOptions options);

  /**
   * Changes watermarks, advances the epoch and writes the ledger in one atomic commit, or nothing.
   * Launcher.
   *
   * @throws io.deltaflow.spi.error.StaleRunException when the state has another epoch by now
   */
  void change(WatermarkChange change, PipelineOptions options);

  /** All rows of the target, values of {@link TargetPlan#columns} in order; for proofs. */
  DirectReader rows(TargetPlan plan, PipelineOptions options);
}
