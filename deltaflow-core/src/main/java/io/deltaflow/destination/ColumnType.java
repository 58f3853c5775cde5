package io.deltaflow.destination;

import java.io.Serializable;
import java.util.List;

/**
 * What a column of a load file holds, and what a value must satisfy to be written to it.
 *
 * @param repeated a list, never NULL, of elements that are never NULL
 * @param precision of NUMERIC and BIGNUMERIC: the most digits
 * @param scale of NUMERIC and BIGNUMERIC: the most digits after the point, and the scale in the
 *     file
 * @param fields of a STRUCT, else empty
 */
public record ColumnType(Kind kind, boolean repeated, int precision, int scale, List<Column> fields)
    implements Serializable {
  /** BigQuery's names. */
  public enum Kind {
    BOOL,
    INT64,
    FLOAT64,
    NUMERIC,
    BIGNUMERIC,
    STRING,
    BYTES,
    DATE,
    TIME,
    DATETIME,
    TIMESTAMP,
    JSON,
    GEOGRAPHY,
    STRUCT
  }

  public ColumnType {
    fields = List.copyOf(fields);
  }

  /** Of any kind but NUMERIC, BIGNUMERIC and STRUCT. */
  public static ColumnType of(Kind kind) {
    return new ColumnType(kind, false, 0, 0, List.of());
  }

  public static ColumnType numeric(int precision, int scale) {
    return new ColumnType(Kind.NUMERIC, false, precision, scale, List.of());
  }

  public static ColumnType bigNumeric(int precision, int scale) {
    return new ColumnType(Kind.BIGNUMERIC, false, precision, scale, List.of());
  }

  public static ColumnType struct(List<Column> fields) {
    return new ColumnType(Kind.STRUCT, false, 0, 0, fields);
  }

  public ColumnType asRepeated() {
    return new ColumnType(kind, true, precision, scale, fields);
  }

  /** The type of one element of a repeated column. */
  public ColumnType element() {
    return new ColumnType(kind, false, precision, scale, fields);
  }
}
