package io.deltaflow.emulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/** Avro files made in tests. */
final class AvroSamples {
  private AvroSamples() {}

  /** A record schema from the JSON of its fields. */
  static Schema record(String fields) {
    return new Schema.Parser()
        .parse(
            "{\"type\":\"record\",\"name\":\"row\",\"fields\":["
                + fields.replace('\'', '"')
                + "]}");
  }

  static byte[] file(Schema schema, Object[]... rows) {
    return file(
        schema,
        "null",
        add -> {
          for (Object[] row : rows) {
            add.accept(row);
          }
        });
  }

  static byte[] file(Schema schema, String codec, Consumer<Consumer<Object[]>> rows) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(schema))
            .setCodec(CodecFactory.fromString(codec))
            .create(schema, out)) {
      rows.accept(
          values -> {
            GenericRecord record = new GenericData.Record(schema);
            for (int i = 0; i < values.length; i++) {
              record.put(i, values[i]);
            }
            try {
              writer.append(record);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static ByteBuffer decimal(String value, int scale) {
    return ByteBuffer.wrap(new BigDecimal(value).setScale(scale).unscaledValue().toByteArray());
  }
}
