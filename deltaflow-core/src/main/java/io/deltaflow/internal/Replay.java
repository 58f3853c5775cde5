package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncRun;
import io.deltaflow.destination.DeadLetter;
import io.deltaflow.destination.DeadLetterClaim;
import io.deltaflow.destination.DeadLetterPlan;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;

/** Publishes rows that earlier runs kept out, in a run of their own that moves no watermark. */
public final class Replay {
  private final ConnectorConfig options;
  private final List<NamedSource> named;
  private final Destination destination;
  private final Map<String, String> secrets;
  private final PipelineOptions pipeline;

  public Replay(
      ConnectorConfig options,
      List<NamedSource> sources,
      Destination destination,
      Map<String, String> secrets,
      PipelineOptions pipeline) {
    this.options = options;
    this.named = sources;
    this.destination = destination;
    this.secrets = secrets;
    this.pipeline = pipeline;
  }

  /**
   * Launches the run.
   *
   * @param onlyRun the run that kept the rows out; empty for all
   * @param uncorrected whether rows are wanted too that nobody has corrected
   */
  public SyncRun run(Optional<String> onlyRun, boolean uncorrected) {
    check();
    FileSystems.setDefaultPipelineOptions(pipeline);
    RunLayout layout = RunLayout.create(RunPlanner.tempLocation(pipeline), MachineClock.now());
    String syncId =
        DetectedSources.detect(options, named, LauncherContext.of(secrets, pipeline))
            .syncId(destination);
    DeadLetterPlan table = RunPlanner.deadLetterPlan(options);
    List<DeadLetter> letters =
        destination.claim(
            table, new DeadLetterClaim(layout.runId(), syncId, onlyRun, uncorrected), pipeline);
    if (letters.isEmpty()) {
      throw new ConfigurationException(nothing(syncId, onlyRun, uncorrected));
    }
    List<NamedSource> sources = new ArrayList<>();
    int found = 0;
    for (NamedSource source : named) {
      List<DeadLetter> own =
          letters.stream().filter(l -> l.source().equals(source.source().description())).toList();
      String path = layout.folder() + "letters-" + sources.size() + ".json";
      write(path, own);
      sources.add(
          new NamedSource(source.name(), new LettersSource(source.source(), path, own.size())));
      found += own.size();
    }
    if (found < letters.size()) {
      throw new ConfigurationException(
          "dead letters of "
              + letters.stream()
                  .map(DeadLetter::source)
                  .distinct()
                  .collect(Collectors.joining(", "))
              + " were found, and this configuration reads "
              + named.stream().map(s -> s.source().description()).collect(Collectors.joining(", "))
              + "; replay them with the flags of the run that kept them out");
    }
    return new Launch(options, sources, destination, secrets, pipeline)
        .replaying(layout, syncId, letters.size())
        .run();
  }

  private void check() {
    WriteDisposition disposition = options.get(SyncOptions.WRITE_DISPOSITION);
    boolean adds =
        disposition == WriteDisposition.WRITE_APPEND || disposition == WriteDisposition.WRITE_MERGE;
    if (!adds || options.get(SyncOptions.DELETE_EXISTING_TABLE)) {
      throw new ConfigurationException(
          "a replay adds rows to the table, with --write_disposition=WRITE_MERGE or WRITE_APPEND; "
              + (adds ? "--delete_existing_table=true" : disposition)
              + " would replace the others");
    }
  }

  private String nothing(String syncId, Optional<String> onlyRun, boolean uncorrected) {
    return "there is nothing to replay: no dead letter of the sync '"
        + syncId
        + "'"
        + onlyRun.map(r -> " and the run " + r).orElse("")
        + " waits"
        + (uncorrected
            ? ""
            : " with a corrected_row; fill that column, or give --uncorrected for the rows as they"
                + " are");
  }

  private static void write(String path, List<DeadLetter> letters) {
    String lines = letters.stream().map(DeadLetter::row).collect(Collectors.joining("\n"));
    try {
      RunFiles.write(path, lines.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw RunFileException.written(path, e);
    }
  }
}
