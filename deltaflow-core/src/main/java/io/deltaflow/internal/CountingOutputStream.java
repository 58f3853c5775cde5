package io.deltaflow.internal;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;

/**
 * A new file in any of Beam's file systems, which knows how many bytes were written to it. Fails
 * with {@link RunFileException}.
 */
final class CountingOutputStream extends FilterOutputStream {
  private final String path;
  private long count;

  private CountingOutputStream(String path, OutputStream out) {
    super(out);
    this.path = path;
  }

  static CountingOutputStream create(String path) {
    try {
      return new CountingOutputStream(
          path, new BufferedOutputStream(Channels.newOutputStream(RunFiles.create(path)), 1 << 16));
    } catch (IOException e) {
      throw RunFileException.written(path, e);
    }
  }

  /** To count only. */
  static CountingOutputStream toNowhere() {
    return new CountingOutputStream("", OutputStream.nullOutputStream());
  }

  @Override
  public void write(int b) {
    try {
      out.write(b);
    } catch (IOException e) {
      throw RunFileException.written(path, e);
    }
    count++;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw RunFileException.written(path, e);
    }
    count += length;
  }

  @Override
  public void close() {
    try {
      super.close();
    } catch (IOException e) {
      throw RunFileException.written(path, e);
    }
  }

  long count() {
    return count;
  }
}
