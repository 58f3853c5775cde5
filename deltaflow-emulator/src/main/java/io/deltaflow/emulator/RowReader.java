package io.deltaflow.emulator;

import com.google.zetasql.StructType;
import com.google.zetasql.Type;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Rows out of DuckDB in the Java types of {@link CellValues}. */
final class RowReader {
  private RowReader() {}

  /** A value in a form that DuckDB's driver hands over exactly, also inside lists and structs. */
  static String wire(String value, Type type) {
    if (type.isArray()) {
      Type element = type.asArray().getElementType();
      String name = "w" + Math.floorMod(value.hashCode(), 1_000_000);
      String each = wire(name, element);
      return each.equals(name)
          ? value
          : "list_transform(" + value + ", lambda " + name + ": " + each + ")";
    }
    if (type.isStruct()) {
      StructType struct = type.asStruct();
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < struct.getFieldCount(); i++) {
        String field = "(" + value + ")." + SqlTypes.structField(struct, i);
        fields.add("f" + i + ": " + wire(field, struct.getField(i).getType()));
      }
      return "CASE WHEN "
          + value
          + " IS NULL THEN NULL ELSE {"
          + String.join(", ", fields)
          + "} END";
    }
    switch (type.getKind()) {
      case TYPE_DATE:
        return Casts.days(value);
      case TYPE_TIME:
        return Casts.timeMicros(value);
      case TYPE_DATETIME:
      case TYPE_TIMESTAMP:
        return "epoch_us(" + value + ")";
      case TYPE_BYTES:
        return "hex(" + value + ")";
      default:
        return value;
    }
  }

  static List<Object> row(ResultSet rows, List<Type> types) throws SQLException {
    List<Object> row = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      Type type = types.get(i);
      Object value = value(rows.getObject(i + 1), type);
      // A result has no NULL arrays.
      row.add(value == null && type.isArray() ? List.of() : value);
    }
    return row;
  }

  private static Object value(Object read, Type type) throws SQLException {
    if (read == null) {
      return null;
    }
    if (type.isArray()) {
      List<Object> elements = new ArrayList<>();
      for (Object element : (Object[]) ((Array) read).getArray()) {
        elements.add(value(element, type.asArray().getElementType()));
      }
      return elements;
    }
    if (type.isStruct()) {
      Object[] attributes = ((Struct) read).getAttributes();
      List<Object> fields = new ArrayList<>();
      for (int i = 0; i < attributes.length; i++) {
        Type field = type.asStruct().getField(i).getType();
        Object value = value(attributes[i], field);
        fields.add(value == null && field.isArray() ? List.of() : value);
      }
      return fields;
    }
    switch (type.getKind()) {
      case TYPE_DATE:
        return LocalDate.ofEpochDay((Long) read);
      case TYPE_TIME:
        return LocalTime.ofNanoOfDay((Long) read * 1000);
      case TYPE_DATETIME:
        return SqlLiteral.instant((Long) read).atOffset(ZoneOffset.UTC).toLocalDateTime();
      case TYPE_TIMESTAMP:
        return SqlLiteral.instant((Long) read);
      case TYPE_BYTES:
        return HexFormat.of().parseHex((String) read);
      case TYPE_BIGNUMERIC:
        return new BigDecimal((String) read);
      default:
        return read;
    }
  }
}
