package io.deltaflow.internal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.deltaflow.spi.RowReader;
import java.io.IOException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/** Rows out of JSON objects, as {@link JsonRow} writes them and people correct them. */
final class LettersReader implements RowReader {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final MappingIterator<JsonNode> rows;
  private final JsonValues values;
  private JsonNode current;

  LettersReader(byte[] lines, Schema schema) throws IOException {
    this.rows = JSON.readerFor(JsonNode.class).readValues(lines);
    this.values = new JsonValues(schema);
  }

  @Override
  public boolean advance() throws IOException {
    current = rows.hasNextValue() ? rows.nextValue() : null;
    return current != null;
  }

  @Override
  public Row row() {
    return values.row(current);
  }

  /** The current row as it was given. */
  String json() {
    return current.toString();
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
