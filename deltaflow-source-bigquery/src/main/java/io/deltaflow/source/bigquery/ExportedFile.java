package io.deltaflow.source.bigquery;

import io.deltaflow.spi.error.SourceException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.beam.sdk.io.FileSystems;

/** A file that an extract job wrote. */
final class ExportedFile implements AvroBlocks {
  private final DataFileStream<Object> file;

  private ExportedFile(DataFileStream<Object> file) {
    this.file = file;
  }

  static ExportedFile open(String uri, Target target) throws IOException {
    try {
      return new ExportedFile(
          new DataFileStream<>(
              Channels.newInputStream(
                  FileSystems.open(FileSystems.matchSingleFileSpec(uri).resourceId())),
              new GenericDatumReader<>()));
    } catch (FileNotFoundException e) {
      throw SourceException.permanent(
          uri
              + ", an exported file of "
              + target.description()
              + ", is gone: a lifecycle rule of "
              + target.flags().of(BigQuerySourceOptions.EXPORT_LOCATION)
              + " must keep files for as long as a run takes. Run again",
          e);
    }
  }

  @Override
  public Schema schema() {
    return file.getSchema();
  }

  @Override
  public Block next() throws IOException {
    if (!file.hasNext()) {
      return null;
    }
    ByteBuffer block = file.nextBlock();
    int start = block.arrayOffset() + block.position();
    return new Block(block.array(), start, start + block.remaining(), file.getBlockCount());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
