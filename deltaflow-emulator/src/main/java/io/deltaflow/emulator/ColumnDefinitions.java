package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.zetasql.Type;
import com.google.zetasql.TypeParameters;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnAnnotations;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnDefinition;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedLiteral;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOption;
import java.util.ArrayList;
import java.util.List;

/** Columns as CREATE TABLE and ALTER TABLE define them, as fields of a schema. */
final class ColumnDefinitions {
  private ColumnDefinitions() {}

  static List<TableFieldSchema> fields(List<ResolvedColumnDefinition> definitions) {
    List<TableFieldSchema> fields = new ArrayList<>();
    definitions.forEach(d -> fields.add(field(d)));
    return fields;
  }

  static TableFieldSchema field(ResolvedColumnDefinition definition) {
    if (definition.getGeneratedColumnInfo() != null) {
      throw BigQueryError.unsupported("generated columns");
    }
    TableFieldSchema field =
        field(definition.getName(), definition.getType(), definition.getAnnotations());
    if (definition.getDefaultValue() != null) {
      field.setDefaultValueExpression(definition.getDefaultValue().getSql());
    }
    return field;
  }

  static TableFieldSchema field(String name, Type type, ResolvedColumnAnnotations annotations) {
    TableFieldSchema field = SqlTypes.field(name, type);
    apply(field, type, annotations, null);
    return field;
  }

  private static void apply(
      TableFieldSchema field,
      Type type,
      ResolvedColumnAnnotations annotations,
      TypeParameters inherited) {
    // The parameters of a nested type are with its own annotations or with those of the type around
    // it.
    boolean own =
        annotations != null
            && annotations.getTypeParameters() != null
            && !annotations.getTypeParameters().isEmpty();
    TypeParameters parameters = own ? annotations.getTypeParameters() : inherited;
    if (annotations != null) {
      if (annotations.getCollationName() != null) {
        throw BigQueryError.unsupported("COLLATE");
      }
      if (annotations.getNotNull()) {
        field.setMode("REQUIRED");
      }
      annotations.getOptionList().forEach(option -> option(field, option));
    }
    if (type.isArray()) {
      apply(field, type.asArray().getElementType(), child(annotations, 0), child(parameters, 0));
    } else if (type.isStruct()) {
      for (int i = 0; i < type.asStruct().getFieldCount(); i++) {
        apply(
            field.getFields().get(i),
            type.asStruct().getField(i).getType(),
            child(annotations, i),
            child(parameters, i));
      }
    } else {
      parameters(field, parameters);
    }
  }

  private static ResolvedColumnAnnotations child(ResolvedColumnAnnotations parent, int index) {
    return parent == null || parent.getChildList().size() <= index
        ? null
        : parent.getChildList().get(index);
  }

  private static TypeParameters child(TypeParameters parent, int index) {
    return parent == null || parent.getChildCount() <= index ? null : parent.getChild(index);
  }

  static void parameters(TableFieldSchema field, TypeParameters parameters) {
    if (parameters == null || parameters.isEmpty()) {
      return;
    }
    if (parameters.isNumericTypeParameters()) {
      var numeric = parameters.getNumericTypeParameters();
      field
          .setPrecision(numeric.getPrecision())
          .setScale(numeric.getScale() == 0 ? null : Long.valueOf(numeric.getScale()));
    } else if (parameters.isStringTypeParameters()) {
      field.setMaxLength(parameters.getStringTypeParameters().getMaxLength());
    } else {
      throw BigQueryError.unsupported("the type parameters of column " + field.getName());
    }
  }

  static void option(TableFieldSchema field, ResolvedOption option) {
    if (!option.getName().equalsIgnoreCase("description")
        || !(option.getValue() instanceof ResolvedLiteral)) {
      throw BigQueryError.unsupported("the column option " + option.getName());
    }
    field.setDescription(
        (String) SqlLiteral.value(((ResolvedLiteral) option.getValue()).getValue()));
  }
}
