package io.deltaflow.source.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.mongo.TestConfig.Opened;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Schemas, values, splits and windows, for a server that a subclass names. */
abstract class MongoReads {
  private static final String DATABASE = "reads";

  private String collection;

  abstract TestMongo server();

  @BeforeEach
  void nameCollection(TestInfo test) {
    collection = test.getTestMethod().orElseThrow().getName();
    server().collection(DATABASE, collection).drop();
  }

  private TestConfig config() {
    return server().config(DATABASE, collection);
  }

  private void insert(String... documents) {
    server().insert(DATABASE, collection, documents);
  }

  private void insert(List<BsonDocument> documents) {
    server().collection(DATABASE, collection).insertMany(documents);
  }

  private static FieldTypes.Kind kind(Schema schema, String field) {
    return FieldTypes.kind(schema.getField(field).getType());
  }

  // ---------------------------------------------------------------------------------- schema

  @Test
  void everyTypeHasItsColumn() {
    insert(
        "{_id: {$oid: '507f1f77bcf86cd799439011'}, int: 1, long: {$numberLong: '9007199254740993'},"
            + " double: 0.5, decimal: {$numberDecimal: '1.10'}, text: 'ü', flag: true, date:"
            + " {$date: '2024-02-03T04:05:06.789Z'}, bytes: {$binary: {base64: 'AQI=', subType:"
            + " '00'}}, uuid: {$binary: {base64: 'ASNFZ4mrze8BI0VniavN7w==', subType: '04'}},"
            + " document: {a: 1}, array: [1, 'x'], regex: {$regularExpression: {pattern: 'a/b',"
            + " options: 'i'}}, stamp: {$timestamp: {t: 5, i: 6}}, ref: {$ref: 'c', $id: 1},"
            + " nothing: null}");

    Opened opened = config().open();
    DetectedSchema detected = opened.detect();
    Schema schema = detected.schema();

    assertThat(schema.getFieldNames())
        .containsExactly(
            "_id",
            "int",
            "long",
            "double",
            "decimal",
            "text",
            "flag",
            "date",
            "bytes",
            "uuid",
            "document",
            "array",
            "regex",
            "stamp",
            "ref");
    assertThat(schema.getFields().stream().map(f -> FieldTypes.kind(f.getType())))
        .containsExactly(
            FieldTypes.Kind.STRING,
            FieldTypes.Kind.INT64,
            FieldTypes.Kind.INT64,
            FieldTypes.Kind.FLOAT64,
            FieldTypes.Kind.NUMERIC,
            FieldTypes.Kind.STRING,
            FieldTypes.Kind.BOOL,
            FieldTypes.Kind.TIMESTAMP,
            FieldTypes.Kind.BYTES,
            FieldTypes.Kind.STRING,
            FieldTypes.Kind.JSON,
            FieldTypes.Kind.JSON,
            FieldTypes.Kind.JSON,
            FieldTypes.Kind.JSON,
            FieldTypes.Kind.JSON);
    assertThat(detected.primaryKey()).containsExactly("_id");
    assertThat(detected.warnings()).isEmpty();
    assertThat(schema.getField("_id").getType().getNullable()).isFalse();
    assertThat(schema.getField("int").getType().getNullable()).isTrue();

    Row row = opened.rows().get(0);
    assertThat(row.<Object>getValue("_id")).isEqualTo("507f1f77bcf86cd799439011");
    assertThat(row.<Object>getValue("int")).isEqualTo(1L);
    assertThat(row.<Object>getValue("long")).isEqualTo(9_007_199_254_740_993L);
    assertThat(row.<Object>getValue("double")).isEqualTo(0.5);
    assertThat(row.<Object>getValue("decimal")).isEqualTo(new BigDecimal("1.10"));
    assertThat(row.<Object>getValue("text")).isEqualTo("ü");
    assertThat(row.<Object>getValue("flag")).isEqualTo(true);
    assertThat(row.<Object>getValue("date")).isEqualTo(Instant.parse("2024-02-03T04:05:06.789Z"));
    assertThat(row.<Object>getValue("bytes")).isEqualTo(new byte[] {1, 2});
    assertThat(row.<Object>getValue("uuid")).isEqualTo("01234567-89ab-cdef-0123-456789abcdef");
    assertThat(row.<Object>getValue("document")).isEqualTo("{\"a\":1}");
    assertThat(row.<Object>getValue("array")).isEqualTo("[1,\"x\"]");
    assertThat(row.<Object>getValue("regex"))
        .isEqualTo("{\"$regularExpression\":{\"pattern\":\"a/b\",\"options\":\"i\"}}");
    assertThat(row.<Object>getValue("stamp")).isEqualTo("{\"$timestamp\":{\"t\":5,\"i\":6}}");
  }

  @Test
  void wholeAndFractionalNumbersMixOnlyAsFarAsNothingIsRounded() {
    insert(
        "{_id: 1, exact: 1, large: {$numberLong: '9007199254740993'}, wide: {$numberLong:"
            + " '9007199254740993'}, money: 5}",
        "{_id: 2, exact: 0.5, large: 0.25, wide: {$numberDouble: 'NaN'}, money: {$numberDecimal:"
            + " '0.10'}}");

    Opened opened = config().open();
    DetectedSchema detected = opened.detect();

    assertThat(kind(detected.schema(), "exact")).isEqualTo(FieldTypes.Kind.FLOAT64);
    assertThat(kind(detected.schema(), "large")).isEqualTo(FieldTypes.Kind.NUMERIC);
    assertThat(kind(detected.schema(), "wide")).isEqualTo(FieldTypes.Kind.JSON);
    assertThat(kind(detected.schema(), "money")).isEqualTo(FieldTypes.Kind.NUMERIC);
    List<Row> rows = opened.rows();
    assertThat(rows)
        .extracting(r -> r.<Object>getValue("large"))
        .containsExactly(new BigDecimal("9007199254740993"), new BigDecimal("0.25"));
    assertThat(rows)
        .extracting(r -> r.<Object>getValue("wide"))
        .containsExactly("9007199254740993", "{\"$numberDouble\":\"NaN\"}");
  }

  @Test
  void fieldsOfSeveralTypesBecomeJsonAndAreListed() {
    insert("{_id: 1, x: 'a', ref: 'b'}", "{_id: 2, x: 5, ref: {$oid: '507f1f77bcf86cd799439011'}}");

    Opened opened = config().open();
    DetectedSchema detected = opened.detect();

    assertThat(kind(detected.schema(), "x")).isEqualTo(FieldTypes.Kind.JSON);
    assertThat(kind(detected.schema(), "ref")).isEqualTo(FieldTypes.Kind.STRING);
    assertThat(detected.warnings())
        .containsExactlyInAnyOrder(
            "field 'x' has values of several types (integer, string): it is carried as JSON",
            "field 'ref' has values of several types (string, ObjectId): it is carried as STRING");
    assertThat(opened.rows())
        .extracting(r -> r.<Object>getValue("x"))
        .containsExactlyInAnyOrder("\"a\"", "5");
  }

  @Test
  void aCensusFindsWhatASampleMissesAndCounts() {
    List<BsonDocument> documents = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      documents.add(new BsonDocument("_id", new BsonInt32(i)).append("n", new BsonInt32(i)));
    }
    documents.get(1234).append("rare", new BsonString("x"));
    documents.get(1500).put("n", new BsonString("many"));
    insert(documents);

    Opened sampled = config().with("sample_size", "2").open();
    assertThat(sampled.detect().schema().hasField("rare")).isFalse();
    assertThat(sampled.detect().warnings())
        .anySatisfy(w -> assertThat(w).contains("sample of 2 documents").contains("CENSUS"));
    assertThatThrownBy(sampled::rows).isInstanceOf(BadValueException.class);

    Opened counted = config().with("schema_mode", "census").open();
    DetectedSchema detected = counted.detect();
    assertThat(kind(detected.schema(), "rare")).isEqualTo(FieldTypes.Kind.STRING);
    assertThat(detected.warnings())
        .containsExactly(
            "field 'n' has values of several types (integer in 2999, string in 1): it is carried as"
                + " JSON");
    assertThat(counted.rows()).hasSize(3000);
  }

  @Test
  void documentsAndArraysOfOneShapeBecomeRecords() {
    insert(
        "{_id: 1, place: {city: 'Ulm', at: {lat: 1.5}}, tags: ['a', 'b'], lines: [{n: 1}, {n: 2}],"
            + " holes: [1, null], nested: [[1]], mixed: [1, 'x'], empty: []}",
        "{_id: 2, place: {city: 'Bonn', zip: 5}, tags: [], lines: []}",
        "{_id: 3}");

    Opened opened = config().with("nested", "struct").open();
    Schema schema = opened.detect().schema();

    assertThat(kind(schema, "place")).isEqualTo(FieldTypes.Kind.RECORD);
    assertThat(schema.getField("place").getType().getRowSchema().getFieldNames())
        .containsExactly("city", "at", "zip");
    assertThat(kind(schema, "tags")).isEqualTo(FieldTypes.Kind.ARRAY);
    assertThat(kind(schema, "lines")).isEqualTo(FieldTypes.Kind.ARRAY);
    for (String json : List.of("holes", "nested", "mixed", "empty")) {
      assertThat(kind(schema, json)).as(json).isEqualTo(FieldTypes.Kind.JSON);
    }
    List<Row> rows = opened.rows();
    assertThat(rows.get(0).getRow("place").getRow("at").getDouble("lat")).isEqualTo(1.5);
    assertThat(rows.get(1).getRow("place").getInt64("zip")).isEqualTo(5);
    assertThat(rows.get(1).getRow("place").getRow("at")).isNull();
    assertThat(rows.get(2).getRow("place")).isNull();
    assertThat(rows.get(0).getArray("tags")).containsExactly("a", "b");
    assertThat(rows.get(2).getArray("tags")).isEmpty();
    assertThat(rows.get(0).<Row>getArray("lines"))
        .extracting(r -> r.getInt64("n"))
        .containsExactly(1L, 2L);
    assertThat(rows.get(0).<Object>getValue("holes")).isEqualTo("[1,null]");
  }

  @Test
  void valuesThatDoNotFitAreRefusedByNameTypeAndId() {
    insert("{_id: 1, n: 1, when: {$date: '2024-01-01T00:00:00Z'}, nested: {a: 1}}");
    Opened opened = config().with("nested", "struct").open();
    ReadRequest request = opened.request();

    assertMisfit(
        opened,
        request,
        "{_id: 'k1', n: 'secret'}",
        "column 'n': found a value of the type string",
        "INT64",
        "CENSUS",
        "\"k1\"");
    assertMisfit(opened, request, "{_id: 'k2', n: 1.5}", "column 'n'", "double", "INT64");
    assertMisfit(
        opened,
        request,
        "{_id: 'k3', when: {$date: {$numberLong: '253402300800000'}}}",
        "column 'when'",
        "years 1 to 9999");
    assertMisfit(
        opened,
        request,
        "{_id: 'k4', other: 1}",
        "column 'other'",
        "not in the detected schema",
        "schema_mode=CENSUS or a larger sample_size",
        "\"k4\"");
    assertMisfit(
        opened,
        request,
        "{_id: 'k5', nested: {b: 1}}",
        "column 'nested'",
        "in 'b'",
        "not in the detected schema");

    insert("{_id: 'fits', n: 7.0, other: null}");
    assertThat(opened.read(withTextId(request)))
        .extracting(r -> r.<Object>getValue("n"))
        .contains(7L);
  }

  /** Integers were all that there was; now there are strings. */
  private static ReadRequest withTextId(ReadRequest request) {
    Schema.Builder schema = Schema.builder();
    request
        .schema()
        .getFields()
        .forEach(
            f -> schema.addField(f.getName().equals("_id") ? f.withType(FieldTypes.STRING) : f));
    return ReadRequest.of(schema.build());
  }

  private void assertMisfit(Opened opened, ReadRequest request, String document, String... parts) {
    insert(document);
    assertThatThrownBy(() -> opened.read(withTextId(request)))
        .isInstanceOf(BadValueException.class)
        .message()
        .contains(parts)
        .doesNotContain("secret");
    server()
        .collection(DATABASE, collection)
        .deleteOne(new BsonDocument("_id", BsonDocument.parse(document).get("_id")));
  }

  @Test
  void aProjectionLeavesFieldsOutForGood() {
    insert("{_id: 1, a: 1, b: 2}");
    Opened opened = config().with("projection", "{\"_id\": 0, \"b\": 0}").open();
    ReadRequest request = opened.request();
    insert("{_id: 2, a: 3, b: 'x'}");

    assertThat(request.schema().getFieldNames()).containsExactly("a");
    assertThat(opened.detect().primaryKey()).isEmpty();
    assertThat(opened.read(request))
        .extracting(r -> r.<Object>getValue("a"))
        .containsExactlyInAnyOrder(1L, 3L);
  }

  @Test
  void aQueryIsExtendedJson() {
    insert(
        "{_id: 1, status: 'active', at: {$date: '2024-01-01T00:00:00Z'}}",
        "{_id: 2, status: 'active', at: {$date: '2024-03-01T00:00:00Z'}}",
        "{_id: 3, status: 'gone', at: {$date: '2024-03-01T00:00:00Z'}}");
    for (String date :
        List.of("\"2024-02-01T00:00:00Z\"", "{\"$numberLong\": \"1706745600000\"}")) {
      Opened opened =
          config()
              .with("query", "{\"status\":\"active\",\"at\":{\"$gte\":{\"$date\":" + date + "}}}")
              .open();
      assertThat(opened.rows()).extracting(r -> r.getInt64("_id")).containsExactly(2L);
    }
    Opened nothing = config().with("query", "{\"status\": \"new\"}").open();
    assertThat(nothing.detect().warnings())
        .anySatisfy(w -> assertThat(w).contains("no document matches"));
    assertThat(nothing.rows()).isEmpty();
  }

  @Test
  void whatIsNotThereIsSaid() {
    insert("{_id: 1}");
    assertThatThrownBy(() -> server().config(DATABASE, "whatIsNotThereIsSaidd").open().detect())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has no collection 'whatIsNotThereIsSaidd'")
        .hasMessageContaining("did you mean 'whatIsNotThereIsSaid'");
    server().collection(DATABASE, collection).deleteMany(new BsonDocument());
    assertThatThrownBy(() -> config().open().detect())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("inferred from its documents");
  }

  @Test
  void anyFieldNameIsKept() {
    server()
        .collection(DATABASE, collection)
        .insertOne(
            new BsonDocument("_id", new BsonInt32(1))
                .append("", new BsonInt32(2))
                .append("Name", new BsonInt32(3))
                .append("name", new BsonInt32(4)));
    Row row = config().open().rows().get(0);
    assertThat(row.getSchema().getFieldNames()).containsExactly("_id", "", "Name", "name");
    assertThat(row.getValues()).containsExactly(1L, 2L, 3L, 4L);
  }

  // ---------------------------------------------------------------------------------- splits

  @Test
  void s33_idsOfMixedTypesAreAllReadOnce() {
    List<BsonDocument> documents = new ArrayList<>();
    Set<String> expected = new HashSet<>();
    for (int i = 0; i < 1500; i++) {
      add(documents, expected, new BsonInt32(i), Integer.toString(i));
      add(documents, expected, new BsonString("s" + i), "s" + i);
      ObjectId id = new ObjectId(1_700_000_000 + i, i);
      add(documents, expected, new BsonObjectId(id), id.toHexString());
      Instant date = Instant.parse("2024-01-01T00:00:00Z").plusSeconds(i);
      add(documents, expected, new BsonDateTime(date.toEpochMilli()), date.toString());
    }
    add(documents, expected, new BsonDouble(Double.NaN), "NaN");
    add(documents, expected, new BsonDouble(-0.5), "-0.5");
    add(documents, expected, BsonNull.VALUE, null);
    add(documents, expected, org.bson.BsonBoolean.TRUE, "true");
    add(documents, expected, new BsonTimestamp(1, 2), "{\"$timestamp\":{\"t\":1,\"i\":2}}");
    add(documents, expected, BsonDocument.parse("{a: 1, b: 'x'}"), "{\"a\":1,\"b\":\"x\"}");
    UUID uuid = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");
    add(documents, expected, new BsonBinary(uuid), uuid.toString());
    insert(documents);

    Opened opened = config().open();
    ReadRequest request = opened.request().withDesiredSplits(12);
    List<Split> splits = opened.split(request);

    assertThat(splits).hasSizeGreaterThan(6);
    // What cannot be a key column must still not be lost: _id null is read, and refused by the key.
    List<Row> rows = opened.read(request);
    assertThat(rows).hasSize(documents.size());
    Set<String> texts = new HashSet<>();
    rows.forEach(r -> texts.add(r.getValue("_id")));
    assertThat(texts).isEqualTo(expected);
    assertThat(opened.detect().warnings())
        .anySatisfy(w -> assertThat(w).contains("field '_id' has values of several types"));
  }

  private static void add(
      List<BsonDocument> documents, Set<String> expected, BsonValue id, String text) {
    documents.add(new BsonDocument("_id", id));
    expected.add(text);
  }

  @Test
  void s33_idsThatWouldBecomeOneTextAreRefused() {
    insert("{_id: '507f1f77bcf86cd799439011'}", "{_id: {$oid: '507f1f77bcf86cd799439011'}}");
    assertThatThrownBy(() -> config().open().rows())
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining("column '_id'")
        .hasMessageContaining("both would become one row");
    assertThat(config().with("query", "{\"_id\": {\"$type\": \"string\"}}").open().rows())
        .hasSize(1);
  }

  @Test
  void s34_stringIdsAreCutIntoRanges() {
    List<BsonDocument> documents = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      documents.add(
          new BsonDocument("_id", new BsonString(Integer.toString(i * 7919 % 5000, 36) + "é")));
    }
    insert(documents);
    Opened opened = config().open();
    ReadRequest request = opened.request().withDesiredSplits(10);

    List<Split> splits = opened.split(request);
    assertThat(splits.stream().filter(s -> s.spec().contains("\"string\"")).toList())
        .hasSizeGreaterThan(5);
    Set<String> ids = new HashSet<>();
    opened.read(request).forEach(r -> assertThat(ids.add(r.getString("_id"))).isTrue());
    assertThat(ids).hasSize(5000);
    assertThat(splits.stream().filter(s -> !opened.read(s, request).isEmpty()).count())
        .as("splits with rows")
        .isGreaterThan(5);
  }

  @Test
  void s35_documentsThatAreUpdatedInMidReadAreReadOnce() throws IOException {
    List<BsonDocument> documents = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      documents.add(new BsonDocument("_id", new BsonInt32(i)).append("n", new BsonInt32(0)));
    }
    insert(documents);
    Opened opened = config().open();
    ReadRequest request = opened.request().withBatchSize(50);
    Set<Long> ids = new HashSet<>();
    for (Split split : opened.split(request)) {
      try (RowReader reader = opened.source().open(split, request, opened.context())) {
        while (reader.advance()) {
          assertThat(ids.add(reader.row().getInt64("_id"))).isTrue();
          if (ids.size() == 100 || ids.size() == 500) {
            server()
                .collection(DATABASE, collection)
                .updateMany(new BsonDocument(), BsonDocument.parse("{$inc: {n: 1}}"));
          }
        }
      }
    }
    assertThat(ids).hasSize(1000);
  }

  @Test
  void documentsOfATypeThatCameAfterThePlanAreRead() {
    insert("{_id: 1}");
    Opened opened = config().open();
    ReadRequest request = withTextId(opened.request());
    List<Split> splits = opened.split(request);
    insert("{_id: 'late'}", "{_id: {$oid: '507f1f77bcf86cd799439011'}}");

    List<String> ids = new ArrayList<>();
    splits.forEach(s -> opened.read(s, request).forEach(r -> ids.add(r.getString("_id"))));
    assertThat(ids).containsExactlyInAnyOrder("1", "late", "507f1f77bcf86cd799439011");
  }

  // ---------------------------------------------------------------------------------- window

  private UpperBound upperBound(Opened opened, String cursor, CursorPosition previous) {
    return opened
        .source()
        .upperBound(
            new UpperBoundRequest(cursor, previous, Duration.ZERO, Duration.ofHours(1)),
            opened.context());
  }

  @Test
  void theWindowEndsALagBehindTheServersClock() {
    Instant now = Instant.now();
    server()
        .collection(DATABASE, collection)
        .insertMany(
            List.of(
                at(1, now.minusSeconds(3600)),
                at(2, now.plusSeconds(3600)),
                at(3, Instant.parse("2099-01-01T00:00:00Z")),
                new BsonDocument("_id", new BsonInt32(4)).append("at", BsonNull.VALUE),
                new BsonDocument("_id", new BsonInt32(5))));
    Opened opened = config().open();

    UpperBound bound = upperBound(opened, "at", null);

    assertThat(bound.position().kind()).isEqualTo(CursorKind.TIMESTAMP);
    Instant end = Instant.parse(bound.position().toString());
    assertThat(end).isBefore(Instant.now().minusSeconds(55)).isAfter(now.minusSeconds(120));
    assertThat(bound.deferredRows()).isEqualTo(2);
    assertThat(bound.nullRows()).isEqualTo(2);
    assertThat(bound.reason()).contains("transactionLifetimeLimitSeconds");
    assertThat(bound.warnings()).anySatisfy(w -> assertThat(w).contains("no index"));
    ReadRequest request = opened.request();
    assertThat(ids(opened, request, new Window("at", null, bound.position(), false)))
        .containsExactly(1L);
    assertThat(ids(opened, request, new Window("at", null, bound.position(), true)))
        .containsExactlyInAnyOrder(1L, 4L, 5L);

    CursorPosition ahead = CursorPosition.timestamp(Instant.now().plusSeconds(3600));
    assertThatThrownBy(() -> upperBound(opened, "at", ahead))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("above the server's clock");
    CursorPosition last = bound.position().plus(1_000_000);
    assertThat(upperBound(opened, "at", last).position()).isGreaterThanOrEqualTo(last);
  }

  private static List<Long> ids(Opened opened, ReadRequest request, Window window) {
    return opened.read(request.withWindow(window)).stream().map(r -> r.getInt64("_id")).toList();
  }

  private static BsonDocument at(int id, Instant instant) {
    return new BsonDocument("_id", new BsonInt32(id))
        .append("at", new BsonDateTime(instant.toEpochMilli()));
  }

  @Test
  void s38_aCursorThatIsNoDateSomewhereIsRefusedWithCounts() {
    insert(
        "{_id: 1, at: {$date: '2024-01-01T00:00:00Z'}, n: 1}",
        "{_id: 2, at: '2024-01-01', n: 2}",
        "{_id: 3, at: {$date: '2024-01-01T00:00:00Z'}, list: [{at: {$date:"
            + " '2024-01-01T00:00:00Z'}}]}",
        "{_id: 4, dates: [{$date: '2024-01-01T00:00:00Z'}]}");
    Opened opened = config().open();
    assertThatThrownBy(() -> upperBound(opened, "at", null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'at' must be a date in every document")
        .hasMessageContaining("date in 2, string in 1");
    assertThatThrownBy(() -> upperBound(opened, "n", null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("int in 2")
        .hasMessageContaining("whole numbers");
    assertThatThrownBy(() -> upperBound(opened, "list.at", null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'list' is an array");
    assertThatThrownBy(() -> upperBound(opened, "dates", null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("array in 1");
    assertThatThrownBy(() -> upperBound(opened, "att", null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has a field 'att'; did you mean 'at'");
  }

  @Test
  void aCursorMayLieWithinADocumentAndHaveAnIndex() {
    insert(
        "{_id: 1, meta: {at: {$date: '2024-01-01T00:00:00.001Z'}}}",
        "{_id: 2, meta: {at: {$date: '2024-01-01T00:00:00.002Z'}}}",
        "{_id: 'x', meta: {at: {$date: '2024-01-01T00:00:00.003Z'}}}");
    server()
        .collection(DATABASE, collection)
        .createIndex(new BsonDocument("meta.at", new BsonInt32(1)));
    Opened opened = config().open();

    assertThat(upperBound(opened, "meta.at", null).warnings()).isEmpty();
    CursorPosition lo = CursorPosition.timestamp(Instant.parse("2024-01-01T00:00:00.001001Z"));
    CursorPosition hi = CursorPosition.timestamp(Instant.parse("2024-01-01T00:00:00.003Z"));
    ReadRequest request =
        withTextId(opened.request()).withWindow(new Window("meta.at", lo, hi, false));
    assertThat(opened.split(request)).anyMatch(s -> s.spec().contains("meta.at"));
    assertThat(opened.read(request)).extracting(r -> r.getString("_id")).containsExactly("2");
    ReadRequest one = request.withWindow(new Window("meta.at", lo, hi.plus(1), false));
    assertThat(opened.read(one))
        .extracting(r -> r.getString("_id"))
        .containsExactlyInAnyOrder("2", "x");
  }

  @Test
  void aWatermarkThatNoDocumentReachesAnyMoreIsWarnedOf() {
    insert("{_id: 1, at: {$date: '2024-01-01T00:00:00Z'}}");
    Opened opened = config().open();
    CursorPosition last = CursorPosition.timestamp(Instant.parse("2024-02-01T00:00:00Z"));
    CursorPosition largest = CursorPosition.timestamp(Instant.parse("2024-01-15T00:00:00Z"));
    UpperBound bound =
        opened
            .source()
            .upperBound(
                new UpperBoundRequest("at", last, Duration.ZERO, Duration.ofHours(1), largest),
                opened.context());
    assertThat(bound.warnings())
        .anySatisfy(w -> assertThat(w).contains("no document has the largest at"));
  }

  @Test
  void datesAreCountedForPartitions() {
    insert(
        "{_id: 1, at: {$date: '2024-01-01T00:00:00Z'}, n: 1}",
        "{_id: 2, at: {$date: '2024-01-01T23:59:59Z'}}",
        "{_id: 3, at: {$date: '2025-03-01T00:00:00Z'}}",
        "{_id: 4}");
    Opened opened = config().open();
    ReadRequest request = opened.request();
    assertThat(opened.source().range("at", request, opened.context()))
        .contains(
            new FieldRange(
                CursorPosition.timestamp(Instant.parse("2024-01-01T00:00:00Z")),
                CursorPosition.timestamp(Instant.parse("2025-03-01T00:00:00Z"))));
    assertThat(opened.source().countDistinct("at", ChronoUnit.DAYS, request, opened.context()))
        .hasValue(2);
    assertThat(opened.source().range("n", request, opened.context())).isEmpty();
  }

  @Test
  void largeWholeNumbersAsIdsKeepAllDigits() {
    insert(
        List.of(
            new BsonDocument("_id", new BsonInt64(9_007_199_254_740_993L)),
            new BsonDocument("_id", new BsonInt64(9_007_199_254_740_992L))));
    assertThat(config().open().rows())
        .extracting(r -> r.getInt64("_id"))
        .containsExactlyInAnyOrder(9_007_199_254_740_993L, 9_007_199_254_740_992L);
  }
}
