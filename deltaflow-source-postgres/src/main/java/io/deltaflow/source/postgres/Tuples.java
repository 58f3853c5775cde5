package io.deltaflow.source.postgres;

import java.sql.SQLException;

/** Rows in binary form, one at a time, in bounded memory. */
interface Tuples {
  /** Moves on; false at the end. */
  boolean next() throws SQLException;

  /** Holds the current row, until the next one. */
  byte[] buffer();

  /** Where the row's fields start: right behind its count of fields, which has been checked. */
  int start();

  int end();

  /** Bytes before the length of each field. */
  int fieldHeader();

  /** Stops the server, in the middle if need be; the connection may be spent then. */
  void close() throws SQLException;
}
