package io.deltaflow.spi;

import java.math.BigDecimal;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.PassThroughLogicalType;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;

/**
 * The types of a source's fields, as Beam field types. Besides these there are {@link
 * FieldType#array} of any of them and {@link FieldType#row}; no others are allowed.
 *
 * <p>Values in a Row: BOOL Boolean, INT64 Long, FLOAT64 Double, NUMERIC BigDecimal, STRING, JSON
 * and GEOGRAPHY String, BYTES byte[], DATE LocalDate, TIME LocalTime, DATETIME LocalDateTime,
 * TIMESTAMP Instant (java.time, whole microseconds).
 */
public final class FieldTypes {
  public static final FieldType BOOL = FieldType.BOOLEAN;
  public static final FieldType INT64 = FieldType.INT64;
  public static final FieldType FLOAT64 = FieldType.DOUBLE;
  public static final FieldType STRING = FieldType.STRING;
  public static final FieldType BYTES = FieldType.BYTES;
  public static final FieldType DATE = FieldType.logicalType(SqlTypes.DATE);
  public static final FieldType TIME = FieldType.logicalType(SqlTypes.TIME);
  public static final FieldType DATETIME = FieldType.logicalType(SqlTypes.DATETIME);
  public static final FieldType TIMESTAMP = FieldType.logicalType(SqlTypes.TIMESTAMP);

  /** A JSON text. */
  public static final FieldType JSON = FieldType.logicalType(new JsonType());

  /** A WGS84 geography as WKT or GeoJSON text. */
  public static final FieldType GEOGRAPHY = FieldType.logicalType(new GeographyType());

  private FieldTypes() {}

  /** An exact decimal number of any size. */
  public static FieldType numeric() {
    return FieldType.logicalType(new NumericType(0, 0));
  }

  /**
   * An exact decimal number of at most {@code precision} digits, {@code scale} of them after the
   * point.
   */
  public static FieldType numeric(int precision, int scale) {
    if (precision < 1) {
      throw new IllegalArgumentException("precision " + precision + " is below 1");
    }
    return FieldType.logicalType(new NumericType(precision, scale));
  }

  /**
   * Whether the type holds NULL. Beam's own getter was compiled to another type in earlier releases
   * (2.62.0), so that jars made with the one do not link with the other.
   */
  public static boolean isNullable(FieldType type) {
    return type.equals(type.withNullable(true));
  }

  /** The kind of a field's type, or of an array's or record's. */
  public static Kind kind(FieldType type) {
    switch (type.getTypeName()) {
      case BOOLEAN:
        return Kind.BOOL;
      case INT64:
        return Kind.INT64;
      case DOUBLE:
        return Kind.FLOAT64;
      case STRING:
        return Kind.STRING;
      case BYTES:
        return Kind.BYTES;
      case ARRAY:
      case ITERABLE:
        return Kind.ARRAY;
      case ROW:
        return Kind.RECORD;
      case LOGICAL_TYPE:
        return logicalKind(type.getLogicalType());
      default:
        throw unknown(type);
    }
  }

  private static Kind logicalKind(Schema.LogicalType<?, ?> type) {
    String id = type.getIdentifier();
    if (id.equals(SqlTypes.DATE.getIdentifier())) {
      return Kind.DATE;
    } else if (id.equals(SqlTypes.TIME.getIdentifier())) {
      return Kind.TIME;
    } else if (id.equals(SqlTypes.DATETIME.getIdentifier())) {
      return Kind.DATETIME;
    } else if (id.equals(SqlTypes.TIMESTAMP.getIdentifier())) {
      return Kind.TIMESTAMP;
    } else if (id.equals(NumericType.ID)) {
      return Kind.NUMERIC;
    } else if (id.equals(JsonType.ID)) {
      return Kind.JSON;
    } else if (id.equals(GeographyType.ID)) {
      return Kind.GEOGRAPHY;
    }
    throw new IllegalArgumentException("the logical type " + id + " is none of FieldTypes");
  }

  /** Precision and scale of a {@link Kind#NUMERIC}; empty when it is of any size. */
  public static Optional<Precision> precision(FieldType type) {
    String argument = (String) type.getLogicalType().getArgument();
    if (argument.isEmpty()) {
      return Optional.empty();
    }
    int comma = argument.indexOf(',');
    return Optional.of(
        new Precision(
            Integer.parseInt(argument.substring(0, comma)),
            Integer.parseInt(argument.substring(comma + 1))));
  }

  private static IllegalArgumentException unknown(FieldType type) {
    return new IllegalArgumentException(
        "the type " + type.getTypeName() + " is none of FieldTypes");
  }

  /** What a value is. */
  public enum Kind {
    BOOL,
    INT64,
    FLOAT64,
    NUMERIC,
    STRING,
    BYTES,
    DATE,
    TIME,
    DATETIME,
    TIMESTAMP,
    JSON,
    GEOGRAPHY,
    ARRAY,
    RECORD
  }

  /**
   * Of a decimal number.
   *
   * @param precision all digits
   * @param scale digits after the point; negative rounds to tens, hundreds, ...
   */
  public record Precision(int precision, int scale) {}

  private static final class JsonType extends PassThroughLogicalType<String> {
    private static final long serialVersionUID = 1L;
    static final String ID = "deltaflow:logical_type:json:v1";

    JsonType() {
      super(ID, FieldType.STRING, "", FieldType.STRING);
    }
  }

  private static final class GeographyType extends PassThroughLogicalType<String> {
    private static final long serialVersionUID = 1L;
    static final String ID = "deltaflow:logical_type:geography:v1";

    GeographyType() {
      super(ID, FieldType.STRING, "", FieldType.STRING);
    }
  }

  private static final class NumericType extends PassThroughLogicalType<BigDecimal> {
    private static final long serialVersionUID = 1L;
    static final String ID = "deltaflow:logical_type:numeric:v1";

    NumericType(int precision, int scale) {
      super(ID, FieldType.STRING, precision == 0 ? "" : precision + "," + scale, FieldType.DECIMAL);
    }
  }
}
