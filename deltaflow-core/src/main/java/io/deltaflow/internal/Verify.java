package io.deltaflow.internal;

import io.deltaflow.Proof;
import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.ValuePolicy;
import io.deltaflow.TableDigest;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;

/** Reads source and destination whole, through the same readers as a sync, and sums both up. */
public final class Verify {
  private final ConnectorConfig options;
  private final List<NamedSource> named;
  private final Destination destination;
  private final SourceContext context;
  private final PipelineOptions pipelineOptions;
  private BadRowPolicy badRows;

  public Verify(
      ConnectorConfig options,
      List<NamedSource> sources,
      Destination destination,
      Map<String, String> secrets,
      PipelineOptions pipelineOptions) {
    this.options = options;
    this.named = sources;
    this.destination = destination;
    this.context = LauncherContext.of(secrets, pipelineOptions);
    this.pipelineOptions = pipelineOptions;
  }

  public Proof run() {
    FileSystems.setDefaultPipelineOptions(pipelineOptions);
    ValuePolicies policies = ValuePolicies.of(options);
    DetectedSources sources = DetectedSources.detect(options, named, context);
    Set<String> rounded = sources.fields(policies, ValuePolicy.ROUND);
    badRows = BadRowPolicy.of(options, policies, sources);
    DetectedSchema schema = sources.schema();
    TargetPlan target =
        destination.plan(
            new TargetRequest(
                schema,
                options.get(SyncOptions.WRITE_DISPOSITION),
                options.get(SyncOptions.CREATE_DISPOSITION),
                schema.primaryKey(),
                Optional.empty(),
                false,
                List.of(),
                options.get(SyncOptions.ENABLE_AUTO_SCHEMA),
                false,
                // A proof is of what is there, and changes nothing.
                SchemaEvolution.NONE,
                rounded),
            pipelineOptions);
    try {
      return new Proof(sources(sources, target.columns(), rounded), destination(target));
    } catch (IOException e) {
      throw new InternalException("source and destination could not be compared", e);
    }
  }

  private TableDigest sources(DetectedSources sources, List<Column> columns, Set<String> rounded)
      throws IOException {
    RowDigest digest = new RowDigest(columns, rounded);
    for (DetectedSource detected : sources.all()) {
      SourceRead read = sources.read(detected, Optional.empty());
      Source source = read.source();
      for (Split split : source.split(read.request(), context)) {
        try (RowReader reader = source.open(split, read.request(), context)) {
          RowSteps.Opened steps =
              read.steps() == null ? null : read.steps().open(detected.transformation());
          RowFeed feed = new RowFeed(reader, read, steps);
          while (next(feed, digest)) {
            // counted there
          }
        }
      }
    }
    return digest.finish();
  }

  /** Rows that runs keep out are not in the destination. */
  private boolean next(RowFeed feed, RowDigest digest) throws IOException {
    try {
      boolean found = feed.advanceInto(digest.startRow());
      if (found) {
        digest.addRow();
      }
      return found;
    } catch (BadValueException e) {
      if (!badRows.keeps(e)) {
        throw e;
      }
      return true;
    } catch (FailedRowException e) {
      return true;
    }
  }

  private TableDigest destination(TargetPlan target) throws IOException {
    RowDigest digest = new RowDigest(target.columns(), Set.of());
    try (DirectReader reader = destination.rows(target, pipelineOptions)) {
      while (reader.advanceInto(digest.startRow())) {
        digest.addRow();
      }
    }
    return digest.finish();
  }
}
