package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableSchema;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableFileInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Avro object container files. */
final class AvroFiles implements LoadedFile {
  private static final int MAX_BLOCK = 16 << 20;

  private final AvroSchemas types;
  private final TableSchema columns;
  private final boolean ignoresUnknown;

  AvroFiles(AvroSchemas types, TableSchema columns, boolean ignoresUnknown) {
    this.types = types;
    this.columns = columns;
    this.ignoresUnknown = ignoresUnknown;
  }

  static Schema schemaOf(Path file) throws IOException {
    try (DataFileReader<Object> stream = open(file)) {
      return stream.getSchema();
    }
  }

  private static DataFileReader<Object> open(Path file) throws IOException {
    SeekableFileInput in = new SeekableFileInput(file.toFile());
    try {
      return new DataFileReader<>(in, new GenericDatumReader<>());
    } catch (IOException | AvroRuntimeException e) {
      in.close();
      throw new LoadError(
          "The Apache Avro library failed to parse the header with the following error: "
              + e.getMessage());
    }
  }

  @Override
  public void read(ObjectStore.Stored file, Sink sink) throws IOException, SQLException {
    try (DataFileReader<Object> stream = open(file.file())) {
      AvroReader rows =
          AvroReader.record(stream.getSchema(), columns.getFields(), types, ignoresUnknown);
      BinaryDecoder decoder = null;
      while (hasNext(stream)) {
        if (stream.getBlockSize() > MAX_BLOCK) {
          throw new LoadError(
              "The Apache Avro library failed to read data with the following error: a block of "
                  + stream.getBlockSize()
                  + " bytes; the limit is "
                  + MAX_BLOCK
                  + ".");
        }
        ByteBuffer block = stream.nextBlock();
        decoder =
            DecoderFactory.get()
                .binaryDecoder(
                    block.array(),
                    block.arrayOffset() + block.position(),
                    block.remaining(),
                    decoder);
        readBlock(stream.getBlockCount(), rows, decoder, sink);
      }
      // Avro's reader takes a file that breaks off for one that ends.
      if (stream.previousSync() != Files.size(file.file())) {
        throw unreadable(new EOFException("the file ends within a block"));
      }
    }
  }

  private static boolean hasNext(DataFileReader<Object> stream) {
    try {
      return stream.hasNext();
    } catch (AvroRuntimeException e) {
      throw unreadable(e);
    }
  }

  private static void readBlock(long count, AvroReader rows, BinaryDecoder decoder, Sink sink)
      throws SQLException {
    for (long i = 0; i < count; i++) {
      Object[] row;
      try {
        row = (Object[]) rows.read(decoder);
      } catch (IOException
          | AvroRuntimeException
          | ArithmeticException
          | IndexOutOfBoundsException e) {
        throw unreadable(e);
      }
      sink.accept(row);
    }
  }

  private static LoadError unreadable(Exception e) {
    return new LoadError(
        "The Apache Avro library failed to read data with the following error: " + e.getMessage());
  }
}
