package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;

/**
 * Writes the rows of one attempt at one split to load files with names of their own, so that
 * attempts never meet. Avro, with rows above a block's limit in JSON lines beside it.
 */
final class LoadFileWriter implements AutoCloseable {
  // BigQuery refuses Avro blocks above 16 MB; blocks are closed once they pass this size.
  private static final int BLOCK_BYTES = 1 << 20;
  // What may still follow an open block without bringing it near the limit.
  private static final int LARGE_ROW_BYTES = 4 << 20;
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

  private DataFileWriter<Object> avro;
  private CountingOutputStream avroBytes;
  private String avroPath;
  private long avroRows;
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
    if (row.size() > AVRO_ROW_LIMIT) {
      writeLargeRow();
      return;
    }
    if (avro == null) {
      openAvro();
    }
    if (row.size() > LARGE_ROW_BYTES) {
      avro.sync();
    }
    avro.appendEncoded(ByteBuffer.wrap(row.buffer(), 0, row.size()));
    avroRows++;
    if (avroBytes.count() >= FILE_BYTES) {
      closeAvro();
    }
  }

  private void writeLargeRow() throws IOException {
    if (json == null) {
      json = new JsonLinesFile(newPath("json"), schema, columns);
    }
    // One at a time in this process: decoding takes several times the row's size.
    synchronized (JsonLinesFile.class) {
      json.write(row.buffer(), row.size());
    }
  }

  private void openAvro() throws IOException {
    avroPath = newPath("avro");
    avroBytes = CountingOutputStream.create(avroPath);
    avro = new DataFileWriter<>(new GenericDatumWriter<>(schema));
    avro.setCodec(CodecFactory.snappyCodec());
    avro.setSyncInterval(BLOCK_BYTES);
    avro.create(schema, avroBytes);
    avroRows = 0;
  }

  private String newPath(String extension) {
    String path = folder + "s" + source + "-" + split + "-" + UUID.randomUUID() + "." + extension;
    paths.add(path);
    return path;
  }

  private void closeAvro() throws IOException {
    avro.close();
    avro = null;
    finished.add(
        new LoadFile(avroPath, LoadFile.Format.AVRO, source, split, avroRows, avroBytes.count()));
  }

  /** Completes the files; none when no row was written. */
  List<LoadFile> finish() throws IOException {
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
