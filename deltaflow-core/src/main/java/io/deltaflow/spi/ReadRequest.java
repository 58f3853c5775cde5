package io.deltaflow.spi;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;

/**
 * What to read: a schema as detected, or a part of its fields in any order, and a window or
 * everything. A field of any detected type may be asked for as STRING; the source then gives the
 * text in which it shows such values itself.
 *
 * <p>{@code batchSize} is in rows, a hint for fetching; {@code desiredSplits} a hint for planning;
 * where it is 0, {@link SplitCount} is a good answer.
 */
public final class ReadRequest implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Schema schema;
  private final Window window;
  private final int batchSize;
  private final int desiredSplits;

  private ReadRequest(Schema schema, Window window, int batchSize, int desiredSplits) {
    this.schema = schema;
    this.window = window;
    this.batchSize = batchSize;
    this.desiredSplits = desiredSplits;
  }

  /** Everything, in the order of the schema's fields. */
  public static ReadRequest of(Schema schema) {
    return new ReadRequest(Objects.requireNonNull(schema), null, 1000, 0);
  }

  public ReadRequest withWindow(Window only) {
    return new ReadRequest(schema, only, batchSize, desiredSplits);
  }

  public ReadRequest withBatchSize(int rows) {
    return new ReadRequest(schema, window, rows, desiredSplits);
  }

  /** 0 leaves it to the source. */
  public ReadRequest withDesiredSplits(int splits) {
    return new ReadRequest(schema, window, batchSize, splits);
  }

  public Schema schema() {
    return schema;
  }

  public Optional<Window> window() {
    return Optional.ofNullable(window);
  }

  public int batchSize() {
    return batchSize;
  }

  public int desiredSplits() {
    return desiredSplits;
  }
}
