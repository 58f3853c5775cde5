package io.deltaflow.internal;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.zip.CRC32;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.xerial.snappy.Snappy;

/**
 * An Avro object container file, written in whole blocks of encoded rows and compressed with
 * Snappy. Avro's own writer takes one row at a time and copies it several times on its way, which
 * costs as much as the compression.
 */
final class AvroFile implements Closeable {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SYNC_BYTES = 16;
  private static final int CRC_BYTES = 4;

  private final String path;
  private final CountingOutputStream out;
  private final byte[] sync = new byte[SYNC_BYTES];
  private final CRC32 crc = new CRC32();
  private byte[] compressed = new byte[0];
  private BinaryEncoder encoder;
  private long rows;

  AvroFile(String path, Schema schema) throws IOException {
    this.path = path;
    RANDOM.nextBytes(sync);
    byte[] header = header(schema);
    this.out = CountingOutputStream.create(path);
    out.write(header, 0, header.length);
  }

  private byte[] header(Schema schema) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try (DataFileWriter<Object> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
      writer.setCodec(CodecFactory.snappyCodec()).create(schema, header, sync);
    }
    return header.toByteArray();
  }

  /**
   * Writes a block.
   *
   * @param count of the encoded rows
   */
  void write(byte[] encoded, int offset, int length, long count) throws IOException {
    int most = Snappy.maxCompressedLength(length) + CRC_BYTES;
    if (compressed.length < most) {
      compressed = new byte[most];
    }
    int size = Snappy.compress(encoded, offset, length, compressed, 0);
    crc.reset();
    crc.update(encoded, offset, length);
    ByteBuffer.wrap(compressed, size, CRC_BYTES).putInt((int) crc.getValue());

    encoder = EncoderFactory.get().directBinaryEncoder(out, encoder);
    encoder.writeLong(count);
    encoder.writeLong(size + CRC_BYTES);
    out.write(compressed, 0, size + CRC_BYTES);
    out.write(sync, 0, SYNC_BYTES);
    rows += count;
  }

  String path() {
    return path;
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return out.count();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
