package io.deltaflow.internal;

import io.deltaflow.TableDigest;
import io.deltaflow.destination.Column;
import io.deltaflow.spi.error.InternalException;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Sums up rows: the sum modulo 2^128 of the first 16 bytes of each canonical row's SHA-256, and the
 * count.
 */
final class RowDigest {
  private final CanonicalRow row;
  private final MessageDigest sha256;
  private final byte[] hash = new byte[32];
  private long high;
  private long low;
  private long count;

  RowDigest(List<Column> columns, Set<String> rounded) {
    this.row = new CanonicalRow(columns, rounded);
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new InternalException("this Java has no SHA-256", e);
    }
  }

  CanonicalRow startRow() {
    row.start();
    return row;
  }

  void addRow() {
    row.finish();
    sha256.update(row.buffer(), 0, row.size());
    try {
      sha256.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new InternalException("SHA-256 failed", e);
    }
    ByteBuffer words = ByteBuffer.wrap(hash);
    long addHigh = words.getLong();
    long addLow = words.getLong();
    low += addLow;
    high += addHigh + (Long.compareUnsigned(low, addLow) < 0 ? 1 : 0);
    count++;
  }

  TableDigest finish() {
    return new TableDigest(count, String.format(Locale.ROOT, "%016x%016x", high, low));
  }
}
