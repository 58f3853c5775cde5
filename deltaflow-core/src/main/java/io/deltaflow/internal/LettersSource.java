package io.deltaflow.internal;

import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import java.io.IOException;
import java.util.List;

/**
 * The dead letters of one source in its place: rows of its schema, out of a file of the run.
 *
 * @param source whose rows they were
 * @param path of a file of JSON objects, one a line
 * @param letters how many
 */
record LettersSource(Source source, String path, int letters) implements Source {
  private static final long serialVersionUID = 1L;

  @Override
  public String description() {
    return source.description();
  }

  /** Another than the source's, whose watermark stays. */
  @Override
  public String identity() {
    return "dead letters of " + source.identity();
  }

  @Override
  public SchemaDetector schemaDetector(SourceContext context) {
    SchemaDetector detector = source.schemaDetector(context);
    return new SchemaDetector() {
      @Override
      public DetectedSchema detect() {
        return detector.detect().withIdentity(identity());
      }

      @Override
      public boolean isDeclared() {
        return detector.isDeclared();
      }
    };
  }

  @Override
  public UpperBound upperBound(UpperBoundRequest request, SourceContext context) {
    throw new UnsupportedOperationException("dead letters have no window");
  }

  @Override
  public List<Split> split(ReadRequest request, SourceContext context) {
    return letters == 0 ? List.of() : List.of(new Split("dead letters", letters));
  }

  @Override
  public RowReader open(Split split, ReadRequest request, SourceContext context) {
    try {
      return new LettersReader(RunFiles.read(path), request.schema());
    } catch (IOException e) {
      throw RunFileException.read(path, e);
    }
  }
}
