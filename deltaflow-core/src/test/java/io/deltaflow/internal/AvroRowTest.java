package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AvroRowTest {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private static Column column(String name, ColumnType type, boolean required) {
    return new Column(name, name, name, type, required);
  }

  private static Column nullable(ColumnType type) {
    return column("a", type, false);
  }

  private static GenericRecord encode(List<Column> columns, Consumer<ValueSink> values)
      throws IOException {
    AvroRow row = new AvroRow(columns);
    row.start();
    values.accept(row);
    row.finish();
    return new GenericDatumReader<GenericRecord>(AvroSchemas.of(columns))
        .read(null, DecoderFactory.get().binaryDecoder(row.buffer(), 0, row.size(), null));
  }

  private static Object encodeOne(ColumnType type, Consumer<ValueSink> value) throws IOException {
    return encode(List.of(nullable(type)), value).get(0);
  }

  private static BigDecimal decimal(Object bytes, int scale) {
    ByteBuffer buffer = (ByteBuffer) bytes;
    byte[] array = new byte[buffer.remaining()];
    buffer.get(array);
    return new BigDecimal(new BigInteger(array), scale);
  }

  @Test
  void everyKindComesBackAsAvroReadsIt() throws IOException {
    List<Column> columns =
        List.of(
            column("b", ColumnType.of(Kind.BOOL), true),
            column("i", ColumnType.of(Kind.INT64), false),
            column("f", ColumnType.of(Kind.FLOAT64), false),
            column("n", ColumnType.numeric(38, 9), false),
            column("s", ColumnType.of(Kind.STRING), false),
            column("y", ColumnType.of(Kind.BYTES), false),
            column("d", ColumnType.of(Kind.DATE), false),
            column("t", ColumnType.of(Kind.TIME), false),
            column("l", ColumnType.of(Kind.DATETIME), false),
            column("z", ColumnType.of(Kind.TIMESTAMP), false),
            column("j", ColumnType.of(Kind.JSON), false),
            column("r", ColumnType.of(Kind.INT64).asRepeated(), true),
            column(
                "q",
                ColumnType.struct(
                    List.of(
                        column("x", ColumnType.of(Kind.STRING), false),
                        column("y", ColumnType.of(Kind.INT64).asRepeated(), true))),
                false));
    GenericRecord r =
        encode(
            columns,
            sink -> {
              sink.appendBoolean(true);
              sink.appendInt64(Long.MIN_VALUE);
              sink.appendFloat64(Double.NaN);
              sink.appendNumeric(new BigDecimal("-12345678901234567890.5"));
              sink.appendString("grüße 🎉");
              sink.appendBytes(new byte[] {1, 2, 3}, 1, 2);
              sink.appendDate(LocalDate.of(1, 1, 1).toEpochDay());
              sink.appendTime(MICROS_PER_DAY - 1);
              sink.appendDateTime(-1);
              sink.appendTimestamp(253_402_300_799_999_999L);
              sink.appendString("{}");
              sink.startArray(2);
              sink.appendInt64(1);
              sink.appendInt64(-1);
              sink.endArray();
              sink.startRecord();
              sink.appendNull();
              sink.startArray(0);
              sink.endArray();
              sink.endRecord();
            });
    assertThat(r.get(0)).isEqualTo(true);
    assertThat(r.get(1)).isEqualTo(Long.MIN_VALUE);
    assertThat(r.get(2)).isEqualTo(Double.NaN);
    assertThat(decimal(r.get(3), 9)).isEqualByComparingTo("-12345678901234567890.5");
    assertThat(r.get(4)).hasToString("grüße 🎉");
    assertThat(r.get(5)).isEqualTo(ByteBuffer.wrap(new byte[] {2, 3}));
    assertThat(r.get(6)).isEqualTo(-719162);
    assertThat(r.get(7)).isEqualTo(MICROS_PER_DAY - 1);
    assertThat(r.get(8)).isEqualTo(-1L);
    assertThat(r.get(9)).isEqualTo(253_402_300_799_999_999L);
    assertThat(r.get(11)).isEqualTo(List.of(1L, -1L));
    GenericRecord nested = (GenericRecord) r.get(12);
    assertThat(nested.get(0)).isNull();
    assertThat((List<?>) nested.get(1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "-1",
        "127",
        "128",
        "-128",
        "-129",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "99999999999999999999999999999"
      })
  void numericsAreExact(String text) throws IOException {
    BigDecimal value = new BigDecimal(text).movePointLeft(9);
    Object encoded = encodeOne(ColumnType.numeric(38, 9), s -> s.appendNumeric(value));
    assertThat(decimal(encoded, 9)).isEqualByComparingTo(value);
  }

  @Test
  void aNumericThatDoesNotFitIsABadValueAndNeverRounded() {
    ColumnType type = ColumnType.numeric(10, 2);
    assertThatThrownBy(() -> encodeOne(type, s -> s.appendNumeric(new BigDecimal("0.001"))))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("'a'")
        .hasMessageContaining("more than 2 digits after the point");
    assertThatThrownBy(() -> encodeOne(type, s -> s.appendNumeric(new BigDecimal("123456789"))))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("NUMERIC(10,2)");
    assertThatThrownBy(() -> encodeOne(type, s -> s.appendNumeric(new BigDecimal("1E+900000"))))
        .isInstanceOf(BadValueException.class);
  }

  @Test
  void roundingHappensOnlyWhereItIsAskedForAndIsCounted() throws IOException {
    List<Column> columns = List.of(nullable(ColumnType.numeric(4, 2)));
    AvroRow row = new AvroRow(columns, Set.of("a"));
    row.start();
    row.appendNumeric(new BigDecimal("1.005"));
    row.finish();
    assertThat(row.buffer()[row.size() - 1]).isEqualTo((byte) 101);
    row.start();
    row.appendNumeric(new BigDecimal("1.50"));
    assertThat(row.roundedValues()).isEqualTo(1);
    row.start();
    assertThatThrownBy(() -> row.appendNumeric(new BigDecimal("99.995")))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("NUMERIC(4,2)");
  }

  @Test
  void valuesOutsideBigQuerysRangeAreBadValues() {
    assertThatThrownBy(() -> encodeOne(ColumnType.of(Kind.DATE), s -> s.appendDate(2_932_897)))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("9999");
    assertThatThrownBy(
            () -> encodeOne(ColumnType.of(Kind.TIMESTAMP), s -> s.appendTimestamp(Long.MAX_VALUE)))
        .isInstanceOf(BadValueException.class);
    assertThatThrownBy(() -> encodeOne(ColumnType.of(Kind.TIME), s -> s.appendTime(MICROS_PER_DAY)))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("24:00:00");
    assertThatThrownBy(() -> encodeOne(ColumnType.of(Kind.STRING), s -> s.appendString("a\ud800b")))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("surrogate");
  }

  @Test
  void aNullWhereNoneMayBeIsABadValue() {
    assertThatThrownBy(
            () ->
                encode(
                    List.of(column("a", ColumnType.of(Kind.INT64), true)), ValueSink::appendNull))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("REQUIRED");
    assertThatThrownBy(
            () ->
                encodeOne(
                    ColumnType.of(Kind.INT64).asRepeated(),
                    s -> {
                      s.startArray(1);
                      s.appendNull();
                    }))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("NULL element");
  }

  @Test
  void anIntegerThatAFloatCannotHoldIsABadValue() throws IOException {
    ColumnType type = ColumnType.of(Kind.FLOAT64);
    assertThat(encodeOne(type, s -> s.appendInt64(1L << 53))).isEqualTo(9007199254740992.0);
    assertThatThrownBy(() -> encodeOne(type, s -> s.appendInt64((1L << 53) + 1)))
        .isInstanceOf(BadValueException.class);
  }

  @Test
  void aReaderThatAppendsTooFewOrTooManyValuesIsCaught() {
    List<Column> columns = List.of(nullable(ColumnType.of(Kind.INT64)));
    assertThatThrownBy(() -> encode(columns, s -> {})).isInstanceOf(InternalException.class);
    assertThatThrownBy(
            () ->
                encode(
                    columns,
                    s -> {
                      s.appendNull();
                      s.appendNull();
                    }))
        .isInstanceOf(InternalException.class);
    assertThatThrownBy(() -> encode(columns, s -> s.appendBoolean(true)))
        .isInstanceOf(InternalException.class)
        .hasMessageContaining("'a'")
        .hasMessageContaining("INT64");
  }

  @Test
  void aRowThatWasAbandonedLeavesNothingInTheNext() throws IOException {
    List<Column> columns = List.of(nullable(ColumnType.of(Kind.STRING).asRepeated()));
    AvroRow row = new AvroRow(columns);
    row.start();
    row.startArray(2);
    row.appendString("lost");
    row.start();
    row.appendNull();
    row.finish();
    assertThat(row.size()).isEqualTo(1);
  }

  /** The encoded value, or why it was refused. */
  private static String outcome(ColumnType type, Set<String> rounded, Consumer<ValueSink> value) {
    AvroRow row = new AvroRow(List.of(nullable(type)), rounded);
    row.start();
    try {
      value.accept(row);
    } catch (BadValueException e) {
      return e.getMessage();
    }
    row.finish();
    String bytes = HexFormat.of().formatHex(row.buffer(), 0, row.size());
    return bytes + ", rounded " + row.roundedValues();
  }

  @Test
  void aNumberThatFitsALongIsEncodedAsItsBigDecimal() {
    List<ColumnType> types =
        List.of(
            ColumnType.numeric(38, 9),
            ColumnType.numeric(12, 2),
            ColumnType.numeric(3, 3),
            ColumnType.numeric(18, 0),
            ColumnType.bigNumeric(76, 38),
            ColumnType.bigNumeric(40, 20),
            ColumnType.of(Kind.STRING));
    LongStream magnitudes =
        LongStream.concat(
            LongStream.of(0, 1, 4, 5, 127, 128, 255, 256, Long.MAX_VALUE),
            IntStream.range(1, 19)
                .mapToObj(i -> (long) Math.pow(10, i))
                .flatMap(ten -> Stream.of(ten - 1, ten, ten + 1))
                .mapToLong(n -> n));
    List<Long> values =
        LongStream.concat(magnitudes, LongStream.of(Long.MIN_VALUE))
            .flatMap(n -> LongStream.of(n, -n))
            .boxed()
            .toList();
    for (ColumnType type : types) {
      for (Set<String> rounded : List.of(Set.<String>of(), Set.of("a"))) {
        for (long unscaled : values) {
          for (int scale : new int[] {-3, 0, 1, 2, 3, 9, 10, 18, 20, 38, 40}) {
            assertThat(outcome(type, rounded, sink -> sink.appendNumeric(unscaled, scale)))
                .as("%s / 10^%s as %s", unscaled, scale, type)
                .isEqualTo(
                    outcome(
                        type,
                        rounded,
                        sink -> sink.appendNumeric(BigDecimal.valueOf(unscaled, scale))));
          }
        }
      }
    }
  }

  @Test
  void arraysOfRecordsThatHoldArraysLeaveTheNextColumnInItsPlace() throws IOException {
    ColumnType record =
        ColumnType.struct(
            List.of(
                column("x", ColumnType.of(Kind.INT64).asRepeated(), true),
                column("y", ColumnType.of(Kind.INT64), true)));
    GenericRecord r =
        encode(
            List.of(
                column("a", record.asRepeated(), true),
                column("b", ColumnType.of(Kind.INT64), false)),
            sink -> {
              sink.startArray(2);
              for (int i = 0; i < 2; i++) {
                sink.startRecord();
                sink.startArray(1 + i);
                for (int j = 0; j <= i; j++) {
                  sink.appendInt64(10 * i + j);
                }
                sink.endArray();
                sink.appendInt64(100 + i);
                sink.endRecord();
              }
              sink.endArray();
              sink.appendInt64(7);
            });
    assertThat(r.get(0)).hasToString("[{\"x\": [0], \"y\": 100}, {\"x\": [10, 11], \"y\": 101}]");
    assertThat(r.get(1)).isEqualTo(7L);
  }
}
