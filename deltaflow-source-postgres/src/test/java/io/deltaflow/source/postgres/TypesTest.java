package io.deltaflow.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.deltaflow.source.postgres.TestConfig.Opened;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.PostgresServer;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypesTest {
  private static final String DATABASE = "types";
  private static final PostgresServer SERVER = TestServer.get();

  @BeforeAll
  static void createTypes() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE EXTENSION hstore",
        "CREATE EXTENSION citext",
        "CREATE TYPE mood AS ENUM ('sad', 'oké')",
        "CREATE DOMAIN positive AS numeric(8,3) CHECK (VALUE > 0)",
        "CREATE DOMAIN very_positive AS positive NOT NULL",
        "CREATE DOMAIN tags AS text[]",
        "CREATE TYPE address AS (street text, number int, flags bool[])",
        "CREATE TYPE person AS (name citext, home address, born interval, seen timestamptz)",
        "CREATE TYPE \"Odd \"\"Type\"\"\" AS ENUM ('a')");
  }

  private static Opened table(String name) {
    return TestConfig.of(SERVER, DATABASE).with("table", name).open();
  }

  private static Opened column(String type, String... literals) {
    SERVER.executeIn(
        DATABASE, "DROP TABLE IF EXISTS t", "CREATE TABLE t (position serial, v " + type + ")");
    for (String literal : literals) {
      SERVER.executeIn(DATABASE, "INSERT INTO t (v) VALUES (" + literal + ")");
    }
    return table("t");
  }

  private static Object only(Opened opened) {
    return Rows.all(opened).get(0).getValue("v");
  }

  private static FieldType detected(Opened opened) {
    return Rows.detect(opened).schema().getField("v").getType();
  }

  static Stream<Arguments> scalars() {
    return Stream.of(
        arguments("smallint", "-32768", Kind.INT64, -32768L),
        arguments("smallint", "32767", Kind.INT64, 32767L),
        arguments("integer", "-2147483648", Kind.INT64, -2147483648L),
        arguments("integer", "2147483647", Kind.INT64, 2147483647L),
        arguments("bigint", "'-9223372036854775808'", Kind.INT64, Long.MIN_VALUE),
        arguments("bigint", "9223372036854775807", Kind.INT64, Long.MAX_VALUE),
        arguments("oid", "4294967295", Kind.INT64, 4294967295L),
        arguments("real", "'1.17549435e-38'", Kind.FLOAT64, (double) Float.MIN_NORMAL),
        arguments("real", "'NaN'", Kind.FLOAT64, Double.NaN),
        arguments("double precision", "'4.9e-324'", Kind.FLOAT64, Double.MIN_VALUE),
        arguments("double precision", "'1.7976931348623157e308'", Kind.FLOAT64, Double.MAX_VALUE),
        arguments("double precision", "'-Infinity'", Kind.FLOAT64, Double.NEGATIVE_INFINITY),
        arguments("double precision", "'-0'", Kind.FLOAT64, -0.0),
        arguments("boolean", "true", Kind.BOOL, true),
        arguments("boolean", "false", Kind.BOOL, false),
        arguments("money", "'-12345.67'", Kind.NUMERIC, new BigDecimal("-12345.67")),
        arguments("text", "''", Kind.STRING, ""),
        arguments("text", "E'\\u00e4\\n\\t\\U0001F600'", Kind.STRING, "ä\n\t\uD83D\uDE00"),
        arguments("varchar(5)", "'abc  '", Kind.STRING, "abc  "),
        arguments("char(5)", "'abc'", Kind.STRING, "abc"),
        arguments("\"char\"", "'x'", Kind.STRING, "x"),
        arguments("name", "'n'", Kind.STRING, "n"),
        arguments("citext", "'MiXed'", Kind.STRING, "MiXed"),
        arguments(
            "uuid",
            "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
            Kind.STRING,
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        arguments("inet", "'10.0.0.1'", Kind.STRING, "10.0.0.1"),
        arguments("inet", "'10.0.0.1/8'", Kind.STRING, "10.0.0.1/8"),
        arguments("inet", "'::1'", Kind.STRING, "::1"),
        arguments("cidr", "'10.0.0.0/8'", Kind.STRING, "10.0.0.0/8"),
        arguments("macaddr", "'08:00:2B:01:02:03'", Kind.STRING, "08:00:2b:01:02:03"),
        arguments("xml", "'<a>ä</a>'", Kind.STRING, "<a>ä</a>"),
        arguments("mood", "'oké'", Kind.STRING, "oké"),
        arguments("\"Odd \"\"Type\"\"\"", "'a'", Kind.STRING, "a"),
        arguments("bit(4)", "B'0101'", Kind.STRING, "0101"),
        arguments("varbit", "B'1'", Kind.STRING, "1"),
        arguments("tsvector", "'a:1 b:2'", Kind.STRING, "'a':1 'b':2"),
        arguments("pg_lsn", "'16/B374D848'", Kind.STRING, "16/B374D848"),
        arguments("int4range", "'[1,5)'", Kind.STRING, "[1,5)"),
        arguments("int4multirange", "'{[1,5),[7,8)}'", Kind.STRING, "{[1,5),[7,8)}"),
        arguments(
            "tstzrange", "'[2024-01-01 00:00+02,)'", Kind.STRING, "[\"2023-12-31 22:00:00+00\",)"),
        arguments("timetz", "'12:30:00.5+05:30'", Kind.STRING, "12:30:00.5+05:30"),
        arguments(
            "interval",
            "'1 year 2 months -3 days 04:05:06.789'",
            Kind.STRING,
            "P1Y2M-3DT4H5M6.789S"),
        arguments("date", "'0001-01-01'", Kind.DATE, LocalDate.of(1, 1, 1)),
        arguments("date", "'9999-12-31'", Kind.DATE, LocalDate.of(9999, 12, 31)),
        arguments("date", "'2024-02-29'", Kind.DATE, LocalDate.of(2024, 2, 29)),
        arguments("time", "'00:00'", Kind.TIME, LocalTime.MIDNIGHT),
        arguments("time", "'23:59:59.999999'", Kind.TIME, LocalTime.of(23, 59, 59, 999_999_000)),
        arguments(
            "timestamp", "'0001-01-01 00:00'", Kind.DATETIME, LocalDateTime.of(1, 1, 1, 0, 0)),
        arguments(
            "timestamp",
            "'9999-12-31 23:59:59.999999'",
            Kind.DATETIME,
            LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000)),
        arguments(
            "timestamp",
            "'1969-12-31 23:59:59.123456'",
            Kind.DATETIME,
            LocalDateTime.of(1969, 12, 31, 23, 59, 59, 123_456_000)),
        arguments(
            "timestamptz",
            "'2024-01-01 00:00:00.000001+14'",
            Kind.TIMESTAMP,
            Instant.parse("2023-12-31T10:00:00.000001Z")),
        arguments(
            "timestamptz",
            "'0001-01-01 00:00:00+00'",
            Kind.TIMESTAMP,
            Instant.parse("0001-01-01T00:00:00Z")),
        arguments(
            "timestamptz",
            "'9999-12-31 23:59:59.999999+00'",
            Kind.TIMESTAMP,
            Instant.parse("9999-12-31T23:59:59.999999Z")),
        arguments(
            "json",
            "'{\"b\" : 12345678901234567890.10,\"a\":1, \"a\":2}'",
            Kind.JSON,
            "{\"b\" : 12345678901234567890.10,\"a\":1, \"a\":2}"),
        arguments(
            "jsonb",
            "'{\"n\":12345678901234567890.10}'",
            Kind.JSON,
            "{\"n\": 12345678901234567890.10}"),
        arguments("jsonb", "'null'", Kind.JSON, "null"),
        arguments("hstore", "'a=>1,b=>NULL'", Kind.JSON, "{\"a\": \"1\", \"b\": null}"),
        arguments("int[][]", "'{{1,2},{3,4}}'", Kind.JSON, "[[1,2],[3,4]]"),
        arguments("hstore[]", "ARRAY['a=>1'::hstore]", Kind.JSON, "[{\"a\": \"1\"}]"),
        arguments("point", "'(1.5,2)'", Kind.STRING, "(1.5,2)"));
  }

  @ParameterizedTest
  @MethodSource("scalars")
  void everyTypeKeepsItsValues(String type, String literal, Kind kind, Object value) {
    Opened opened = column(type, literal, "NULL");

    assertThat(FieldTypes.kind(detected(opened))).isEqualTo(kind);
    List<Row> rows = Rows.all(opened);
    Object found = rows.get(0).getValue("v");
    assertThat(found).isEqualTo(value);
    assertThat(rows.get(1).<Object>getValue("v")).isNull();
  }

  @Test
  void everyByteSurvives() {
    byte[] all = new byte[256];
    StringBuilder hex = new StringBuilder("'\\x");
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
      hex.append(String.format("%02x", i));
    }
    Opened opened = column("bytea", hex + "'", "''");

    assertThat(FieldTypes.kind(detected(opened))).isEqualTo(Kind.BYTES);
    assertThat(only(opened)).isEqualTo(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "0.00",
        "1",
        "-1",
        "10000",
        "9999.9999",
        "0.0001",
        "0.00010",
        "123456789012345678",
        "1234567890123456789",
        "-99999999999999999999999999999.999999999",
        "1e-20",
        "1.5e20",
        "0.000000000000000001",
        "100000000000000000000",
        "12345.678900",
        "-0.5",
        "578960446186580977117854925043439539266.34992332820282019728792003956564819967"
      })
  void numericIsExactWithItsScale(String text) {
    Object found = only(column("numeric", text));

    String plain = SERVER.queryIn(DATABASE, "SELECT v::text FROM t");
    assertThat(((BigDecimal) found).toPlainString()).isEqualTo(plain);
  }

  @Test
  void aNumericOfAllDigitsIsExact() {
    String digits = "123456789".repeat(10_000) + "." + "987654321".repeat(1_000);

    assertThat(only(column("numeric", digits))).isEqualTo(new BigDecimal(digits));
  }

  @ParameterizedTest
  @CsvSource({
    "'numeric(12,2)', 12, 2",
    "'numeric(5)', 5, 0",
    "'numeric(1000,500)', 1000, 500",
    "positive, 8, 3",
    "very_positive, 8, 3"
  })
  void precisionAndScaleAreDetected(String type, int precision, int scale) {
    assertThat(FieldTypes.precision(detected(column(type))))
        .contains(new FieldTypes.Precision(precision, scale));
  }

  @Test
  void aNegativeScaleIsDetected() {
    org.junit.jupiter.api.Assumptions.assumeTrue(SERVER.majorVersion() >= 15);
    Opened opened = column("numeric(3,-2)", "12345");

    assertThat(FieldTypes.precision(detected(opened))).contains(new FieldTypes.Precision(3, -2));
    assertThat((BigDecimal) only(opened)).isEqualByComparingTo("12300");
  }

  @Test
  void anUnboundedNumericHasNoPrecision() {
    assertThat(FieldTypes.precision(detected(column("numeric")))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "numeric, NaN, NaN",
    "date, infinity, infinity",
    "date, -infinity, -infinity",
    "date, 0001-12-31 BC, 0000-12-31",
    "date, 10000-01-01, +10000-01-01",
    "timestamp, infinity, infinity",
    "timestamp, 0044-03-15 12:00 BC, -0043-03-15T12:00",
    "timestamp, 294276-12-31 23:59:59.999999, +294276-12-31T23:59:59.999999",
    "timestamptz, -infinity, -infinity",
    "timestamptz, 10000-01-01 00:00+00, +10000-01-01T00:00",
    "time, 24:00:00, 24:00:00"
  })
  void aValueWithoutCounterpartIsNamedWithItsColumn(String type, String literal, String shown) {
    Opened opened = column(type, "'" + literal + "'");

    assertThatThrownBy(() -> Rows.all(opened))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column 'v'")
        .hasMessageContaining(shown);
  }

  @Test
  void numericInfinityIsNamed() {
    org.junit.jupiter.api.Assumptions.assumeTrue(SERVER.majorVersion() >= 14);
    Opened opened = column("numeric", "'-Infinity'");

    assertThatThrownBy(() -> Rows.all(opened)).hasMessageContaining("-Infinity");
  }

  @Test
  void readingGoesOnBehindABadValue() throws Exception {
    Opened opened = column("numeric", "1", "'NaN'", "3");
    ReadRequest request = Rows.request(opened);
    var split = opened.source().split(request, opened.context()).get(0);
    try (var reader = opened.source().open(split, request, opened.context())) {
      assertThat(reader.advance()).isTrue();
      assertThat(reader.row().getDecimal("v")).isEqualTo(new BigDecimal("1"));
      assertThat(reader.advance()).isTrue();
      assertThatThrownBy(reader::row).isInstanceOf(BadValueException.class);
      assertThat(reader.advance()).isTrue();
      assertThat(reader.row().getDecimal("v")).isEqualTo(new BigDecimal("3"));
      assertThat(reader.advance()).isFalse();
    }
  }

  static Stream<Arguments> arrays() {
    return Stream.of(
        arguments("int[]", "'{1,NULL,3}'", Kind.INT64, Arrays.asList(1L, null, 3L)),
        arguments("int[]", "'[5:6]={7,8}'", Kind.INT64, List.of(7L, 8L)),
        arguments("int[]", "'{}'", Kind.INT64, List.of()),
        arguments("text[]", "ARRAY['a,b', '\"', '']", Kind.STRING, List.of("a,b", "\"", "")),
        arguments("oid[]", "'{4294967295}'", Kind.INT64, List.of(4294967295L)),
        arguments("numeric(10,2)[]", "'{1.5}'", Kind.NUMERIC, List.of(new BigDecimal("1.50"))),
        arguments("money[]", "'{1.5}'", Kind.NUMERIC, List.of(new BigDecimal("1.50"))),
        arguments("mood[]", "'{sad,oké}'", Kind.STRING, List.of("sad", "oké")),
        arguments(
            "inet[]", "'{10.0.0.1,10.0.0.0/8}'", Kind.STRING, List.of("10.0.0.1", "10.0.0.0/8")),
        arguments("citext[]", "'{X}'", Kind.STRING, List.of("X")),
        arguments("interval[]", "'{1 day}'", Kind.STRING, List.of("P1D")),
        arguments("int4range[]", "ARRAY['[1,2)'::int4range]", Kind.STRING, List.of("[1,2)")),
        arguments("box[]", "ARRAY['((1,1),(0,0))'::box]", Kind.STRING, List.of("(1,1),(0,0)")),
        arguments("jsonb[]", "ARRAY['{\"a\":1}'::jsonb]", Kind.JSON, List.of("{\"a\": 1}")),
        arguments("tags", "'{x}'", Kind.STRING, List.of("x")),
        arguments(
            "timestamptz[]",
            "'{2024-01-01 00:00:00.5+00}'",
            Kind.TIMESTAMP,
            List.of(Instant.parse("2024-01-01T00:00:00.5Z"))),
        arguments(
            "uuid[]",
            "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'",
            Kind.STRING,
            List.of("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")));
  }

  @ParameterizedTest
  @MethodSource("arrays")
  void arraysAreRepeatedAndNullElementsStayNull(
      String type, String literal, Kind kind, List<Object> value) {
    Opened opened = column(type, literal, "NULL");

    FieldType detected = detected(opened);
    assertThat(FieldTypes.kind(detected)).isEqualTo(Kind.ARRAY);
    assertThat(FieldTypes.kind(detected.getCollectionElementType())).isEqualTo(kind);
    List<Row> rows = Rows.all(opened);
    Object found = rows.get(0).getValue("v");
    assertThat(found).isEqualTo(value);
    assertThat(rows.get(1).<Object>getValue("v")).isNull();
  }

  @Test
  void aSecondDimensionInAColumnOfOneIsRefused() {
    Opened opened = column("int[]", "'{{1,2},{3,4}}'");

    assertThatThrownBy(() -> Rows.all(opened))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("2 dimensions");
  }

  @Test
  void compositesAreRecords() {
    Opened opened = column("address", "ROW('Elm', 5, '{t,NULL}')", "NULL", "ROW(NULL, NULL, NULL)");

    FieldType type = detected(opened);
    assertThat(FieldTypes.kind(type)).isEqualTo(Kind.RECORD);
    assertThat(type.getRowSchema().getFieldNames()).containsExactly("street", "number", "flags");
    List<Row> rows = Rows.all(opened);
    Row first = rows.get(0).getRow("v");
    assertThat(first.getValues()).containsExactly("Elm", 5L, Arrays.asList(true, null));
    assertThat(rows.get(1).getRow("v")).isNull();
    assertThat(rows.get(2).getRow("v").getValues()).containsExactly(null, null, null);
  }

  @Test
  void compositesOfTypesThatTravelAsTextAreRecordsToo() {
    Opened opened =
        column(
            "person",
            "ROW('Ada', ROW('Elm', 5, NULL), '2 days', '2024-01-01 00:00+00')",
            "NULL",
            "ROW('Bob', NULL, NULL, NULL)");

    List<Row> rows = Rows.all(opened);
    Row ada = rows.get(0).getRow("v");
    assertThat(ada.getString("name")).isEqualTo("Ada");
    assertThat(ada.getRow("home").getValues()).containsExactly("Elm", 5L, null);
    assertThat(ada.getString("born")).isEqualTo("P2D");
    assertThat(ada.<Object>getValue("seen")).isEqualTo(Instant.parse("2024-01-01T00:00:00Z"));
    assertThat(rows.get(1).getRow("v")).isNull();
    assertThat(rows.get(2).getRow("v").getRow("home")).isNull();
  }

  @Test
  void arraysOfCompositesAreRepeatedRecords() {
    Opened opened = column("address[]", "ARRAY[ROW('Elm', 5, NULL)::address, NULL]");

    List<Row> found = new java.util.ArrayList<>(Rows.all(opened).get(0).getArray("v"));
    assertThat(found.get(0).getValues()).containsExactly("Elm", 5L, null);
    assertThat(found.get(1)).isNull();
  }

  @Test
  void aTypeCarriedAsItsTextIsWarnedOf() {
    assertThat(Rows.detect(column("point")).warnings())
        .singleElement()
        .asString()
        .contains("'v'", "point", "STRING");
    assertThat(Rows.detect(column("interval")).warnings()).isEmpty();
  }

  @Test
  void aDomainThatForbidsNullMakesItsColumnRequired() {
    Schema schema = Rows.detect(column("very_positive")).schema();
    assertThat(schema.getField("v").getType().getNullable()).isFalse();
    assertThat(Rows.detect(column("positive")).schema().getField("v").getType().getNullable())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"})
  void theTimeZoneOfTheJvmChangesNothing(String zone) {
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone(zone));
      // The driver hands the time zone over when it connects, so the connections must be new.
      Opened opened =
          TestConfig.of(SERVER, DATABASE).with("table", "t").with("application_name", zone).open();
      column("timestamptz", "'2024-03-10 02:30:00.123456+00'");
      assertThat(only(opened)).isEqualTo(Instant.parse("2024-03-10T02:30:00.123456Z"));
      // 02:30 does not exist in New York on that day, nor the 30th in Apia in that month.
      column("timestamp", "'2024-03-10 02:30:00.123456'");
      assertThat(only(opened)).isEqualTo(LocalDateTime.of(2024, 3, 10, 2, 30, 0, 123_456_000));
      column("date", "'2011-12-30'");
      assertThat(only(opened)).isEqualTo(LocalDate.of(2011, 12, 30));
      column("tstzrange", "'[2024-01-01 00:00+00,)'");
      assertThat(only(opened)).isEqualTo("[\"2024-01-01 00:00:00+00\",)");
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void aSourceTimeZoneMakesInstantsOfLocalTimes() {
    column("timestamp", "'2024-07-01 12:00:00.000001'", "'2024-11-03 01:30'", "'2024-03-10 02:30'");
    Opened opened =
        TestConfig.of(SERVER, DATABASE)
            .with("table", "t")
            .with("source_timezone", "America/New_York")
            .open();

    assertThat(FieldTypes.kind(detected(opened))).isEqualTo(Kind.TIMESTAMP);
    assertThat(Rows.column(Rows.all(opened), "v"))
        .containsExactly(
            Instant.parse("2024-07-01T16:00:00.000001Z"),
            Instant.parse("2024-11-03T06:30:00Z"),
            Instant.parse("2024-03-10T07:30:00Z"));
  }

  @Test
  void anyColumnCanBeAskedForAsText() {
    Opened opened = column("numeric", "'NaN'");
    Schema asText = Schema.builder().addNullableField("v", FieldTypes.STRING).build();

    assertThat(Rows.read(opened, ReadRequest.of(asText)).get(0).getString("v")).isEqualTo("NaN");
  }

  @Test
  void localTimesCanBeAskedForAsInstants() {
    Opened opened = column("timestamp", "'2024-01-01 12:00'");
    Schema instants = Schema.builder().addNullableField("v", FieldTypes.TIMESTAMP).build();

    Object found = Rows.read(opened, ReadRequest.of(instants)).get(0).getValue("v");
    assertThat(found).isEqualTo(Instant.parse("2024-01-01T12:00:00Z"));
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    SERVER.executeIn(
        "postgres",
        "DROP DATABASE IF EXISTS ascii",
        "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0");
    SERVER.executeIn("ascii", "CREATE TABLE t (v text)", "INSERT INTO t VALUES ('ä'), (E'\\xff')");
    Opened opened = TestConfig.of(SERVER, "ascii").with("table", "t").open();

    assertThatThrownBy(() -> Rows.all(opened))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("0xff")
        .hasMessageContaining("UTF-8");
    SERVER.executeIn("ascii", "DELETE FROM t WHERE v = E'\\xff'");
    assertThat(Rows.column(Rows.all(opened), "v")).containsExactly("ä");
  }

  @Test
  void generatedAndDroppedColumnsAndViewsAndPartitionsAreRead() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS g CASCADE",
        "CREATE TABLE g (id int, gone int, twice int GENERATED ALWAYS AS (id * 2) STORED)"
            + " PARTITION BY RANGE (id)",
        "CREATE TABLE g1 PARTITION OF g FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE g2 PARTITION OF g FOR VALUES FROM (10) TO (20)",
        "ALTER TABLE g DROP COLUMN gone",
        "INSERT INTO g VALUES (1), (11)",
        "CREATE VIEW gv AS SELECT id + 1 AS next FROM g",
        "CREATE MATERIALIZED VIEW gm AS SELECT * FROM g");

    assertThat(Rows.column(Rows.all(table("g")), "twice")).containsExactlyInAnyOrder(2L, 22L);
    assertThat(Rows.column(Rows.all(table("gv")), "next")).containsExactlyInAnyOrder(2L, 12L);
    assertThat(Rows.all(table("gm"))).hasSize(2);
    DetectedSchema view = Rows.detect(table("gv"));
    assertThat(view.primaryKey()).isEmpty();
  }

  @Test
  void keysOfAnInheritedTableAreNotTaken() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS parent CASCADE",
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE child () INHERITS (parent)",
        "INSERT INTO parent VALUES (1)",
        "INSERT INTO child VALUES (1)");

    DetectedSchema detected = Rows.detect(table("parent"));
    assertThat(detected.primaryKey()).isEmpty();
    assertThat(detected.warnings()).anyMatch(w -> w.contains("inherit"));
    assertThat(Rows.all(table("parent"))).hasSize(2);
  }

  @Test
  void compositeKeysComeInKeyOrder() {
    SERVER.executeIn(
        DATABASE,
        "DROP TABLE IF EXISTS k",
        "CREATE TABLE k (a int, b text, c date, PRIMARY KEY (c, a) INCLUDE (b))");

    assertThat(Rows.detect(table("k")).primaryKey()).containsExactly("c", "a");
  }
}
