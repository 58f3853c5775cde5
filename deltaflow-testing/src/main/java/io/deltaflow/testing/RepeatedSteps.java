package io.deltaflow.testing;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.AppliedPTransform;
import org.apache.beam.sdk.runners.PTransformOverride;
import org.apache.beam.sdk.runners.PTransformOverrideFactory;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PTransformReplacements;
import org.apache.beam.sdk.util.construction.ReplacementOutputs;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;

/** Puts a {@link RepeatedFn} in the place of each of DeltaFlow's functions in a pipeline. */
final class RepeatedSteps {
  private static final String OURS = "io.deltaflow.";

  private RepeatedSteps() {}

  static void in(Pipeline pipeline, RepeatedFn.Order order) {
    pipeline.replaceAll(
        List.of(PTransformOverride.of(RepeatedSteps::isOurs, new Repeated<Object, Object>(order))));
  }

  private static boolean isOurs(AppliedPTransform<?, ?, ?> step) {
    return step.getTransform() instanceof ParDo.MultiOutput<?, ?> parDo
        && parDo.getFn().getClass().getName().startsWith(OURS)
        && !(parDo.getFn() instanceof RepeatedFn);
  }

  private record Repeated<InputT, OutputT>(RepeatedFn.Order order)
      implements PTransformOverrideFactory<
          PCollection<? extends InputT>, PCollectionTuple, ParDo.MultiOutput<InputT, OutputT>> {
    @Override
    public PTransformReplacement<PCollection<? extends InputT>, PCollectionTuple>
        getReplacementTransform(
            AppliedPTransform<
                    PCollection<? extends InputT>,
                    PCollectionTuple,
                    ParDo.MultiOutput<InputT, OutputT>>
                step) {
      ParDo.MultiOutput<InputT, OutputT> parDo = step.getTransform();
      return PTransformReplacement.of(
          PTransformReplacements.getSingletonMainInput(step),
          ParDo.of(new RepeatedFn<>(parDo.getFn(), order))
              .withSideInputs(parDo.getSideInputs())
              .withOutputTags(parDo.getMainOutputTag(), parDo.getAdditionalOutputTags()));
    }

    @Override
    public Map<PCollection<?>, ReplacementOutput> mapOutputs(
        Map<TupleTag<?>, PCollection<?>> outputs, PCollectionTuple newOutput) {
      return ReplacementOutputs.tagged(outputs, newOutput);
    }
  }
}
