package io.deltaflow.internal;

import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;

/** The rows of one split as rows of the run. Used by one thread. */
final class RowFeed {
  private final RowReader reader;
  private final Schema schema;
  private final RowSteps.Opened steps;
  private final Rows rows;

  /** Rows that go to a sink. */
  private interface Rows {
    boolean advanceInto(ValueSink sink) throws IOException;
  }

  /**
   * @param steps what is done with each row; null for nothing
   */
  RowFeed(RowReader reader, SourceRead read, RowSteps.Opened steps) {
    this.reader = reader;
    this.schema = read.request().schema();
    this.steps = steps;
    this.rows = steps == null ? unified(asRead(), read.columns()) : stepped(read);
  }

  /** The shortest way that the reader allows. */
  private Rows asRead() {
    if (reader instanceof DirectReader direct) {
      return direct::advanceInto;
    }
    RowValues values = new RowValues(schema);
    return sink -> {
      boolean found = reader.advance();
      if (found) {
        values.append(reader.row(), sink);
      }
      return found;
    };
  }

  private static Rows unified(Rows own, SourceColumns columns) {
    if (columns.isSame()) {
      return own;
    }
    UnifyingSink unifying = new UnifyingSink(columns);
    return sink -> {
      boolean found = own.advanceInto(unifying.start(sink));
      if (found) {
        unifying.end();
      }
      return found;
    };
  }

  private Rows stepped(SourceRead read) {
    RowValues values = new RowValues(read.steps().output());
    return sink -> {
      boolean found = reader.advance();
      if (found) {
        values.append(steps.apply(reader.row()), sink);
        read.columns().appendName(sink);
      }
      return found;
    };
  }

  /**
   * Moves to the next row and appends its values to the sink, one per column of the run.
   *
   * @return false at the end
   * @throws BadValueException when the row does not fit; the next one can be read
   * @throws FailedRowException when a check keeps it out; the next one can be read
   */
  boolean advanceInto(ValueSink sink) throws IOException {
    return rows.advanceInto(sink);
  }

  /**
   * The current row as the source has it, also after it was refused.
   *
   * @return a JSON object; null when a value cannot be shown, since a row without it, replayed,
   *     would be another
   */
  String json() throws IOException {
    if (reader instanceof LettersReader letters) {
      return letters.json();
    }
    JsonRow json = new JsonRow(schema);
    try {
      if (!(reader instanceof DirectReader direct && direct.repeatInto(json))) {
        new RowValues(schema).append(reader.row(), json);
      }
    } catch (BadValueException e) {
      return null;
    }
    return json.finish();
  }

  /** How many rows did not pass each check that only warns. */
  Map<String, Long> warned() {
    return steps == null ? Map.of() : steps.warned();
  }
}
