package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.FieldTypes.Precision;
import java.util.Optional;

/** Which decimal numbers fit which of BigQuery's types. */
final class Numerics {
  static final ColumnType NUMERIC = ColumnType.numeric(38, 9);
  static final ColumnType BIGNUMERIC = ColumnType.bigNumeric(76, 38);

  private Numerics() {}

  /** The smallest type that holds every number of this size; empty when only text does. */
  static Optional<ColumnType> of(Precision declared) {
    // A negative scale rounds to tens or hundreds, and a scale above the precision means leading
    // zeros.
    int scale = Math.max(0, declared.scale());
    int integerDigits = Math.max(0, declared.precision() - declared.scale());
    int precision = Math.max(1, integerDigits + scale);
    if (scale <= 9 && integerDigits <= 29) {
      return Optional.of(ColumnType.numeric(precision, scale));
    }
    if (scale <= 38 && integerDigits <= 38) {
      return Optional.of(ColumnType.bigNumeric(precision, scale));
    }
    return Optional.empty();
  }

  /** Whether every number of {@code inner} is one of {@code outer}. */
  static boolean contains(ColumnType outer, ColumnType inner) {
    return inner.scale() <= outer.scale()
        && inner.precision() - inner.scale() <= outer.precision() - outer.scale();
  }

  /** What holds the numbers of both; never a NUMERIC for a BIGNUMERIC. */
  static ColumnType union(ColumnType one, ColumnType other) {
    int scale = Math.max(one.scale(), other.scale());
    int whole = Math.max(one.precision() - one.scale(), other.precision() - other.scale());
    boolean isBig = one.kind() == Kind.BIGNUMERIC || scale > 9 || whole > 29;
    return isBig
        ? ColumnType.bigNumeric(whole + scale, scale)
        : ColumnType.numeric(whole + scale, scale);
  }

  static boolean isNumeric(Kind kind) {
    return kind == Kind.NUMERIC || kind == Kind.BIGNUMERIC;
  }

  /** Whether every number of the type is an INT64. */
  static boolean isInt64(ColumnType type) {
    return type.scale() == 0 && type.precision() <= 18;
  }

  /** Whether precision and scale say no more than the type itself. */
  static boolean isUnparameterized(ColumnType type) {
    return type.kind() == ColumnType.Kind.NUMERIC
        ? type.precision() == 38 && type.scale() == 9
        : type.precision() == 76 && type.scale() == 38;
  }
}
