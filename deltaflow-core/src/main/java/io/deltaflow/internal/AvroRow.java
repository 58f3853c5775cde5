package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.InternalException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Rows in Avro's binary encoding, one behind another, built value by value and checked against the
 * columns: what BigQuery would refuse or change is a {@link BadValueException} here, where the
 * column is known. The row in work lies behind the kept ones and is forgotten unless it is kept.
 */
class AvroRow implements ValueSink {
  // BigQuery's DATE, DATETIME and TIMESTAMP run from year 1 to year 9999.
  private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
  private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final long FIRST_MICRO = FIRST_DAY * MICROS_PER_DAY;
  private static final long LAST_MICRO = (LAST_DAY + 1) * MICROS_PER_DAY - 1;
  private static final long EXACT_DOUBLE = 1L << 53;
  private static final long[] TEN = powersOfTen();
  private static final int MOST_BYTES_OF_LONG = 10;
  private static final int MOST_BYTES = 100 << 20;
  private static final int MOST_BYTES_AT_REST = 2 << 20;

  private final Column[] topColumns;
  private final Set<String> rounded;
  private final Deque<Level> outer = new ArrayDeque<>();
  private byte[] buffer = new byte[4096];
  // Where the kept rows end and the row in work begins, and where that ends.
  private int kept;
  private int size;
  private long roundedValues;

  // The level being filled: a record's columns, or the elements of an array.
  private Column[] columns;
  private int index;
  private Column array;
  private int elements;

  AvroRow(List<Column> columns) {
    this(columns, Set.of());
  }

  /**
   * @param rounded fields whose numbers may lose digits after the point
   */
  AvroRow(List<Column> columns, Set<String> rounded) {
    this.rounded = rounded;
    this.topColumns = columns.toArray(new Column[0]);
    this.columns = topColumns;
  }

  /** Begins a row; forgets one that was not kept. */
  final void start() {
    size = kept;
    shrink();
    columns = topColumns;
    index = 0;
    array = null;
    elements = 0;
    if (!outer.isEmpty()) {
      outer.clear();
    }
  }

  /** Checks that every column has got its value. */
  final void finish() {
    if (array != null || !outer.isEmpty() || index != topColumns.length) {
      throw new InternalException(
          "the reader appended "
              + index
              + " of "
              + topColumns.length
              + " values of a row; each field needs exactly one");
    }
  }

  /** How many values were rounded since the beginning. */
  final long roundedValues() {
    return roundedValues;
  }

  /** Adds the row to those that are kept. */
  final void keep() {
    kept = size;
  }

  /** Forgets all rows, and gives back the memory of large ones. */
  final void clear() {
    kept = 0;
    size = 0;
    shrink();
  }

  /** A large row, or one that was refused, must not keep its memory while others are read. */
  private void shrink() {
    if (buffer.length > MOST_BYTES_AT_REST && kept <= MOST_BYTES_AT_REST) {
      buffer = Arrays.copyOf(buffer, MOST_BYTES_AT_REST);
    }
  }

  final byte[] buffer() {
    return buffer;
  }

  /** Where the row in work begins, which is how many bytes the kept rows have. */
  final int kept() {
    return kept;
  }

  /** How many bytes the row in work has. */
  final int size() {
    return size - kept;
  }

  @Override
  public final void appendNull() {
    if (array != null) {
      throw new BadValueException(
          array.field(), "an array has a NULL element, which a REPEATED column cannot hold");
    }
    Column column = nextColumn();
    if (column.type().repeated()) {
      putByte(0);
    } else if (column.required()) {
      throw new BadValueException(
          column.field(), "NULL, and the destination's column " + column.name() + " is REQUIRED");
    } else {
      putByte(0);
    }
  }

  @Override
  public final void appendBoolean(boolean value) {
    Column column = next();
    switch (column.type().kind()) {
      case BOOL -> putByte(value ? 1 : 0);
      case STRING -> putText(Boolean.toString(value));
      default -> throw mismatch(column, "a BOOL");
    }
  }

  @Override
  public final void appendInt64(long value) {
    Column column = next();
    Kind kind = column.type().kind();
    if (kind == Kind.INT64) {
      putLong(value);
      return;
    }
    switch (kind) {
      case NUMERIC, BIGNUMERIC -> putDecimal(column, BigDecimal.valueOf(value));
      case STRING -> putText(Long.toString(value));
      case FLOAT64 -> {
        if (value > EXACT_DOUBLE || value < -EXACT_DOUBLE) {
          throw new BadValueException(column.field(), value + " is not exact as a FLOAT64");
        }
        putDouble(value);
      }
      default -> throw mismatch(column, "an INT64");
    }
  }

  @Override
  public final void appendFloat64(double value) {
    Column column = next();
    switch (column.type().kind()) {
      case FLOAT64 -> putDouble(value);
      case STRING -> putText(Double.toString(value));
      default -> throw mismatch(column, "a FLOAT64");
    }
  }

  @Override
  public final void appendNumeric(BigDecimal value) {
    appendTo(next(), value);
  }

  private void appendTo(Column column, BigDecimal value) {
    switch (column.type().kind()) {
      case NUMERIC, BIGNUMERIC -> putDecimal(column, value);
      case STRING -> putText(value.toPlainString());
      default -> throw mismatch(column, "a NUMERIC");
    }
  }

  /** Most numbers fit a long, and need no objects then. */
  @Override
  public final void appendNumeric(long unscaled, int scale) {
    Column column = next();
    ColumnType type = column.type();
    int zeros = type.scale() - scale;
    // The number, without the zeros that are added, must have at most so many digits.
    int digits = Math.min(type.precision(), TEN.length - 1) - zeros;
    boolean numeric = type.kind() == Kind.NUMERIC || type.kind() == Kind.BIGNUMERIC;
    if (numeric && zeros >= 0 && digits >= 0 && unscaled < TEN[digits] && unscaled > -TEN[digits]) {
      putSmallUnscaled(unscaled * TEN[zeros]);
    } else {
      appendTo(column, BigDecimal.valueOf(unscaled, scale));
    }
  }

  @Override
  public final void appendUtf8(byte[] bytes, int offset, int length) {
    Column column = next();
    Kind kind = column.type().kind();
    if (kind == Kind.STRING) {
      putBytes(bytes, offset, length);
      return;
    }
    switch (kind) {
      case GEOGRAPHY -> putBytes(bytes, offset, length);
      case JSON -> putJson(column, bytes, offset, length);
      default -> throw mismatch(column, "a text");
    }
  }

  @Override
  public final void appendString(String value) {
    // getBytes writes ? for half of a surrogate pair; that would change the value silently.
    if (!isWellFormed(value)) {
      throw new BadValueException(next().field(), "the text has half of a surrogate pair");
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    appendUtf8(bytes, 0, bytes.length);
  }

  @Override
  public final void appendBytes(byte[] bytes, int offset, int length) {
    Column column = next();
    if (column.type().kind() != Kind.BYTES) {
      throw mismatch(column, "a BYTES");
    }
    putBytes(bytes, offset, length);
  }

  @Override
  public final void appendDate(long epochDay) {
    Column column = next();
    if (epochDay < FIRST_DAY || epochDay > LAST_DAY) {
      throw new BadValueException(
          column.field(), "the date is not in the years 1 to 9999 that BigQuery holds");
    }
    switch (column.type().kind()) {
      case DATE -> putLong(epochDay);
      case STRING -> putText(IsoTimes.date(epochDay));
      default -> throw mismatch(column, "a DATE");
    }
  }

  @Override
  public final void appendTime(long microsOfDay) {
    Column column = next();
    if (microsOfDay < 0 || microsOfDay >= MICROS_PER_DAY) {
      throw new BadValueException(column.field(), "the time is not below 24:00:00");
    }
    switch (column.type().kind()) {
      case TIME -> putLong(microsOfDay);
      case STRING -> putText(IsoTimes.time(microsOfDay));
      default -> throw mismatch(column, "a TIME");
    }
  }

  @Override
  public final void appendDateTime(long localMicros) {
    Column column = next();
    checkYear(column, localMicros);
    switch (column.type().kind()) {
      // An existing TIMESTAMP column makes local times UTC.
      case DATETIME, TIMESTAMP -> putLong(localMicros);
      case STRING -> putText(IsoTimes.dateTime(localMicros));
      default -> throw mismatch(column, "a DATETIME");
    }
  }

  @Override
  public final void appendTimestamp(long epochMicros) {
    Column column = next();
    checkYear(column, epochMicros);
    switch (column.type().kind()) {
      case TIMESTAMP -> putLong(epochMicros);
      case STRING -> putText(IsoTimes.dateTime(epochMicros) + "Z");
      default -> throw mismatch(column, "a TIMESTAMP");
    }
  }

  @Override
  public final void startArray(int count) {
    Column column = nextColumn();
    if (!column.type().repeated()) {
      throw mismatch(column, "an array");
    }
    if (count > 0) {
      putLong(count);
    }
    // What encloses it need not be kept: there is no array in an array, and a record keeps it.
    array = column;
    elements = count;
  }

  @Override
  public final void endArray() {
    if (array == null || elements != 0) {
      throw new InternalException("an array was ended before all its elements were appended");
    }
    putByte(0);
    array = null;
  }

  @Override
  public final void startRecord() {
    Column column = next();
    if (column.type().kind() != Kind.STRUCT) {
      throw mismatch(column, "a record");
    }
    push();
    array = null;
    columns = column.type().fields().toArray(new Column[0]);
    index = 0;
  }

  @Override
  public final void endRecord() {
    if (array != null || index != columns.length) {
      throw new InternalException("a record was ended before all its fields were appended");
    }
    pop();
  }

  /** The value's bytes; a digest makes them canonical. */
  void putJson(Column column, byte[] bytes, int offset, int length) {
    putBytes(bytes, offset, length);
  }

  final void putBytes(byte[] bytes, int offset, int length) {
    ensure(MOST_BYTES_OF_LONG + length);
    byte[] to = buffer;
    int at = size;
    int n = length << 1;
    while ((n & ~0x7F) != 0) {
      to[at++] = (byte) (n | 0x80);
      n >>>= 7;
    }
    to[at++] = (byte) n;
    System.arraycopy(bytes, offset, to, at, length);
    size = at + length;
  }

  /** The column of the next value; writes the union's branch where there is one. */
  private Column next() {
    // Not by nextColumn: the quick compiler would call it.
    if (array != null) {
      if (elements-- == 0) {
        throw new InternalException("an array got more elements than it was started with");
      }
      return array;
    }
    if (index == columns.length) {
      throw new InternalException("a row got more values than it has fields");
    }
    Column column = columns[index++];
    if (column.type().repeated()) {
      throw mismatch(column, "a single value");
    }
    if (!column.required()) {
      putByte(2);
    }
    return column;
  }

  private Column nextColumn() {
    if (array != null) {
      throw new BadValueException(array.field(), "an array of arrays");
    }
    if (index == columns.length) {
      throw new InternalException("a row got more values than it has fields");
    }
    return columns[index++];
  }

  private static InternalException mismatch(Column column, String found) {
    return new InternalException(
        "column '"
            + column.field()
            + "': the reader appended "
            + found
            + " where the plan has "
            + (column.type().repeated() ? "an array of " : "")
            + column.type().kind());
  }

  private void push() {
    outer.push(new Level(columns, index, array, elements));
  }

  private void pop() {
    Level level = outer.pop();
    columns = level.columns;
    index = level.index;
    array = level.array;
    elements = level.elements;
  }

  private static void checkYear(Column column, long micros) {
    if (micros < FIRST_MICRO || micros > LAST_MICRO) {
      throw new BadValueException(
          column.field(), "the time is not in the years 1 to 9999 that BigQuery holds");
    }
  }

  private void putDecimal(Column column, BigDecimal value) {
    ColumnType type = column.type();
    BigDecimal scaled = value;
    if (value.scale() != type.scale()) {
      // A huge exponent would be expanded digit by digit.
      if ((long) value.precision() - value.scale() > type.precision()) {
        throw tooLarge(column, value);
      }
      try {
        scaled = value.setScale(type.scale(), RoundingMode.UNNECESSARY);
      } catch (ArithmeticException e) {
        scaled = round(column, value, e);
      }
    }
    if (scaled.precision() > type.precision()) {
      throw tooLarge(column, value);
    }
    BigInteger unscaled = scaled.unscaledValue();
    if (unscaled.bitLength() < 64) {
      putSmallUnscaled(unscaled.longValue());
    } else {
      byte[] bytes = unscaled.toByteArray();
      putBytes(bytes, 0, bytes.length);
    }
  }

  private BigDecimal round(Column column, BigDecimal value, ArithmeticException inexact) {
    int scale = column.type().scale();
    if (!rounded.contains(column.field())) {
      throw new BadValueException(
          column.field(),
          shorten(value) + " has more than " + scale + " digits after the point",
          inexact);
    }
    roundedValues++;
    return value.setScale(scale, RoundingMode.HALF_UP);
  }

  private static BadValueException tooLarge(Column column, BigDecimal value) {
    ColumnType type = column.type();
    return new BadValueException(
        column.field(),
        shorten(value)
            + " does not fit "
            + type.kind()
            + "("
            + type.precision()
            + ","
            + type.scale()
            + ")");
  }

  private static String shorten(BigDecimal value) {
    String text = value.toString();
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  /** Two's complement, big-endian, as few bytes as will do. */
  private void putSmallUnscaled(long value) {
    int length = 8 - (Long.numberOfLeadingZeros(value < 0 ? ~value : value) - 1) / 8;
    putLong(length);
    ensure(Long.BYTES);
    byte[] to = buffer;
    int at = size;
    for (int shift = (length - 1) * 8; shift >= 0; shift -= 8) {
      to[at++] = (byte) (value >> shift);
    }
    size = at;
  }

  private void putText(String ascii) {
    byte[] bytes = ascii.getBytes(StandardCharsets.UTF_8);
    putBytes(bytes, 0, bytes.length);
  }

  private static boolean isWellFormed(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(value);
      }
    }
    return true;
  }

  private void putByte(int value) {
    ensure(1);
    buffer[size++] = (byte) value;
  }

  private void putDouble(double value) {
    ensure(8);
    long bits = Double.doubleToLongBits(value);
    for (int i = 0; i < 8; i++) {
      buffer[size++] = (byte) (bits >>> (8 * i));
    }
  }

  /** Zigzag, seven bits a byte. */
  private void putLong(long value) {
    ensure(MOST_BYTES_OF_LONG);
    // Fields in locals: the quick compiler does not see to that.
    byte[] to = buffer;
    int at = size;
    long n = (value << 1) ^ (value >> 63);
    while ((n & ~0x7FL) != 0) {
      to[at++] = (byte) (n | 0x80);
      n >>>= 7;
    }
    to[at++] = (byte) n;
    size = at;
  }

  private void ensure(int more) {
    if (buffer.length - size < more) {
      grow(more);
    }
  }

  private void grow(int more) {
    if ((long) size - kept + more > MOST_BYTES) {
      Column column = array != null ? array : columns[Math.max(0, index - 1)];
      throw new BadValueException(
          column.field(), "with it the row has more than the 100 MB that BigQuery loads");
    }
    // With room for more behind a large value, since two large buffers may be one too many.
    long doubled = Math.min(2L * buffer.length, buffer.length + (long) MOST_BYTES_AT_REST);
    long wanted = Math.max(doubled, (long) size + more + more / 4);
    long most = (long) kept + MOST_BYTES;
    buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, most));
  }

  private static long[] powersOfTen() {
    long[] powers = new long[19];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = 10 * powers[i - 1];
    }
    return powers;
  }

  private record Level(Column[] columns, int index, Column array, int elements) {}
}
