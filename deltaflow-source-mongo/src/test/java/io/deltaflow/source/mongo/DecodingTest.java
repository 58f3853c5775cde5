package io.deltaflow.source.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.RowSink;
import io.deltaflow.spi.error.BadValueException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.junit.jupiter.api.Test;

/** Documents that the embedded server would not take, byte by byte. */
class DecodingTest {
  private static final MongoSource SOURCE =
      (MongoSource)
          new TestConfig()
              .with("host", "db")
              .with("database", "d")
              .with("collection", "c")
              .open()
              .source();

  private static Row decode(Schema schema, Elements document) {
    RowSink sink = new RowSink(schema);
    new RowDecoder(SOURCE, SplitSpec.everything(), schema).decode(document, sink);
    return sink.row();
  }

  private static Elements elements(BsonDocument document) {
    return Elements.of(new RawBsonDocument(document, new BsonDocumentCodec()));
  }

  /** A document of elements that are given as bytes. */
  private static Elements raw(byte[]... elements) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] element : elements) {
      all.writeBytes(element);
    }
    ByteBuffer b = ByteBuffer.allocate(all.size() + 5).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(all.size() + 5).put(all.toByteArray());
    return new Elements(b.array(), 0);
  }

  private static byte[] text(String name, byte[] value) {
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(key.length + value.length + 7)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) 2)
        .put(key)
        .put((byte) 0)
        .putInt(value.length + 1)
        .put(value)
        .put((byte) 0)
        .array();
  }

  private static Schema one(String name, Schema.FieldType type) {
    Schema schema = Schema.builder().addNullableField(name, type).build();
    return Schema.builder()
        .addField(new DetectedField(FieldTypes.kind(type), 1).mark(schema.getField(0)))
        .build();
  }

  @Test
  void aKeyThatIsThereTwiceIsRefusedAtAnyDepth() {
    byte[] a = text("a", new byte[] {'x'});
    assertThatThrownBy(() -> decode(one("a", FieldTypes.STRING), raw(a, a)))
        .isInstanceOf(BadValueException.class)
        .hasMessage("column 'a': the field is in one document twice");
    byte[] inner = raw(a, a).bytes();
    byte[] outer =
        ByteBuffer.allocate(inner.length + 3)
            .put((byte) 3)
            .put((byte) 'd')
            .put((byte) 0)
            .put(inner)
            .array();
    assertThatThrownBy(() -> decode(one("d", FieldTypes.JSON), raw(outer)))
        .isInstanceOf(BadValueException.class)
        .hasMessage("column 'd': the field 'a' is in one document twice");
  }

  @Test
  void bytesThatAreNoTextAreRefusedAndNulIsKept() {
    byte[] broken = text("a", new byte[] {'x', (byte) 0xC3});
    for (Schema.FieldType type : List.of(FieldTypes.STRING, FieldTypes.JSON)) {
      assertThatThrownBy(() -> decode(one("a", type), raw(broken)))
          .isInstanceOf(BadValueException.class)
          .hasMessageContaining("no valid UTF-8");
    }
    byte[] nul = text("a", new byte[] {'x', 0, 'y'});
    assertThat(decode(one("a", FieldTypes.STRING), raw(nul)).getString("a")).isEqualTo("x\0y");
    assertThat(decode(one("a", FieldTypes.JSON), raw(nul)).<String>getValue("a"))
        .isEqualTo("\"x\\u0000y\"");
  }

  @Test
  void nestingIsBounded() {
    assertThat(decode(one("a", FieldTypes.JSON), elements(nested(199))).<String>getValue("a"))
        .hasSize(2 * 199 + 1);
    for (int depth : new int[] {201, 900}) {
      assertThatThrownBy(() -> decode(one("a", FieldTypes.JSON), elements(nested(depth))))
          .isInstanceOf(BadValueException.class)
          .hasMessageContaining("column 'a'")
          .hasMessageContaining("nested deeper than 200 levels");
    }
  }

  private static BsonDocument nested(int depth) {
    BsonValue value = new BsonInt32(1);
    for (int i = 0; i < depth; i++) {
      value = new BsonArray(List.of(value));
    }
    return new BsonDocument("a", value);
  }

  @Test
  void jsonIsThatOfTheDriver() {
    BsonDocument document =
        BsonDocument.parse(
            "{a: {int: -1, long: {$numberLong: '9223372036854775807'}, d: 1e300, z: -0.0, nan:"
                + " {$numberDouble: '-Infinity'}, dec: {$numberDecimal: '1E+3'}, s: 'q\"\\\\\\n"
                + "\\u0001é😀', o: {$oid: '507f1f77bcf86cd799439011'}, t: true, n: null, u:"
                + " {$undefined: true}, dt: {$date: '2024-01-01T00:00:00.120Z'}, old: {$date:"
                + " {$numberLong: '-1'}}, b: {$binary: {base64: 'AQID', subType: '80'}}, re:"
                + " {$regularExpression: {pattern: 'a', options: 'im'}}, ts: {$timestamp: {t:"
                + " 4294967295, i: 1}}, sy: {$symbol: 'x'}, c: {$code: 'f()'}, cs: {$code: 'g()',"
                + " $scope: {x: 1}}, mi: {$minKey: 1}, ma: {$maxKey: 1}, e: {}, l: [], '': [1, [2,"
                + " {k: 3}]]}}");
    String ours = decode(one("a", FieldTypes.JSON), elements(document)).getValue("a");
    assertThat(BsonDocument.parse("{a: " + ours + "}")).isEqualTo(document(document));
    assertThat(ours).contains("\"long\":9223372036854775807").contains("\"d\":1.0E300");
  }

  /** As it comes back from the driver's own relaxed text. */
  private static BsonDocument document(BsonDocument document) {
    return BsonDocument.parse(
        document.toJson(JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build()));
  }

  @Test
  void oldUuidsHaveTheByteOrderOfTheirDriver() {
    BsonDocument document =
        BsonDocument.parse("{a: {$binary: {base64: 'ASNFZ4mrze8BI0VniavN7w==', subType: '03'}}}");
    assertThat(decode(one("a", FieldTypes.STRING), elements(document)).getString("a"))
        .isEqualTo("01234567-89ab-cdef-0123-456789abcdef");
    Elements e = elements(document);
    e.advance();
    assertThat(ValueDecoder.text(e.type(), e.bytes(), e.value(), LegacyUuid.JAVA))
        .isEqualTo("efcdab89-6745-2301-efcd-ab8967452301");
    assertThat(ValueDecoder.text(e.type(), e.bytes(), e.value(), LegacyUuid.CSHARP))
        .isEqualTo("67452301-ab89-efcd-0123-456789abcdef");
  }

  @Test
  void aCensusIsTheSameInAnyOrderAndThroughItsCoder() throws Exception {
    CensusFn fn = new CensusFn(3);
    List<RawBsonDocument> documents =
        List.of("{_id: 1, a: {x: 1}}", "{_id: 'z', a: 3}", "{_id: 2, b: 'x', a: {y: [1.5]}}")
            .stream()
            .map(RawBsonDocument::parse)
            .toList();
    DocumentCensus together = fn.createAccumulator();
    documents.forEach(d -> fn.addInput(together, d));
    Coder<DocumentCensus> coder = SerializableCoder.of(DocumentCensus.class);
    List<DocumentCensus> apart =
        List.of(documents.get(2), documents.get(0), documents.get(1)).stream()
            .map(d -> fn.addInput(fn.createAccumulator(), d))
            .toList();
    DocumentCensus merged = fn.createAccumulator();
    for (DocumentCensus part : apart) {
      merged =
          fn.mergeAccumulators(
              List.of(
                  merged,
                  CoderUtils.decodeFromByteArray(
                      coder, CoderUtils.encodeToByteArray(coder, part))));
    }
    SchemaInference first = new SchemaInference(true, true);
    SchemaInference second = new SchemaInference(true, true);
    assertThat(second.schema(merged, true, true)).isEqualTo(first.schema(together, true, true));
    assertThat(second.warnings()).isEqualTo(first.warnings()).hasSize(2);
  }
}
