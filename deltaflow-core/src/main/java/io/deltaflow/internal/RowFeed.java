package io.deltaflow.internal;

import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;

/** The rows of one split as rows of the run. Used by one thread. */
final class RowFeed {
  private final Rows rows;
  private final RowReader reader;
  private final SourceRead read;

  /** Rows that go to a sink. */
  private interface Rows {
    boolean advanceInto(ValueSink sink) throws IOException;
  }

  RowFeed(RowReader reader, SourceRead read) {
    this.reader = reader;
    this.read = read;
    this.rows = unified(own(reader, read), read.columns());
  }

  /** The shortest way that the reader allows. */
  private static Rows own(RowReader reader, SourceRead read) {
    if (reader instanceof DirectReader direct) {
      return direct::advanceInto;
    }
    RowValues values = new RowValues(read.request().schema());
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

  /**
   * Moves to the next row and appends its values to the sink, one per column of the run.
   *
   * @return false at the end
   * @throws BadValueException when the row does not fit; the next one can be read
   */
  boolean advanceInto(ValueSink sink) throws IOException {
    return rows.advanceInto(sink);
  }

  /**
   * The current row as the source has it, as far as it can be shown, also after it was refused.
   *
   * @return a JSON object; null when nothing of it can be shown
   */
  String json() throws IOException {
    JsonRow json = new JsonRow(read.request().schema());
    try {
      if (!(reader instanceof DirectReader direct && direct.repeatInto(json))) {
        new RowValues(read.request().schema()).append(reader.row(), json);
      }
    } catch (BadValueException e) {
      // Shown up to there; why it was refused is told beside it.
      return json.finish();
    }
    return json.finish();
  }
}
