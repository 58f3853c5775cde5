package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.Schema;

/**
 * Writes the rows of one attempt at one split to load files with names of their own, so that
 * attempts never meet. Avro, with rows above a block's limit in JSON lines beside it.
 */
final class LoadFileWriter implements AutoCloseable {
  // BigQuery refuses Avro blocks above 16 MB; a block is closed once it passes this size, and a row
  // that passes it alone is a block of its own.
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int AVRO_ROW_LIMIT = 14 << 20;
  private static final long FILE_BYTES = 512L << 20;

  private final String folder;
  private final int source;
  private final int split;
  private final Schema schema;
  private final List<Column> columns;
  private final List<LoadFile> finished = new ArrayList<>();
  private final List<String> paths = new ArrayList<>();
  private final AvroRow row;

  private long rowsInBlock;
  private AvroFile avro;
  private JsonLinesFile json;

  LoadFileWriter(String folder, int source, int split, List<Column> columns, Set<String> rounded) {
    this.folder = folder;
    this.source = source;
    this.split = split;
    this.columns = columns;
    this.schema = AvroSchemas.of(columns);
    this.row = new AvroRow(columns, rounded);
  }

  /** The row to fill, empty. */
  AvroRow startRow() {
    row.start();
    return row;
  }

  /** Writes the row that was filled. */
  void writeRow() throws IOException {
    row.finish();
    if (row.size() > BLOCK_BYTES) {
      writeLargeRow();
      return;
    }
    row.keep();
    rowsInBlock++;
    if (row.kept() >= BLOCK_BYTES) {
      writeBlock();
      row.clear();
    }
  }

  private void writeLargeRow() throws IOException {
    writeBlock();
    try {
      if (row.size() > AVRO_ROW_LIMIT) {
        writeJson();
      } else {
        writeAvro(row.kept(), row.size(), 1);
      }
    } finally {
      // The kept rows are written, also where this one is refused.
      row.clear();
    }
  }

  private void writeJson() throws IOException {
    if (json == null) {
      json = new JsonLinesFile(newPath("json"), columns);
    }
    json.write(row.buffer(), row.kept(), row.size());
  }

  /** Writes the rows that were kept. */
  private void writeBlock() throws IOException {
    if (rowsInBlock > 0) {
      writeAvro(0, row.kept(), rowsInBlock);
      rowsInBlock = 0;
    }
  }

  private void writeAvro(int offset, int length, long rows) throws IOException {
    if (avro == null) {
      avro = new AvroFile(newPath("avro"), schema);
    }
    avro.write(row.buffer(), offset, length, rows);
    if (avro.bytes() >= FILE_BYTES) {
      closeAvro();
    }
  }

  private String newPath(String extension) {
    String path = folder + "s" + source + "-" + split + "-" + UUID.randomUUID() + "." + extension;
    paths.add(path);
    return path;
  }

  private void closeAvro() throws IOException {
    avro.close();
    finished.add(
        new LoadFile(avro.path(), LoadFile.Format.AVRO, source, split, avro.rows(), avro.bytes()));
    avro = null;
  }

  /** Completes the files; none when no row was written. */
  List<LoadFile> finish() throws IOException {
    writeBlock();
    if (avro != null) {
      closeAvro();
    }
    if (json != null) {
      finished.add(json.finish(source, split));
      json = null;
    }
    return List.copyOf(finished);
  }

  /** How many values were rounded. */
  long roundedValues() {
    return row.roundedValues();
  }

  /** Every file that was begun, for deleting after a failure. */
  List<String> paths() {
    return paths;
  }

  /** Lets go of what was not finished. */
  @Override
  public void close() throws IOException {
    try {
      if (avro != null) {
        avro.close();
      }
    } finally {
      if (json != null) {
        json.close();
      }
    }
  }

  /** BigQuery's limit for one row of newline-delimited JSON. */
  static void checkJsonRow(Column first, long bytes) {
    if (bytes > 100L << 20) {
      throw new BadValueException(
          first.field(),
          "the row that begins with it has "
              + bytes
              + " bytes, more than the 100 MB that BigQuery loads");
    }
  }
}
