package io.deltaflow.source.postgres;

import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.SourceException;
import java.util.List;

/**
 * A composite value: the number of fields, then type, length and value of each.
 *
 * @param types expected types of the fields; 0 expects nothing
 */
record RecordCodec(String column, List<Codec> fields, int[] types) implements Codec {
  @Override
  public void decode(byte[] b, int at, int length, ValueSink sink) {
    if (Bytes.int32(b, at) != fields.size()) {
      throw changed();
    }
    int from = at + 4;
    sink.startRecord();
    for (int i = 0; i < types.length; i++) {
      if (types[i] != 0 && Bytes.int32(b, from) != types[i]) {
        throw changed();
      }
      int n = Bytes.int32(b, from + 4);
      from += 8;
      if (n < 0) {
        sink.appendNull();
      } else {
        fields.get(i).decode(b, from, n, sink);
        from += n;
      }
    }
    sink.endRecord();
    Codecs.expect(column, length, from - at);
  }

  private SourceException changed() {
    return SourceException.permanent(
        "column '"
            + column
            + "': its composite type has changed since the run was planned; run again",
        null);
  }
}
