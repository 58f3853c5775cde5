package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.QueryParameter;
import com.google.api.services.bigquery.model.QueryParameterType;
import com.google.api.services.bigquery.model.QueryParameterValue;
import com.google.zetasql.StructType;
import com.google.zetasql.StructType.StructField;
import com.google.zetasql.Type;
import com.google.zetasql.TypeFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Query parameters as they come over the wire. */
final class QueryParameters {
  private QueryParameters() {}

  static TypedValue of(QueryParameter parameter) {
    Type type = type(parameter.getParameterType());
    return new TypedValue(type, value(parameter.getParameterValue(), type));
  }

  private static Type type(QueryParameterType type) {
    if (type.getType().equalsIgnoreCase("ARRAY")) {
      return TypeFactory.createArrayType(type(type.getArrayType()));
    }
    if (type.getType().equalsIgnoreCase("STRUCT")) {
      List<StructField> fields = new ArrayList<>();
      for (QueryParameterType.StructTypes field : type.getStructTypes()) {
        fields.add(
            new StructField(field.getName() == null ? "" : field.getName(), type(field.getType())));
      }
      return TypeFactory.createStructType(fields);
    }
    return SqlTypes.simple(type.getType());
  }

  private static Object value(QueryParameterValue value, Type type) {
    if (value == null) {
      return null;
    }
    if (type.isArray()) {
      List<Object> elements = new ArrayList<>();
      if (value.getArrayValues() != null) {
        value
            .getArrayValues()
            .forEach(v -> elements.add(value(v, type.asArray().getElementType())));
      }
      return elements;
    }
    if (type.isStruct()) {
      return struct(value, type.asStruct());
    }
    return value.getValue() == null ? null : scalar(value.getValue(), type);
  }

  private static Object struct(QueryParameterValue value, StructType type) {
    if (value.getStructValues() == null) {
      return null;
    }
    List<Object> fields = new ArrayList<>();
    for (StructField field : type.getFieldList()) {
      fields.add(value(value.getStructValues().get(field.getName()), field.getType()));
    }
    return fields;
  }

  private static Object scalar(String text, Type type) {
    switch (type.getKind()) {
      case TYPE_INT64:
        return TextCasts.int64(text);
      case TYPE_DOUBLE:
        return TextCasts.float64(text);
      case TYPE_BOOL:
        return TextCasts.bool(text);
      case TYPE_NUMERIC:
        return TextCasts.numeric(text);
      case TYPE_BIGNUMERIC:
        return TextCasts.bigNumeric(text);
      case TYPE_STRING:
        return text;
      case TYPE_JSON:
        return JsonText.normalized(text);
      case TYPE_BYTES:
        return Base64.getDecoder().decode(text);
      case TYPE_DATE:
        return TextCasts.date(text);
      case TYPE_TIME:
        return TextCasts.time(text);
      case TYPE_DATETIME:
        return TextCasts.dateTime(text);
      case TYPE_TIMESTAMP:
        return TextCasts.timestamp(text);
      default:
        throw BigQueryError.unsupported("a query parameter of type " + SqlTypes.name(type));
    }
  }
}
