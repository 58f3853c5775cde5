package io.deltaflow.source.bigquery;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.InternalException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Makes the codecs of fields from how BigQuery wrote them. */
final class AvroCodecs {
  private AvroCodecs() {}

  /**
   * @param path for messages
   */
  static AvroCodec of(Schema avro, FieldType type, String path) {
    if (avro.getType() == Schema.Type.UNION) {
      return nullable(avro, type, path);
    }
    Kind kind = FieldTypes.kind(type);
    Schema.Type form = avro.getType();
    switch (kind) {
      case BOOL:
        require(form == Schema.Type.BOOLEAN, avro, kind, path);
        return simple(AvroCursor::bool, (in, sink) -> sink.appendBoolean(in.bool()));
      case INT64:
        require(form == Schema.Type.LONG, avro, kind, path);
        return simple(AvroCursor::number, (in, sink) -> sink.appendInt64(in.number()));
      case FLOAT64:
        require(form == Schema.Type.DOUBLE, avro, kind, path);
        return simple(AvroCursor::float64, (in, sink) -> sink.appendFloat64(in.float64()));
      case STRING:
      case JSON:
      case GEOGRAPHY:
        require(form == Schema.Type.STRING, avro, kind, path);
        return sized((in, at, n, sink) -> sink.appendUtf8(in.bytes(), at, n));
      case BYTES:
        require(form == Schema.Type.BYTES, avro, kind, path);
        return sized((in, at, n, sink) -> sink.appendBytes(in.bytes(), at, n));
      case NUMERIC:
        require(avro.getLogicalType() instanceof LogicalTypes.Decimal, avro, kind, path);
        int scale = ((LogicalTypes.Decimal) avro.getLogicalType()).getScale();
        return sized(
            (in, at, n, sink) ->
                sink.appendNumeric(new BigDecimal(new BigInteger(in.bytes(), at, n), scale)));
      case DATE:
        require(form == Schema.Type.INT, avro, kind, path);
        return simple(AvroCursor::number, (in, sink) -> sink.appendDate(in.number()));
      case TIME:
        require(is(avro, "time-micros"), avro, kind, path);
        return simple(AvroCursor::number, (in, sink) -> sink.appendTime(in.number()));
      case DATETIME:
        require(form == Schema.Type.STRING, avro, kind, path);
        return sized((in, at, n, sink) -> sink.appendDateTime(localMicros(in.bytes(), at, n)));
      case TIMESTAMP:
        require(is(avro, "timestamp-micros"), avro, kind, path);
        return simple(AvroCursor::number, (in, sink) -> sink.appendTimestamp(in.number()));
      case ARRAY:
        require(form == Schema.Type.ARRAY, avro, kind, path);
        return new ArrayCodec(of(avro.getElementType(), type.getCollectionElementType(), path));
      case RECORD:
        require(form == Schema.Type.RECORD, avro, kind, path);
        return new RecordCodec(RowCodec.of(avro, type.getRowSchema(), path + "."));
      default:
        throw new InternalException("no codec of " + kind);
    }
  }

  private static boolean is(Schema avro, String logicalType) {
    return logicalType.equals(avro.getProp("logicalType"));
  }

  private static void require(boolean fits, Schema avro, Kind kind, String path) {
    if (!fits) {
      throw new InternalException(
          "BigQuery sent the column '" + path + "' as " + avro + ", which is read as no " + kind);
    }
  }

  private static AvroCodec nullable(Schema union, FieldType type, String path) {
    List<Schema> branches = union.getTypes();
    int nothing = branches.get(0).getType() == Schema.Type.NULL ? 0 : 1;
    if (branches.size() != 2 || branches.get(nothing).getType() != Schema.Type.NULL) {
      throw new InternalException("BigQuery sent the column '" + path + "' as " + union);
    }
    AvroCodec value = of(branches.get(1 - nothing), type, path);
    return new AvroCodec() {
      @Override
      public void append(AvroCursor in, ValueSink sink) {
        if (in.number() == nothing) {
          sink.appendNull();
        } else {
          value.append(in, sink);
        }
      }

      @Override
      public void skip(AvroCursor in) {
        if (in.number() != nothing) {
          value.skip(in);
        }
      }
    };
  }

  private interface Append {
    void value(AvroCursor in, ValueSink sink);
  }

  private static AvroCodec simple(Consumer<AvroCursor> skip, Append append) {
    return new AvroCodec() {
      @Override
      public void append(AvroCursor in, ValueSink sink) {
        append.value(in, sink);
      }

      @Override
      public void skip(AvroCursor in) {
        skip.accept(in);
      }
    };
  }

  private interface AppendBytes {
    void value(AvroCursor in, int start, int length, ValueSink sink);
  }

  /** Bytes behind their number. */
  private static AvroCodec sized(AppendBytes append) {
    return new AvroCodec() {
      @Override
      public void append(AvroCursor in, ValueSink sink) {
        long length = in.number();
        int start = in.advance(length);
        append.value(in, start, (int) length, sink);
      }

      @Override
      public void skip(AvroCursor in) {
        in.advance(in.number());
      }
    };
  }

  /** {@code 2024-01-02T03:04:05.000006}, its fraction as long as it needs to be. */
  private static long localMicros(byte[] bytes, int start, int length) {
    LocalDateTime local =
        LocalDateTime.parse(
            new String(bytes, start, length, StandardCharsets.US_ASCII).replace(' ', 'T'));
    return Math.addExact(
        Math.multiplyExact(local.toEpochSecond(ZoneOffset.UTC), 1_000_000L),
        local.getNano() / 1000);
  }

  private record RecordCodec(RowCodec row) implements AvroCodec {
    @Override
    public void append(AvroCursor in, ValueSink sink) {
      sink.startRecord();
      row.append(in, sink);
      sink.endRecord();
    }

    @Override
    public void skip(AvroCursor in) {
      row.skip(in);
    }
  }

  private record ArrayCodec(AvroCodec element) implements AvroCodec {
    @Override
    public void append(AvroCursor in, ValueSink sink) {
      int start = in.position();
      sink.startArray(Math.toIntExact(pass(in)));
      int end = in.position();
      in.position(start);
      for (long count = in.number(); count != 0; count = in.number()) {
        if (count < 0) {
          in.number(); // The block's size in bytes.
        }
        for (long i = Math.abs(count); i > 0; i--) {
          element.append(in, sink);
        }
      }
      in.position(end);
      sink.endArray();
    }

    @Override
    public void skip(AvroCursor in) {
      pass(in);
    }

    /** Moves over the array and counts its elements. */
    private long pass(AvroCursor in) {
      long total = 0;
      for (long count = in.number(); count != 0; count = in.number()) {
        total += Math.abs(count);
        if (count < 0) {
          in.advance(in.number());
        } else {
          for (long i = count; i > 0; i--) {
            element.skip(in);
          }
        }
      }
      return total;
    }
  }
}
