package io.deltaflow.source.postgres;

import io.deltaflow.spi.ValueSink;

/**
 * A one-dimensional array: dimensions, a flag, the element's type, then length and lower bound,
 * then elements.
 */
record ArrayCodec(String column, Codec element) implements Codec {
  @Override
  public void decode(byte[] b, int at, int length, ValueSink sink) {
    int dimensions = Bytes.int32(b, at);
    if (dimensions > 1) {
      sink.appendUnfit(
          column,
          "an array of " + dimensions + " dimensions",
          "an array of "
              + dimensions
              + " dimensions in a column declared with one; read it as JSON in a query, with"
              + " to_json("
              + Sql.identifier(column)
              + ")");
      return;
    }
    int size = dimensions == 0 ? 0 : Bytes.int32(b, at + 12);
    sink.startArray(size);
    int from = at + 20;
    for (int i = 0; i < size; i++) {
      int n = Bytes.int32(b, from);
      from += 4;
      if (n < 0) {
        sink.appendNull();
      } else {
        element.decode(b, from, n, sink);
        from += n;
      }
    }
    sink.endArray();
    Codecs.expect(column, length, dimensions == 0 ? 12 : from - at);
  }
}
