package io.deltaflow.destination;

import io.deltaflow.spi.CursorPosition;
import java.io.Serializable;
import java.util.List;

/**
 * What was loaded.
 *
 * @param tables one per load job, in the destination's own notation
 * @param rows of all tables, as the load jobs reported them
 * @param expectedRows of all files, as their writers counted them, but for the refused ones
 * @param bytes of all files
 * @param largest cursor of a run with a window; null when no row has one, or before {@link
 *     Destination#verify}
 * @param parts conditions in the destination's own notation that part the rows, where one statement
 *     cannot write them all; empty where one can, or before {@link Destination#verify}
 * @param refused rows that the destination refused, which are not among the expected ones
 */
public record Staging(
    List<String> tables,
    long rows,
    long expectedRows,
    long bytes,
    CursorPosition largest,
    List<String> parts,
    List<RefusedRow> refused)
    implements Serializable {
  public Staging {
    tables = List.copyOf(tables);
    parts = List.copyOf(parts);
    refused = List.copyOf(refused);
  }

  /** As the load jobs leave it. */
  public static Staging loaded(List<String> tables, long rows, long expectedRows, long bytes) {
    return new Staging(tables, rows, expectedRows, bytes, null, List.of(), List.of());
  }

  /** Nothing was read. */
  public static Staging empty() {
    return loaded(List.of(), 0, 0, 0);
  }

  /** Without some rows, which are not expected either. */
  public Staging without(List<RefusedRow> rowsRefused) {
    return new Staging(tables, rows, expectedRows, bytes, largest, parts, rowsRefused);
  }

  /** With what its rows tell. */
  public Staging verified(CursorPosition cursor, List<String> partsOfRows) {
    return new Staging(tables, rows, expectedRows, bytes, cursor, partsOfRows, refused);
  }
}
