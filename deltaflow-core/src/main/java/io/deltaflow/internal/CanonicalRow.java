package io.deltaflow.internal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deltaflow.destination.Column;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The one canonical encoding of a row, for proofs: the load file's Avro encoding, which has one
 * form for each value, with JSON texts brought to one form: keys sorted, no white space, numbers
 * exact and in plain notation.
 */
final class CanonicalRow extends AvroRow {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .enable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);

  CanonicalRow(List<Column> columns, Set<String> rounded) {
    super(columns, rounded);
  }

  @Override
  void putJson(Column column, byte[] bytes, int offset, int length) {
    StringBuilder text = new StringBuilder(length);
    try {
      write(JSON.readTree(bytes, offset, length), text);
    } catch (IOException e) {
      throw new BadValueException(column.field(), "the text is no valid JSON", e);
    }
    byte[] canonical = text.toString().getBytes(StandardCharsets.UTF_8);
    putBytes(canonical, 0, canonical.length);
  }

  private static void write(JsonNode node, StringBuilder out) throws IOException {
    if (node.isObject()) {
      writeObject((ObjectNode) node, out);
    } else if (node.isArray()) {
      out.append('[');
      for (int i = 0; i < node.size(); i++) {
        out.append(i == 0 ? "" : ",");
        write(node.get(i), out);
      }
      out.append(']');
    } else if (node.isNumber()) {
      BigDecimal number = node.decimalValue();
      out.append(number.signum() == 0 ? "0" : number.stripTrailingZeros().toString());
    } else {
      out.append(JSON.writeValueAsString(node));
    }
  }

  private static void writeObject(ObjectNode node, StringBuilder out) throws IOException {
    Map<String, JsonNode> sorted = new TreeMap<>();
    node.fields().forEachRemaining(e -> sorted.put(e.getKey(), e.getValue()));
    out.append('{');
    String separator = "";
    for (Map.Entry<String, JsonNode> e : sorted.entrySet()) {
      out.append(separator).append(JSON.writeValueAsString(e.getKey())).append(':');
      write(e.getValue(), out);
      separator = ",";
    }
    out.append('}');
  }
}
