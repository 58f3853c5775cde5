package io.deltaflow.source.postgres;

import io.deltaflow.spi.error.InternalException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Rows of a server-side cursor, each as one bytea in the binary form of a record. How many are
 * fetched at a time follows the largest row so far, so that wide rows do not fill the heap.
 */
final class CursorTuples implements Tuples {
  private static final int FETCH_BYTES = 4 << 20;
  private static final int FIRST_FETCH = 16;

  private final Statement statement;
  private final int fields;
  private final int batchSize;
  private ResultSet batch;
  private int inBatch;
  private int asked;
  private int largest = 1;
  private byte[] buffer;

  CursorTuples(Lease lease, String recordSelect, int fields, int batchSize) throws SQLException {
    this.statement = lease.connection().createStatement();
    this.fields = fields;
    this.batchSize = Math.max(1, batchSize);
    statement.setEscapeProcessing(false);
    statement.execute("DECLARE deltaflow_rows NO SCROLL CURSOR FOR " + recordSelect);
    fetch(Math.min(FIRST_FETCH, this.batchSize));
  }

  private void fetch(int rows) throws SQLException {
    asked = rows;
    inBatch = 0;
    batch = statement.executeQuery("FETCH FORWARD " + rows + " FROM deltaflow_rows");
  }

  @Override
  public boolean next() throws SQLException {
    if (!batch.next()) {
      if (inBatch < asked) {
        return false;
      }
      fetch(Math.max(1, Math.min(batchSize, FETCH_BYTES / largest)));
      return next();
    }
    inBatch++;
    buffer = batch.getBytes(1);
    largest = Math.max(largest, buffer.length);
    int count = Bytes.int32(buffer, 0);
    if (count != fields) {
      throw new InternalException("a record of " + count + " fields, expected " + fields);
    }
    return true;
  }

  @Override
  public byte[] buffer() {
    return buffer;
  }

  @Override
  public int start() {
    return 4;
  }

  @Override
  public int end() {
    return buffer.length;
  }

  /** The type of each field. */
  @Override
  public int fieldHeader() {
    return 4;
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
