package io.deltaflow.source.bigquery;

import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.RowSink;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/** Decodes rows straight into the sink. */
final class AvroRowReader implements DirectReader {
  private final AvroBlocks blocks;
  private final Schema asked;
  private final AvroCursor cursor = new AvroCursor();
  private final RowSink rows;
  private RowCodec codec;
  private long left;
  private Row row;

  AvroRowReader(AvroBlocks blocks, Schema asked) {
    this.blocks = blocks;
    this.asked = asked;
    this.rows = new RowSink(asked);
  }

  @Override
  public boolean advance() throws IOException {
    rows.start();
    boolean more = advanceInto(rows);
    row = more ? rows.row() : null;
    return more;
  }

  @Override
  public Row row() {
    return row;
  }

  @Override
  public boolean advanceInto(ValueSink sink) throws IOException {
    while (left == 0) {
      AvroBlocks.Block block = blocks.next();
      if (block == null) {
        return false;
      }
      cursor.start(block.bytes(), block.start(), block.end());
      left = block.rows();
      if (codec == null && left > 0) {
        codec = RowCodec.of(blocks.schema(), asked, "");
      }
    }
    left--;
    int start = cursor.position();
    try {
      codec.append(cursor, sink);
    } catch (BadValueException e) {
      cursor.position(start);
      codec.skip(cursor);
      throw e;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    blocks.close();
  }
}
