package io.deltaflow.internal;

import io.deltaflow.destination.Destination;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.transform.AggregateCheck;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/** The job graph of a run. Its elements are splits and results, not rows. */
final class SyncGraph {
  private SyncGraph() {}

  /**
   * @param serverSide the query that gives the rows in place of splits; null when there is none
   */
  record Parts(
      Destination destination,
      RunPlan plan,
      List<SourceRead> reads,
      List<PlannedSchema> schemas,
      List<Integer> splitsBySource,
      List<AggregateCheck> checks,
      Set<String> rounded,
      BadRowPolicy badRows,
      SecretFile secrets,
      ServerSideRead serverSide,
      ReportBasis basis) {}

  static void build(Pipeline pipeline, RunLayout layout, Parts parts) {
    PCollectionView<Iterable<SplitResult>> results =
        splits(
                pipeline,
                "Plan",
                layout.plan(),
                parts.splitsBySource.stream().mapToInt(Integer::intValue).sum())
            .apply(
                "Extract",
                ParDo.of(
                    new ExtractFn(
                        parts.reads,
                        parts.plan,
                        parts.rounded,
                        parts.badRows,
                        layout.files(),
                        parts.secrets)))
            .setCoder(SerializableCoder.of(SplitResult.class))
            .apply("Gather", View.asIterable());
    // A side input, since a grouping over the results would not fire when there are none.
    pipeline
        .apply("Run", Impulse.create())
        .apply(
            "Publish",
            ParDo.of(
                    new PublishFn(
                        parts.destination,
                        parts.plan,
                        new RefusedLetters(
                            parts.plan, layout, parts.reads, parts.secrets, parts.badRows),
                        parts.schemas,
                        parts.splitsBySource,
                        parts.serverSide,
                        parts.checks,
                        parts.basis,
                        results))
                .withSideInputs(results))
        .setCoder(StringUtf8Coder.of());
  }

  /** The splits of a plan, spread over the workers; a single one needs no spreading. */
  static PCollection<SplitTask> splits(
      Pipeline pipeline, String name, String planPath, int splits) {
    PCollection<SplitTask> tasks =
        pipeline
            .apply(name, Impulse.create())
            .apply(name + "/Splits", ParDo.of(new ReadPlanFn(planPath)))
            .setCoder(SerializableCoder.of(SplitTask.class));
    return splits > 1 ? tasks.apply(name + "/Spread", Reshuffle.viaRandomKey()) : tasks;
  }
}
