package io.deltaflow.testing;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Processes each element with two copies of another function and keeps the output of one. The
 * function may ask for its element, its context and a receiver of its main output; it is not given
 * state, timers or the ends of bundles.
 */
final class RepeatedFn<InputT, OutputT> extends DoFn<InputT, OutputT> {
  private static final long serialVersionUID = 1L;

  enum Order {
    /** The one whose output is kept comes second. */
    IN_TURN,
    /** On two threads. */
    AT_ONCE
  }

  private final DoFn<InputT, OutputT> kept;
  private final DoFn<InputT, OutputT> discarded;
  private final Order order;
  private transient DoFnInvoker<InputT, OutputT> keptInvoker;
  private transient DoFnInvoker<InputT, OutputT> discardedInvoker;

  RepeatedFn(DoFn<InputT, OutputT> fn, Order order) {
    this.kept = fn;
    this.discarded = SerializableUtils.clone(fn);
    this.order = order;
  }

  @Setup
  public void setUp(PipelineOptions options) {
    keptInvoker = DoFnInvokers.tryInvokeSetupFor(kept, options);
    discardedInvoker = DoFnInvokers.tryInvokeSetupFor(discarded, options);
  }

  @ProcessElement
  public void process(ProcessContext context) {
    Runnable first = () -> discardedInvoker.invokeProcessElement(new Arguments<>(context, v -> {}));
    if (order == Order.IN_TURN) {
      first.run();
      keptInvoker.invokeProcessElement(new Arguments<>(context, context::output));
      return;
    }
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(first, work -> new Thread(work, "discarded").start());
    try {
      keptInvoker.invokeProcessElement(new Arguments<>(context, context::output));
    } finally {
      join(other);
    }
  }

  private static void join(CompletableFuture<Void> other) {
    try {
      other.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  @Teardown
  public void tearDown() {
    keptInvoker.invokeTeardown();
    discardedInvoker.invokeTeardown();
  }

  @Override
  public TypeDescriptor<InputT> getInputTypeDescriptor() {
    return kept.getInputTypeDescriptor();
  }

  @Override
  public TypeDescriptor<OutputT> getOutputTypeDescriptor() {
    return kept.getOutputTypeDescriptor();
  }
}
