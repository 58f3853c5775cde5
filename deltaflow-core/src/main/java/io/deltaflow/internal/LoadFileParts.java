package io.deltaflow.internal;

import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.LoadFiles;
import io.deltaflow.spi.error.InternalException;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedSet;
import java.util.UUID;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Load files out of others, row by row and as they are: nothing is decoded, since a row may hold
 * what no decoder takes.
 *
 * @param folder where new files go
 */
record LoadFileParts(String folder) implements LoadFiles {
  @Override
  public List<LoadFile> divide(LoadFile file, int parts) {
    int files = (int) Math.min(parts, file.rows());
    List<Long> ends = new ArrayList<>();
    for (int i = 1; i <= files; i++) {
      ends.add(Math.multiplyExact(file.rows(), (long) i) / files);
    }
    return copy(file, ends, Collections.emptySortedSet());
  }

  @Override
  public LoadFile without(LoadFile file, SortedSet<Long> rows) {
    return copy(file, List.of(file.rows()), rows).get(0);
  }

  static InputStream open(LoadFile file) throws IOException {
    return new BufferedInputStream(Channels.newInputStream(RunFiles.open(file.path())), 1 << 16);
  }

  /**
   * @param ends of the new files' rows, as numbers of the file's
   */
  private List<LoadFile> copy(LoadFile file, List<Long> ends, SortedSet<Long> without) {
    try (InputStream in = open(file)) {
      List<LoadFile> made =
          file.format() == LoadFile.Format.AVRO
              ? copyAvro(file, in, ends, without)
              : copyLines(file, in, ends, without);
      long rows = made.stream().mapToLong(LoadFile::rows).sum();
      if (rows + without.size() != file.rows() || made.size() != ends.size()) {
        throw new InternalException(
            file.path() + " should hold " + file.rows() + " rows; " + rows + " were copied");
      }
      return made;
    } catch (IOException e) {
      throw RunFileException.read(file.path(), e);
    } catch (AvroRuntimeException | NoSuchElementException e) {
      throw new InternalException("the rows of " + file.path() + " could not be copied", e);
    }
  }

  private String path(LoadFile file, String extension) {
    return folder
        + "s"
        + file.source()
        + "-"
        + file.split()
        + "-"
        + UUID.randomUUID()
        + "."
        + extension;
  }

  private List<LoadFile> copyAvro(
      LoadFile file, InputStream in, List<Long> ends, SortedSet<Long> without) throws IOException {
    List<LoadFile> made = new ArrayList<>();
    try (DataFileStream<Object> blocks = new DataFileStream<>(in, new GenericDatumReader<>())) {
      Schema schema = blocks.getSchema();
      Block block = null;
      long row = 0;
      for (long end : ends) {
        try (AvroFile out = new AvroFile(path(file, "avro"), schema)) {
          while (row < end) {
            if (block == null || block.isAtEnd()) {
              block = Block.next(blocks);
            }
            // Rows that stay together are copied as one.
            int from = block.position();
            long rows = 0;
            while (row < end && !block.isAtEnd() && !without.contains(row)) {
              block.skip(schema);
              row++;
              rows++;
            }
            if (rows > 0) {
              out.write(block.bytes, from, block.position() - from, rows);
            }
            if (row < end && !block.isAtEnd()) {
              block.skip(schema);
              row++;
            }
          }
          out.close();
          made.add(
              new LoadFile(
                  out.path(), file.format(), file.source(), file.split(), out.rows(), out.bytes()));
        }
      }
    }
    return made;
  }

  /** The encoded rows of one block of a file. */
  private static final class Block {
    private final byte[] bytes;
    private final ByteArrayInputStream in;
    private final BinaryDecoder decoder;
    private long left;

    private Block(byte[] bytes, long rows) {
      this.bytes = bytes;
      this.in = new ByteArrayInputStream(bytes);
      // Reads nothing ahead, so that the stream tells where a row ends.
      this.decoder = DecoderFactory.get().directBinaryDecoder(in, null);
      this.left = rows;
    }

    static Block next(DataFileStream<Object> blocks) throws IOException {
      ByteBuffer buffer = blocks.nextBlock();
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return new Block(bytes, blocks.getBlockCount());
    }

    boolean isAtEnd() {
      return left == 0;
    }

    int position() {
      return bytes.length - in.available();
    }

    void skip(Schema schema) throws IOException {
      GenericDatumReader.skip(schema, decoder);
      left--;
    }
  }

  private List<LoadFile> copyLines(
      LoadFile file, InputStream in, List<Long> ends, SortedSet<Long> without) throws IOException {
    List<LoadFile> made = new ArrayList<>();
    long row = 0;
    for (long end : ends) {
      String path = path(file, "json");
      long rows = 0;
      try (CountingOutputStream out = CountingOutputStream.create(path)) {
        for (; row < end; row++) {
          boolean wanted = !without.contains(row);
          copyLine(in, wanted ? out : CountingOutputStream.toNowhere());
          rows += wanted ? 1 : 0;
        }
        out.close();
        made.add(new LoadFile(path, file.format(), file.source(), file.split(), rows, out.count()));
      }
    }
    return made;
  }

  private static void copyLine(InputStream in, CountingOutputStream out) throws IOException {
    int b;
    do {
      b = in.read();
      if (b < 0) {
        throw new NoSuchElementException("the file ends within a row");
      }
      out.write(b);
    } while (b != '\n');
  }
}
