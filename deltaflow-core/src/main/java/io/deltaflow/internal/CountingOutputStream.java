package io.deltaflow.internal;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import org.apache.beam.sdk.io.FileSystems;

/** A new file in any of Beam's file systems, which knows how many bytes were written to it. */
final class CountingOutputStream extends FilterOutputStream {
  private long count;

  private CountingOutputStream(OutputStream out) {
    super(out);
  }

  static CountingOutputStream create(String path) throws IOException {
    return new CountingOutputStream(
        new BufferedOutputStream(
            Channels.newOutputStream(
                FileSystems.create(
                    FileSystems.matchNewResource(path, false), "application/octet-stream")),
            1 << 16));
  }

  /** To count only. */
  static CountingOutputStream toNowhere() {
    return new CountingOutputStream(OutputStream.nullOutputStream());
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    count++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
    count += length;
  }

  long count() {
    return count;
  }
}
