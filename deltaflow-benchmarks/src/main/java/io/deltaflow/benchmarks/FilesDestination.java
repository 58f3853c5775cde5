package io.deltaflow.benchmarks;

import io.deltaflow.LedgerEntry;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.DeadLetter;
import io.deltaflow.destination.DeadLetterClaim;
import io.deltaflow.destination.DeadLetterPlan;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.Publication;
import io.deltaflow.destination.PublishOutcome;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.destination.TargetRequest;
import io.deltaflow.destination.TargetState;
import io.deltaflow.destination.WatermarkChange;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.FieldTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Keeps the load files, and that is all. */
record FilesDestination(String folder) implements Destination {
  private static final long serialVersionUID = 1L;
  private static volatile long completeMillis;

  /** When the last file of this JVM's run was complete, in milliseconds since 1970. */
  static long completeMillis() {
    return completeMillis;
  }

  @Override
  public String description() {
    return "files " + folder;
  }

  @Override
  public String identity() {
    return "files:" + folder;
  }

  @Override
  public TargetState inspect(String syncId, PipelineOptions options) {
    return new TargetState(false, false, false, false, 0, Map.of());
  }

  @Override
  public Optional<CursorPosition> maximum(String column, CursorKind kind, PipelineOptions options) {
    return Optional.empty();
  }

  @Override
  public TargetPlan plan(TargetRequest request, PipelineOptions options) {
    return new Plan(columns(request.schema().schema()));
  }

  private static List<Column> columns(Schema schema) {
    List<Column> columns = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      ColumnType type = type(field.getType());
      boolean required = !type.repeated() && !FieldTypes.isNullable(field.getType());
      String name = field.getName();
      columns.add(new Column(name, name, name, type, required));
    }
    return columns;
  }

  private static ColumnType type(FieldType type) {
    return switch (FieldTypes.kind(type)) {
      case ARRAY -> type(type.getCollectionElementType()).asRepeated();
      case RECORD -> ColumnType.struct(columns(type.getRowSchema()));
      case NUMERIC ->
          FieldTypes.precision(type)
              .map(p -> ColumnType.numeric(p.precision(), p.scale()))
              .orElse(ColumnType.bigNumeric(76, 38));
      default -> ColumnType.of(ColumnType.Kind.valueOf(FieldTypes.kind(type).name()));
    };
  }

  @Override
  public void create(RunPlan plan, PipelineOptions options) {}

  @Override
  public String keep(RunPlan plan, String batch, List<LoadFile> files, PipelineOptions options) {
    throw new IllegalStateException("the rows of the benchmark all fit");
  }

  @Override
  public List<DeadLetter> claim(
      DeadLetterPlan letters, DeadLetterClaim claim, PipelineOptions options) {
    throw new UnsupportedOperationException("there are no dead letters");
  }

  @Override
  public Staging stage(RunPlan plan, List<LoadFile> files, PipelineOptions options) {
    long rows = 0;
    long bytes = 0;
    for (LoadFile file : files) {
      move(Path.of(file.path()));
      rows += file.rows();
      bytes += file.bytes();
    }
    return Staging.loaded(List.of(folder), rows, rows, bytes);
  }

  private void move(Path file) {
    try {
      completeMillis = Math.max(completeMillis, Files.getLastModifiedTime(file).toMillis());
      Files.move(file, Path.of(folder, file.getFileName().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Staging verify(RunPlan plan, Staging staging, PipelineOptions options) {
    return staging;
  }

  @Override
  public long countRepeated(
      RunPlan plan, Staging staging, List<String> fields, PipelineOptions options) {
    throw new UnsupportedOperationException("files are not asked");
  }

  @Override
  public Optional<Duration> age(
      RunPlan plan, Staging staging, String field, PipelineOptions options) {
    throw new UnsupportedOperationException("files are not asked");
  }

  @Override
  public PublishOutcome publish(Publication publication, PipelineOptions options) {
    return new PublishOutcome(
        1, publication.rowsRead(), 0, publication.rowsRead(), 0, 0, 0, 0, 0, false);
  }

  @Override
  public Optional<PublishOutcome> published(RunPlan plan, PipelineOptions options) {
    return Optional.empty();
  }

  @Override
  public void recordRefusal(RunPlan plan, long rowsRead, String detail, PipelineOptions options) {}

  @Override
  public List<String> cleanUp(RunPlan plan, Staging staging, PipelineOptions options) {
    return List.of();
  }

  @Override
  public Optional<List<LedgerEntry>> ledger(int limit, PipelineOptions options) {
    return Optional.empty();
  }

  @Override
  public List<String> syncs(PipelineOptions options) {
    return List.of();
  }

  @Override
  public void change(WatermarkChange change, PipelineOptions options) {
    throw new UnsupportedOperationException("files have no watermark");
  }

  @Override
  public DirectReader rows(TargetPlan plan, PipelineOptions options) {
    throw new UnsupportedOperationException("files are read by LoadFilesCheck");
  }

  private record Plan(List<Column> columns) implements TargetPlan {
    private static final long serialVersionUID = 1L;

    @Override
    public Optional<String> ddl() {
      return Optional.empty();
    }

    @Override
    public List<String> schemaChanges() {
      return List.of();
    }

    @Override
    public List<String> warnings() {
      return List.of();
    }
  }
}
