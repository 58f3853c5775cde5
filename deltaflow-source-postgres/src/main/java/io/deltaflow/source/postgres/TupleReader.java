package io.deltaflow.source.postgres;

import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.RowSink;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.InternalException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/** Decodes rows into a sink, or into Rows. Holds its connection until closed. */
final class TupleReader implements DirectReader {
  /** How many rows pass between two looks at the cancel flag, less one. */
  private static final int POLL_MASK = 63;

  private final Lease lease;
  private final Tuples tuples;
  private final Codec[] codecs;
  private final RowSink rowSink;
  private final SourceContext context;
  private final String doing;
  private long rows;
  private boolean ended;
  private boolean closed;

  TupleReader(
      Lease lease,
      Tuples tuples,
      List<Codec> codecs,
      Schema schema,
      SourceContext context,
      String doing) {
    this.lease = lease;
    this.tuples = tuples;
    this.codecs = codecs.toArray(new Codec[0]);
    this.rowSink = new RowSink(schema);
    this.context = context;
    this.doing = doing;
  }

  @Override
  public boolean advance() {
    if (ended) {
      return false;
    }
    if ((rows++ & POLL_MASK) == 0 && context.isCancelled()) {
      throw new CancellationException("cancelled while " + doing);
    }
    try {
      ended = !tuples.next();
      return !ended;
    } catch (SQLException e) {
      lease.discard();
      throw SqlErrors.working(e, lease.settings(), doing);
    }
  }

  @Override
  public Row row() {
    rowSink.start();
    decode(rowSink);
    return rowSink.row();
  }

  @Override
  public boolean advanceInto(ValueSink sink) {
    if (!advance()) {
      return false;
    }
    decode(sink);
    return true;
  }

  @Override
  public boolean repeatInto(ValueSink sink) {
    decode(sink);
    return true;
  }

  private void decode(ValueSink sink) {
    byte[] buffer = tuples.buffer();
    int header = tuples.fieldHeader();
    int at = tuples.start();
    for (Codec codec : codecs) {
      int length = Bytes.int32(buffer, at + header);
      at += header + 4;
      if (length < 0) {
        sink.appendNull();
      } else {
        codec.decode(buffer, at, length, sink);
        at += length;
      }
    }
    if (at != tuples.end()) {
      throw new InternalException(
          doing
              + ": a row of "
              + (tuples.end() - tuples.start())
              + " bytes, of which "
              + (at - tuples.start())
              + " were decoded");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      tuples.close();
    } catch (SQLException e) {
      // The rows that were asked for have been read or given up; only the connection is lost.
      lease.discard();
    } finally {
      lease.close();
    }
  }
}
