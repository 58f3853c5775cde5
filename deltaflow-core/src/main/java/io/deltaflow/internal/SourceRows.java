package io.deltaflow.internal;

import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/** A source's rows as a collection, for pipelines that people write themselves. */
public final class SourceRows {
  private static final TupleTag<Row> ROWS = new TupleTag<>() {};
  private static final TupleTag<Integer> DONE = new TupleTag<>() {};

  private SourceRows() {}

  /** Detects and plans now, on the launcher. */
  public static PCollection<Row> read(
      PBegin input, Source source, Map<String, String> secretsByFlag) {
    Pipeline pipeline = input.getPipeline();
    PipelineOptions options = pipeline.getOptions();
    if (options.getTempLocation() == null) {
      throw new ConfigurationException(
          "--tempLocation is required: the read's plan is kept below it");
    }
    FileSystems.setDefaultPipelineOptions(options);
    LauncherContext context = LauncherContext.of(secretsByFlag, options);
    ReadRequest request = ReadRequest.of(source.schemaDetector(context).detect().schema());
    RunLayout layout = RunLayout.create(options.getTempLocation(), MachineClock.now());
    List<Split> splits = source.split(request, context);
    SplitPlan.write(layout.plan(), List.of(splits));
    SecretFile secrets = SecretFile.write(layout.secrets(), context.forWorkers());

    PCollectionTuple outputs =
        SyncGraph.splits(pipeline, "Plan " + layout.runId(), layout.plan(), splits.size())
            .apply(
                "Read " + layout.runId(),
                ParDo.of(new ReadFn(SourceRead.alone(source, request), secrets))
                    .withOutputTags(ROWS, TupleTagList.of(DONE)));
    PCollectionView<Iterable<Integer>> done =
        outputs
            .get(DONE)
            .setCoder(VarIntCoder.of())
            .apply("Done " + layout.runId(), View.asIterable());
    pipeline
        .apply("Run " + layout.runId(), Create.of(layout.folder()).withCoder(StringUtf8Coder.of()))
        .apply("Clean up " + layout.runId(), ParDo.of(new CleanUpFn()).withSideInputs(done));
    return outputs.get(ROWS).setRowSchema(request.schema());
  }

  private static final class ReadFn extends DoFn<SplitTask, Row> {
    private static final long serialVersionUID = 1L;
    private final SourceRead read;
    private final SecretFile secrets;

    ReadFn(SourceRead read, SecretFile secrets) {
      this.read = read;
      this.secrets = secrets;
    }

    @ProcessElement
    public void process(@Element SplitTask task, MultiOutputReceiver out, PipelineOptions options)
        throws IOException {
      try (RowReader reader =
          read.source().open(task.split(), read.request(), new WorkerContext(secrets, options))) {
        while (reader.advance()) {
          out.get(ROWS).output(reader.row());
        }
      }
      out.get(DONE).output(task.index());
    }
  }

  /** Waits, by its side input, for the last split. */
  private static final class CleanUpFn extends DoFn<String, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String folder) throws IOException {
      RunFiles.deleteFolder(folder, "");
    }
  }
}
