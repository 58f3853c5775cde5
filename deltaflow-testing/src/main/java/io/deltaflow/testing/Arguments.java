package io.deltaflow.testing;

import java.util.Collection;
import java.util.function.Consumer;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/** What a function is given when it processes an element for a {@link RepeatedFn}. */
final class Arguments<InputT, OutputT> extends DoFnInvoker.BaseArgumentProvider<InputT, OutputT> {
  private final DoFn<InputT, OutputT>.ProcessContext outer;
  private final Consumer<OutputT> outputs;

  /**
   * @param outer context of the function that repeats
   * @param outputs takes what the function outputs
   */
  Arguments(DoFn<InputT, OutputT>.ProcessContext outer, Consumer<OutputT> outputs) {
    this.outer = outer;
    this.outputs = outputs;
  }

  @Override
  public InputT element(DoFn<InputT, OutputT> fn) {
    return outer.element();
  }

  @Override
  public DoFn<InputT, OutputT>.ProcessContext processContext(DoFn<InputT, OutputT> fn) {
    return new Context(fn);
  }

  @Override
  public DoFn.OutputReceiver<OutputT> outputReceiver(DoFn<InputT, OutputT> fn) {
    return value ->
        WindowedValues.<OutputT>builder()
            .setValue(value)
            .setTimestamp(outer.timestamp())
            .setWindow(GlobalWindow.INSTANCE)
            .setPaneInfo(outer.pane())
            .setReceiver(v -> outputs.accept(v.getValue()));
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return outer.getPipelineOptions();
  }

  @Override
  public String getErrorContext() {
    return "a repeated function";
  }

  /** Outputs to the main output only, in the element's own window. */
  private final class Context extends DoFn<InputT, OutputT>.ProcessContext {
    Context(DoFn<InputT, OutputT> fn) {
      fn.super();
    }

    @Override
    public InputT element() {
      return outer.element();
    }

    @Override
    public <T> T sideInput(PCollectionView<T> view) {
      // The other copy may ask at the same time.
      synchronized (outer) {
        return outer.sideInput(view);
      }
    }

    @Override
    public Instant timestamp() {
      return outer.timestamp();
    }

    @Override
    public PaneInfo pane() {
      return outer.pane();
    }

    @Override
    public String currentRecordId() {
      return outer.currentRecordId();
    }

    @Override
    public Long currentRecordOffset() {
      return outer.currentRecordOffset();
    }

    @Override
    public CausedByDrain causedByDrain() {
      return outer.causedByDrain();
    }

    @Override
    public PipelineOptions getPipelineOptions() {
      return outer.getPipelineOptions();
    }

    @Override
    public void output(OutputT value) {
      outputs.accept(value);
    }

    @Override
    public void outputWithTimestamp(OutputT value, Instant timestamp) {
      throw unsupported();
    }

    @Override
    public void outputWindowedValue(
        OutputT value,
        Instant timestamp,
        Collection<? extends BoundedWindow> windows,
        PaneInfo pane) {
      throw unsupported();
    }

    @Override
    public <T> void output(TupleTag<T> tag, T value) {
      throw unsupported();
    }

    @Override
    public <T> void outputWithTimestamp(TupleTag<T> tag, T value, Instant timestamp) {
      throw unsupported();
    }

    @Override
    public <T> void outputWindowedValue(
        TupleTag<T> tag,
        T value,
        Instant timestamp,
        Collection<? extends BoundedWindow> windows,
        PaneInfo pane) {
      throw unsupported();
    }

    @Override
    public <T> void outputWindowedValue(TupleTag<T> tag, WindowedValue<T> value) {
      throw unsupported();
    }

    @Override
    public void outputWindowedValue(WindowedValue<OutputT> value) {
      throw unsupported();
    }

    private UnsupportedOperationException unsupported() {
      return new UnsupportedOperationException(
          "a repeated function outputs to its main output, in the element's window");
    }
  }
}
