package io.deltaflow.internal;

import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import io.deltaflow.spi.ValueSink;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.util.Utf8;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * A row out of a load file, with its values in the types that a source gives them, as far as the
 * columns keep them: what was rounded stays so.
 */
final class LoadedRow {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private final List<Column> columns;
  private final IndexedRecord values;

  private LoadedRow(List<Column> columns, IndexedRecord values) {
    this.columns = columns;
    this.values = values;
  }

  /** The only row of an Avro file. */
  static LoadedRow read(LoadFile alone, List<Column> columns) throws IOException {
    try (InputStream in = LoadFileParts.open(alone);
        DataFileStream<IndexedRecord> rows = new DataFileStream<>(in, new GenericDatumReader<>())) {
      return new LoadedRow(columns, rows.next());
    }
  }

  /**
   * The row as a JSON object, in the form of {@link JsonRow}.
   *
   * @param fields of the object
   * @param columnOf each field, by number
   */
  String json(Schema fields, int[] columnOf) {
    JsonRow json = new JsonRow(fields);
    for (int i = 0; i < columnOf.length; i++) {
      Column column = columns.get(columnOf[i]);
      append(fields.getField(i).getType(), column.type(), values.get(columnOf[i]), json);
    }
    return json.finish();
  }

  private static void append(FieldType type, ColumnType column, Object value, ValueSink sink) {
    if (value == null) {
      sink.appendNull();
    } else if (column.repeated()) {
      List<?> elements = (List<?>) value;
      sink.startArray(elements.size());
      elements.forEach(e -> append(type.getCollectionElementType(), column.element(), e, sink));
      sink.endArray();
    } else if (column.kind() == ColumnType.Kind.STRUCT) {
      Schema fields = type.getRowSchema();
      sink.startRecord();
      for (int i = 0; i < fields.getFieldCount(); i++) {
        append(
            fields.getField(i).getType(),
            column.fields().get(i).type(),
            ((IndexedRecord) value).get(i),
            sink);
      }
      sink.endRecord();
    } else {
      appendSingle(FieldTypes.kind(type), column, value, sink);
    }
  }

  private static void appendSingle(Kind kind, ColumnType column, Object value, ValueSink sink) {
    switch (column.kind()) {
      case BOOL -> sink.appendBoolean((Boolean) value);
      case INT64 -> sink.appendInt64((Long) value);
      case FLOAT64 -> {
        double number = (Double) value;
        if (kind == Kind.INT64) {
          sink.appendInt64((long) number);
        } else {
          sink.appendFloat64(number);
        }
      }
      case NUMERIC, BIGNUMERIC -> {
        BigDecimal number = decimal((ByteBuffer) value, column.scale());
        if (kind == Kind.INT64) {
          sink.appendInt64(number.longValueExact());
        } else {
          sink.appendNumeric(number);
        }
      }
      case STRING -> {
        if (kind == Kind.BOOL) {
          sink.appendBoolean(Boolean.parseBoolean(value.toString()));
        } else {
          appendText((Utf8) value, sink);
        }
      }
      case BYTES -> {
        byte[] bytes = bytes((ByteBuffer) value);
        sink.appendBytes(bytes, 0, bytes.length);
      }
      case DATE -> sink.appendDate((Integer) value);
      case TIME -> sink.appendTime((Long) value);
      case DATETIME -> {
        if (kind == Kind.DATE) {
          sink.appendDate(Math.floorDiv((Long) value, MICROS_PER_DAY));
        } else {
          sink.appendDateTime((Long) value);
        }
      }
      case TIMESTAMP -> {
        if (kind == Kind.DATETIME) {
          sink.appendDateTime((Long) value);
        } else {
          sink.appendTimestamp((Long) value);
        }
      }
      default -> appendText((Utf8) value, sink);
    }
  }

  private static void appendText(Utf8 text, ValueSink sink) {
    sink.appendUtf8(text.getBytes(), 0, text.getByteLength());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static BigDecimal decimal(ByteBuffer unscaled, int scale) {
    BigDecimal number = new BigDecimal(new BigInteger(bytes(unscaled)), scale);
    return number.signum() == 0 ? BigDecimal.ZERO : plain(number.stripTrailingZeros());
  }

  /** Zeros behind the point are the column's, not the value's. */
  private static BigDecimal plain(BigDecimal number) {
    return number.scale() < 0 ? number.setScale(0) : number;
  }

  /** The beginning of the only row of a file of JSON lines, as it was to be loaded. */
  static String beginning(LoadFile alone, int bytes) throws IOException {
    try (InputStream in = LoadFileParts.open(alone)) {
      return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
    }
  }
}
