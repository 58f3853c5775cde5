package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.zetasql.StructType;
import com.google.zetasql.StructType.StructField;
import com.google.zetasql.Type;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.ZetaSQLOptions.ProductMode;
import com.google.zetasql.ZetaSQLType.TypeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** GoogleSQL types against BigQuery's schema fields and DuckDB's types. */
final class SqlTypes {
  static final Type INT64 = TypeFactory.createSimpleType(TypeKind.TYPE_INT64);
  static final Type STRING = TypeFactory.createSimpleType(TypeKind.TYPE_STRING);
  static final Type BOOL = TypeFactory.createSimpleType(TypeKind.TYPE_BOOL);
  static final Type DATE = TypeFactory.createSimpleType(TypeKind.TYPE_DATE);
  static final Type TIMESTAMP = TypeFactory.createSimpleType(TypeKind.TYPE_TIMESTAMP);

  private SqlTypes() {}

  /** The type of a column. */
  static Type of(TableFieldSchema field) {
    Type element = element(field);
    return "REPEATED".equalsIgnoreCase(field.getMode())
        ? TypeFactory.createArrayType(element)
        : element;
  }

  private static Type element(TableFieldSchema field) {
    String type = field.getType().toUpperCase(Locale.ROOT);
    if (type.equals("RECORD") || type.equals("STRUCT")) {
      List<StructField> fields = new ArrayList<>();
      field.getFields().forEach(f -> fields.add(new StructField(f.getName(), of(f))));
      return TypeFactory.createStructType(fields);
    }
    return simple(type);
  }

  /** The scalar type of either of BigQuery's names for it. */
  static Type simple(String name) {
    return TypeFactory.createSimpleType(kind(name.toUpperCase(Locale.ROOT)));
  }

  private static TypeKind kind(String name) {
    switch (name) {
      case "INTEGER":
      case "INT64":
        return TypeKind.TYPE_INT64;
      case "FLOAT":
      case "FLOAT64":
        return TypeKind.TYPE_DOUBLE;
      case "BOOLEAN":
      case "BOOL":
        return TypeKind.TYPE_BOOL;
      case "STRING":
        return TypeKind.TYPE_STRING;
      case "BYTES":
        return TypeKind.TYPE_BYTES;
      case "DECIMAL":
      case "NUMERIC":
        return TypeKind.TYPE_NUMERIC;
      case "BIGDECIMAL":
      case "BIGNUMERIC":
        return TypeKind.TYPE_BIGNUMERIC;
      case "DATE":
        return TypeKind.TYPE_DATE;
      case "TIME":
        return TypeKind.TYPE_TIME;
      case "DATETIME":
        return TypeKind.TYPE_DATETIME;
      case "TIMESTAMP":
        return TypeKind.TYPE_TIMESTAMP;
      case "JSON":
        return TypeKind.TYPE_JSON;
      case "GEOGRAPHY":
        return TypeKind.TYPE_GEOGRAPHY;
      default:
        throw BigQueryError.unsupported("the type " + name);
    }
  }

  /** The schema field of a result column or of a column that a query creates. */
  static TableFieldSchema field(String name, Type type) {
    TableFieldSchema field = new TableFieldSchema().setName(name).setMode("NULLABLE");
    Type element = type;
    if (type.isArray()) {
      field.setMode("REPEATED");
      element = type.asArray().getElementType();
    }
    if (element.isStruct()) {
      List<TableFieldSchema> fields = new ArrayList<>();
      for (int i = 0; i < element.asStruct().getFieldCount(); i++) {
        StructField child = element.asStruct().getField(i);
        fields.add(
            field(
                child.getName().isEmpty() ? "_field_" + (i + 1) : child.getName(),
                child.getType()));
      }
      return field.setType("RECORD").setFields(fields);
    }
    return field.setType(SchemaRules.canonicalType(name(element)));
  }

  /** GoogleSQL's name of a type; the analyzer's API cannot name structs and enums. */
  static String name(Type type) {
    if (type.isArray()) {
      return "ARRAY<" + name(type.asArray().getElementType()) + ">";
    }
    if (type.isStruct()) {
      List<String> fields = new ArrayList<>();
      for (StructField field : type.asStruct().getFieldList()) {
        String name = field.getName().isEmpty() ? "" : "`" + field.getName() + "` ";
        fields.add(name + name(field.getType()));
      }
      return "STRUCT<" + String.join(", ", fields) + ">";
    }
    return type.isEnum() ? "part" : type.typeName(ProductMode.PRODUCT_EXTERNAL);
  }

  /** The DuckDB type in which values of a type are stored and computed. */
  static String duckdb(Type type) {
    if (type.isArray()) {
      return duckdb(type.asArray().getElementType()) + "[]";
    }
    if (type.isStruct()) {
      StructType struct = type.asStruct();
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < struct.getFieldCount(); i++) {
        fields.add(structField(struct, i) + " " + duckdb(struct.getField(i).getType()));
      }
      return "STRUCT(" + String.join(", ", fields) + ")";
    }
    switch (type.getKind()) {
      case TYPE_INT64:
        return "BIGINT";
      case TYPE_DOUBLE:
        return "DOUBLE";
      case TYPE_BOOL:
        return "BOOLEAN";
      case TYPE_NUMERIC:
        return "DECIMAL(38,9)";
      case TYPE_STRING:
      case TYPE_BIGNUMERIC:
      case TYPE_JSON:
      case TYPE_GEOGRAPHY:
        return "VARCHAR";
      case TYPE_BYTES:
        return "BLOB";
      case TYPE_DATE:
        return "DATE";
      case TYPE_TIME:
        return "TIME";
      case TYPE_DATETIME:
        return "TIMESTAMP";
      case TYPE_TIMESTAMP:
        return "TIMESTAMPTZ";
      default:
        throw BigQueryError.unsupported("the type " + name(type));
    }
  }

  /** The quoted DuckDB name of a struct's field; DuckDB needs names, and distinct ones. */
  static String structField(StructType struct, int index) {
    String name = struct.getField(index).getName();
    boolean usable = !name.isEmpty();
    for (int i = 0; i < struct.getFieldCount() && usable; i++) {
      usable = i == index || !struct.getField(i).getName().equalsIgnoreCase(name);
    }
    return StorageTypes.quote(usable ? name : "_field_" + (index + 1));
  }
}
