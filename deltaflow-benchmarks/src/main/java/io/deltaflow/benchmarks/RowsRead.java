package io.deltaflow.benchmarks;

import io.deltaflow.DeltaFlow;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.Row;

/** The library: {@code DeltaFlow.read} into a step that counts, by any runner on the class path. */
final class RowsRead {
  private RowsRead() {}

  /** Port, user, password, table, temporary folder, then Beam's options. */
  public static void main(String[] args) throws Exception {
    Map<String, String> source = new TreeMap<>();
    source.put("host", "127.0.0.1");
    source.put("port", args[0]);
    source.put("username", args[1]);
    source.put("password", args[2]);
    source.put("database", OrdersTable.DATABASE);
    source.put("table", args[3]);
    String[] beam = Arrays.copyOfRange(args, 5, args.length);
    PipelineOptions options = PipelineOptionsFactory.fromArgs(beam).create();
    options.setTempLocation(args[4]);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Read", DeltaFlow.read("postgresql", source))
        .apply("Count", ParDo.of(new CountFn()));

    long started = System.nanoTime();
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    Figures.of(CountFn.count(result), (System.nanoTime() - started) / 1e9).print();
    System.exit(0);
  }

  private static final class CountFn extends DoFn<Row, Void> {
    private static final long serialVersionUID = 1L;
    private final Counter rows = Metrics.counter("benchmark", "rows");

    @ProcessElement
    public void process(@Element Row row) {
      rows.inc();
    }

    static long count(PipelineResult result) {
      MetricsFilter filter =
          MetricsFilter.builder()
              .addNameFilter(MetricNameFilter.named("benchmark", "rows"))
              .build();
      return result.metrics().queryMetrics(filter).getCounters().iterator().next().getAttempted();
    }
  }
}
