package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.Decoder;

/**
 * Decodes Avro values straight into the forms of {@link RowAppender}, checked against their
 * columns.
 */
interface AvroReader {
  Object read(Decoder in) throws IOException;

  /** Reads records into rows of the given columns; refuses a schema that does not fit them. */
  static AvroReader record(
      Schema record, List<TableFieldSchema> columns, AvroSchemas types, boolean ignoresUnknown) {
    List<Schema.Field> fields = record.getFields();
    AvroReader[] readers = new AvroReader[fields.size()];
    int[] slots = new int[fields.size()];
    boolean[] found = new boolean[columns.size()];
    for (int i = 0; i < readers.length; i++) {
      Schema.Field field = fields.get(i);
      int slot = slot(columns, field.name());
      if (slot < 0 && !ignoresUnknown) {
        throw new LoadError("No such field: " + field.name() + ".");
      }
      slots[i] = Math.max(slot, 0);
      Schema schema = field.schema();
      readers[i] =
          slot < 0
              ? in -> skip(schema, in)
              : field(schema, columns.get(slot), types, ignoresUnknown);
      if (slot >= 0) {
        found[slot] = true;
      } else {
        slots[i] = columns.size(); // One slot more, which nobody reads.
      }
    }
    checkMissing(columns, found);
    int width = columns.size() + 1;
    return in -> {
      Object[] row = new Object[width];
      for (int i = 0; i < readers.length; i++) {
        row[slots[i]] = readers[i].read(in);
      }
      return row;
    };
  }

  private static void checkMissing(List<TableFieldSchema> columns, boolean[] found) {
    for (int i = 0; i < found.length; i++) {
      if (!found[i] && "REQUIRED".equals(columns.get(i).getMode())) {
        throw new LoadError("Missing required field: " + columns.get(i).getName() + ".");
      }
    }
  }

  private static int slot(List<TableFieldSchema> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).getName().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  private static Object skip(Schema schema, Decoder in) throws IOException {
    GenericDatumReader.skip(schema, in);
    return null;
  }

  private static AvroReader field(
      Schema schema, TableFieldSchema column, AvroSchemas types, boolean ignoresUnknown) {
    if (schema.isUnion()) {
      return union(schema, column, types, ignoresUnknown);
    }
    boolean repeats = "REPEATED".equals(column.getMode());
    if (repeats != (schema.getType() == Schema.Type.ARRAY)) {
      throw new LoadError(
          "Field "
              + column.getName()
              + " is "
              + column.getMode()
              + " in the table but "
              + schema.getType()
              + " in the file.");
    }
    if (!repeats) {
      return element(schema, column, types, ignoresUnknown);
    }
    TableFieldSchema one = column.clone().setMode("NULLABLE");
    AvroReader element =
        schema.getElementType().isUnion()
            ? union(schema.getElementType(), one, types, ignoresUnknown)
            : element(schema.getElementType(), one, types, ignoresUnknown);
    return in -> array(in, element, column);
  }

  private static List<Object> array(Decoder in, AvroReader element, TableFieldSchema column)
      throws IOException {
    List<Object> values = new ArrayList<>();
    for (long n = in.readArrayStart(); n > 0; n = in.arrayNext()) {
      for (long i = 0; i < n; i++) {
        Object value = element.read(in);
        if (value == null) {
          throw RowAppender.nullIn(column);
        }
        values.add(value);
      }
    }
    return values;
  }

  private static AvroReader union(
      Schema union, TableFieldSchema column, AvroSchemas types, boolean ignoresUnknown) {
    AvroReader value =
        field(AvroSchemas.onlyBranch(union, column.getName()), column, types, ignoresUnknown);
    List<Schema> branches = union.getTypes();
    boolean[] isNull = new boolean[branches.size()];
    for (int i = 0; i < isNull.length; i++) {
      isNull[i] = branches.get(i).getType() == Schema.Type.NULL;
    }
    return in -> isNull[in.readIndex()] ? null : value.read(in);
  }

  private static AvroReader element(
      Schema schema, TableFieldSchema column, AvroSchemas types, boolean ignoresUnknown) {
    String inferred = types.type(schema, column.getName());
    if (!types.loads(inferred, column.getType())) {
      throw new LoadError(
          "Field "
              + column.getName()
              + " has changed type from "
              + column.getType()
              + " to "
              + inferred);
    }
    if (schema.getType() == Schema.Type.RECORD) {
      return record(schema, column.getFields(), types, ignoresUnknown);
    }
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal) {
      return decimal(schema, column);
    }
    AvroReader raw = scalar(schema);
    switch (column.getType()) {
      case "STRING":
        return in -> ValueRules.utf8(column, (byte[]) raw.read(in));
      case "GEOGRAPHY":
        return in -> ValueRules.geography(column, (byte[]) raw.read(in));
      case "JSON":
        return in ->
            ValueRules.json(
                column,
                new String(ValueRules.utf8(column, (byte[]) raw.read(in)), StandardCharsets.UTF_8));
      case "BYTES":
        return in -> ValueRules.bytes(column, (byte[]) raw.read(in));
      case "DATE":
        return in -> (long) ValueRules.days(column, (Long) raw.read(in));
      case "TIME":
      case "DATETIME":
      case "TIMESTAMP":
        return temporal(schema, column, raw);
      default:
        return raw;
    }
  }

  private static AvroReader temporal(Schema schema, TableFieldSchema column, AvroReader raw) {
    String logical = schema.getProp("logicalType");
    if (logical.equals("datetime")) {
      return in -> ValueRules.micros(column, dateTime(column, (byte[]) raw.read(in)));
    }
    boolean millis = logical.endsWith("millis");
    if (column.getType().equals("TIME")) {
      return in -> ValueRules.timeOfDay(column, (Long) raw.read(in) * (millis ? 1000 : 1));
    }
    return millis
        ? in -> ValueRules.micros(column, Math.multiplyExact((Long) raw.read(in), 1000L))
        : in -> ValueRules.micros(column, (Long) raw.read(in));
  }

  private static long dateTime(TableFieldSchema column, byte[] text) {
    try {
      return JsonRow.micros(TextCasts.dateTime(new String(text, StandardCharsets.UTF_8)));
    } catch (BigQueryError e) {
      throw new LoadError("Invalid datetime in field " + column.getName() + ": " + e.getMessage());
    }
  }

  private static AvroReader decimal(Schema schema, TableFieldSchema column) {
    int scale = ((LogicalTypes.Decimal) schema.getLogicalType()).getScale();
    AvroReader raw = scalar(schema);
    if (column.getType().equals("STRING")) {
      return in ->
          new BigDecimal(new BigInteger((byte[]) raw.read(in)), scale)
              .toPlainString()
              .getBytes(StandardCharsets.UTF_8);
    }
    return in ->
        ValueRules.decimal(column, new BigDecimal(new BigInteger((byte[]) raw.read(in)), scale));
  }

  /** Integers as Long, floats as Double, strings, enums, bytes and fixed as byte[]. */
  private static AvroReader scalar(Schema schema) {
    switch (schema.getType()) {
      case BOOLEAN:
        return Decoder::readBoolean;
      case INT:
        return in -> (long) in.readInt();
      case LONG:
        return Decoder::readLong;
      case FLOAT:
        return in -> (double) in.readFloat();
      case DOUBLE:
        return Decoder::readDouble;
      case STRING:
      case BYTES:
        return AvroReader::readBytes;
      case ENUM:
        byte[][] symbols =
            schema.getEnumSymbols().stream()
                .map(s -> s.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return in -> symbols[in.readEnum()];
      case FIXED:
        int size = schema.getFixedSize();
        return in -> {
          byte[] bytes = new byte[size];
          in.readFixed(bytes);
          return bytes;
        };
      default:
        throw BigQueryError.unsupported("the Avro type " + schema.getType());
    }
  }

  private static byte[] readBytes(Decoder in) throws IOException {
    ByteBuffer bytes = in.readBytes(null);
    if (bytes.arrayOffset() == 0 && bytes.array().length == bytes.remaining()) {
      return bytes.array();
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }
}
