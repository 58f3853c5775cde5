package io.deltaflow.destination;

import java.io.Serializable;

/**
 * One finished load file.
 *
 * @param source which source of the run, from 0
 * @param split which split of the source, from 0
 * @param rows in the file, exactly
 * @param bytes of the file
 */
public record LoadFile(String path, Format format, int source, int split, long rows, long bytes)
    implements Serializable {
  /** How the rows are written. */
  public enum Format {
    AVRO,
    /** One JSON object a line, for rows above an Avro block's limit. */
    JSON_LINES
  }
}
