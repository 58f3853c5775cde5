package io.deltaflow.benchmarks;

import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** A source that notes when its first split is opened. */
record MeasuredSource(Source source) implements Source {
  private static final long serialVersionUID = 1L;
  private static final AtomicLong OPENED = new AtomicLong();

  /** By {@link System#currentTimeMillis}; 0 before. */
  static long openedMillis() {
    return OPENED.get();
  }

  @Override
  public RowReader open(Split split, ReadRequest request, SourceContext context)
      throws IOException {
    OPENED.compareAndSet(0, System.currentTimeMillis());
    return source.open(split, request, context);
  }

  @Override
  public String description() {
    return source.description();
  }

  @Override
  public String identity() {
    return source.identity();
  }

  @Override
  public SchemaDetector schemaDetector(SourceContext context) {
    return source.schemaDetector(context);
  }

  @Override
  public UpperBound upperBound(UpperBoundRequest request, SourceContext context) {
    return source.upperBound(request, context);
  }

  @Override
  public List<Split> split(ReadRequest request, SourceContext context) {
    return source.split(request, context);
  }

  @Override
  public Optional<FieldRange> range(String field, ReadRequest request, SourceContext context) {
    return source.range(field, request, context);
  }

  @Override
  public OptionalLong countDistinct(
      String field, ChronoUnit unit, ReadRequest request, SourceContext context) {
    return source.countDistinct(field, unit, request, context);
  }
}
