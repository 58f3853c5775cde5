package io.deltaflow.source.bigquery;

import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.InternalException;
import java.util.List;
import org.apache.avro.Schema;

/** The fields of a row, or of a record, in the order that is asked for. */
final class RowCodec {
  /** In the order in which they were written. */
  private final AvroCodec[] written;

  /** For each field that is asked for, which one of the written ones it is. */
  private final int[] places;

  private final boolean inOrder;
  private final int[] starts;

  private RowCodec(AvroCodec[] written, int[] places) {
    this.written = written;
    this.places = places;
    this.starts = new int[written.length];
    boolean same = written.length == places.length;
    for (int i = 0; same && i < places.length; i++) {
      same = places[i] == i;
    }
    this.inOrder = same;
  }

  /**
   * @param path what to put before a field's name in messages
   */
  static RowCodec of(Schema avro, org.apache.beam.sdk.schemas.Schema asked, String path) {
    List<Schema.Field> fields = avro.getFields();
    AvroCodec[] written = new AvroCodec[fields.size()];
    int[] places = new int[asked.getFieldCount()];
    if (places.length != written.length) {
      throw new InternalException(
          "BigQuery sent " + written.length + " columns in place of " + places.length);
    }
    for (int i = 0; i < places.length; i++) {
      String name = asked.getField(i).getName();
      int place = find(fields, name);
      places[i] = place;
      written[place] =
          AvroCodecs.of(fields.get(place).schema(), asked.getField(i).getType(), path + name);
    }
    return new RowCodec(written, places);
  }

  private static int find(List<Schema.Field> fields, String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw new InternalException("BigQuery sent no column '" + name + "'");
  }

  void append(AvroCursor in, ValueSink sink) {
    if (inOrder) {
      for (AvroCodec codec : written) {
        codec.append(in, sink);
      }
      return;
    }
    for (int i = 0; i < written.length; i++) {
      starts[i] = in.position();
      written[i].skip(in);
    }
    int end = in.position();
    for (int place : places) {
      in.position(starts[place]);
      written[place].append(in, sink);
    }
    in.position(end);
  }

  void skip(AvroCursor in) {
    for (AvroCodec codec : written) {
      codec.skip(in);
    }
  }
}
