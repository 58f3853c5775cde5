package io.deltaflow;

/** Source and destination, read and compared. */
public record Proof(TableDigest source, TableDigest destination) {
  public boolean isEqual() {
    return source.equals(destination);
  }
}
