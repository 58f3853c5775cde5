package io.deltaflow.source.mongo;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.Set;

/** What values a field had in the documents seen so far. Two of them merge in any order. */
final class FieldCensus implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int BIGNUMERIC_SCALE = 38;

  private final long[] counts = new long[Kind.values().length];
  private int position = Integer.MAX_VALUE;
  private boolean inexactInteger;
  private boolean wideDouble;
  private boolean reference;
  private DocumentCensus document;
  private FieldCensus elements;

  /**
   * @param where the place of the field in its document
   * @param deep whether documents and arrays are looked into, that many levels
   */
  void add(byte type, byte[] b, int at, int where, int deep) {
    Kind kind = Kind.of(type, b, at);
    counts[kind.ordinal()]++;
    position = Math.min(position, where);
    switch (kind) {
      case INTEGER -> {
        long value = type == Elements.INT32 ? Elements.int32(b, at) : Elements.int64(b, at);
        inexactInteger |= !Numbers.isExactDouble(value);
      }
      case DOUBLE -> wideDouble |= !fitsBigNumeric(Elements.float64(b, at));
      case DOCUMENT -> {
        if (deep > 0) {
          document = document == null ? new DocumentCensus() : document;
          document.add(new Elements(b, at), deep - 1);
          reference |= document.isReference();
        }
      }
      case ARRAY -> {
        if (deep > 0) {
          elements = elements == null ? new FieldCensus() : elements;
          Elements array = new Elements(b, at);
          while (array.advance()) {
            elements.add(array.type(), b, array.value(), 0, deep - 1);
          }
        }
      }
      default -> {}
    }
  }

  void merge(FieldCensus other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    position = Math.min(position, other.position);
    inexactInteger |= other.inexactInteger;
    wideDouble |= other.wideDouble;
    reference |= other.reference;
    if (other.document != null) {
      document = document == null ? new DocumentCensus() : document;
      document.merge(other.document);
    }
    if (other.elements != null) {
      elements = elements == null ? new FieldCensus() : elements;
      elements.merge(other.elements);
    }
  }

  private static boolean fitsBigNumeric(double value) {
    double size = Math.abs(value);
    if (size == 0 || size > 1e-20 && size < 1e38) {
      return true;
    }
    return Double.isFinite(value)
        && size < 1e38
        && BigDecimal.valueOf(value).stripTrailingZeros().scale() <= BIGNUMERIC_SCALE;
  }

  int position() {
    return position;
  }

  long count(Kind kind) {
    return counts[kind.ordinal()];
  }

  /** Those seen, NULL aside. */
  Set<Kind> kinds() {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (Kind kind : Kind.values()) {
      if (kind != Kind.NULL && count(kind) > 0) {
        kinds.add(kind);
      }
    }
    return kinds;
  }

  /** Whether a whole number would change as a double. */
  boolean hasInexactInteger() {
    return inexactInteger;
  }

  /** Whether a double is none that a BIGNUMERIC can hold. */
  boolean hasWideDouble() {
    return wideDouble;
  }

  /** Whether a document is a DBRef. */
  boolean hasReference() {
    return reference;
  }

  /** Of all documents; null when there was none, or none was looked into. */
  DocumentCensus document() {
    return document;
  }

  /** Of all elements of all arrays; null when there was none. */
  FieldCensus elements() {
    return elements;
  }
}
