package io.deltaflow;

import io.deltaflow.internal.Adopt;
import io.deltaflow.internal.DryRun;
import io.deltaflow.internal.Launch;
import io.deltaflow.internal.Replay;
import io.deltaflow.internal.Reset;
import io.deltaflow.internal.Verify;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/** The library's front door. */
public final class DeltaFlow {
  private DeltaFlow() {}

  /**
   * Plans a run, creates the destination's tables where they are absent, and submits the pipeline.
   * Called on the launcher; contacts source, destination and the temporary location; does not wait
   * for the run (a runner that runs in this process may, by its own options).
   *
   * @throws io.deltaflow.spi.error.DeltaFlowException typed by who can act; then nothing that a
   *     reader of the destination can see has changed
   * @throws ConfigurationException before anything is contacted when {@code dry_run} is given: that
   *     is what {@link #plan} is for
   */
  public static SyncRun launch(SyncSpec spec, PipelineOptions options) {
    refuseDryRun(spec, "launch a run");
    return new Launch(
            spec.options(), spec.namedSources(), spec.destination(), spec.secrets(), options)
        .run();
  }

  /**
   * What {@link #launch} would do now, without doing it: reads from source, destination and the
   * temporary location, runs queries of the destination that change nothing, and leaves nothing
   * behind. Called on the launcher. {@code dry_run} may be given or not.
   *
   * @throws io.deltaflow.spi.error.DeltaFlowException where {@code launch} would throw, or its run
   *     would fail as far as that can be told, with the same message
   */
  public static SyncPlan plan(SyncSpec spec, PipelineOptions options) {
    return new DryRun(
            spec.options(), spec.namedSources(), spec.destination(), spec.secrets(), options)
        .plan();
  }

  /**
   * Publishes rows that earlier runs of a sync kept out as dead letters: through the same
   * transformations and checks, in a run of their own that moves no watermark, each once. Called on
   * the launcher, like {@link #launch}.
   *
   * @param spec of the sync, with WRITE_MERGE or WRITE_APPEND
   * @param onlyRun the run that kept the rows out; empty for all of the sync's
   * @param uncorrected whether rows are published too whose {@code corrected_row} nobody has filled
   * @throws io.deltaflow.spi.error.ConfigurationException when there is nothing to replay
   */
  public static SyncRun replay(
      SyncSpec spec, Optional<String> onlyRun, boolean uncorrected, PipelineOptions options) {
    refuseDryRun(spec, "replay dead letters");
    return new Replay(
            spec.options(), spec.namedSources(), spec.destination(), spec.secrets(), options)
        .run(onlyRun, uncorrected);
  }

  /**
   * Reads all rows of the source and of the destination, in this process, and sums both up. They
   * are equal when the source is at rest and every row was synced.
   */
  public static Proof verify(SyncSpec spec, PipelineOptions options) {
    return new Verify(
            spec.options(), spec.namedSources(), spec.destination(), spec.secrets(), options)
        .run();
  }

  /**
   * What runs and commands of all syncs did to a destination, the newest first. Contacts the
   * destination only; changes nothing.
   *
   * @param limit how many at most, 1 or more
   * @return empty when no run of any sync was ever launched into it
   */
  public static Optional<List<LedgerEntry>> runs(
      DestinationSpec spec, PipelineOptions options, int limit) {
    return spec.destination().ledger(limit, options);
  }

  /**
   * Removes a sync's watermark and advances its epoch, in one commit with a row of the ledger: the
   * next run begins anew, and a run that was planned before publishes nothing. Contacts the
   * destination only.
   *
   * @throws io.deltaflow.spi.error.ConfigurationException when the sync has never published there
   * @throws io.deltaflow.spi.error.StaleRunException when a run published meanwhile; then nothing
   *     was changed
   */
  public static ResetReport reset(DestinationSpec spec, PipelineOptions options) {
    refuse(spec.dryRun(), "reset the sync");
    String syncId =
        spec.syncId()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "--sync_id is required: which of the syncs into "
                            + spec.destination().description()
                            + " to reset"));
    return new Reset(spec.destination(), options).run(syncId);
  }

  /**
   * The same for the sync of a run's configuration. Without a {@code sync_id} the source is
   * contacted too, since its server may have to say what its table is called.
   */
  public static ResetReport reset(SyncSpec spec, PipelineOptions options) {
    refuseDryRun(spec, "reset the sync");
    return new Reset(spec.destination(), options)
        .run(spec.options(), spec.namedSources(), spec.secrets());
  }

  /**
   * Sets a sync's watermark behind the largest cursor of the destination: the caller vouches that
   * the table holds every row of the source up to there. Contacts source and destination.
   *
   * @throws io.deltaflow.spi.error.ConfigurationException when there is nothing to adopt, a
   *     watermark already, rows of other syncs, or when rows below that position may still come
   * @throws io.deltaflow.spi.error.StaleRunException when a run published meanwhile; then nothing
   *     was changed
   */
  public static AdoptReport adopt(SyncSpec spec, PipelineOptions options) {
    return adopting(spec, options).run(Optional.empty());
  }

  /**
   * Sets a sync's watermark: the caller vouches that the table holds every row of the source below
   * it. Otherwise like {@link #adopt(SyncSpec, PipelineOptions)}.
   *
   * @param position in the cursor's own form: a timestamp with its zone, a local timestamp, a date
   *     or a whole number
   */
  public static AdoptReport adopt(SyncSpec spec, String position, PipelineOptions options) {
    return adopting(spec, options).run(Optional.of(position));
  }

  /** Whoever asks for a dry run must not find that something was done. */
  private static void refuseDryRun(SyncSpec spec, String what) {
    refuse(spec.options().get(SyncOptions.DRY_RUN), what);
  }

  private static void refuse(boolean dryRun, String what) {
    if (dryRun) {
      throw new ConfigurationException(
          "--dry_run=true asks for a plan only, and this would "
              + what
              + "; leave it out, or call for the plan (./deltaflow plan, DeltaFlow.plan)");
    }
  }

  private static Adopt adopting(SyncSpec spec, PipelineOptions options) {
    refuseDryRun(spec, "adopt the table");
    return new Adopt(
        spec.options(), spec.namedSources(), spec.destination(), spec.secrets(), options);
  }

  /**
   * Rows of a source for a pipeline of one's own, read from the same splits in the same way.
   *
   * @param connector its name, such as {@code values}
   * @param options of the connector, by name without prefix
   */
  public static Read read(String connector, Map<String, String> options) {
    return new Read(ConfiguredSource.of(OptionCatalog.discover().connector(connector), options));
  }
}
