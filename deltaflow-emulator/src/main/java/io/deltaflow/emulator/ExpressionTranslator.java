package io.deltaflow.emulator;

import com.google.zetasql.AnyResolvedExprProto;
import com.google.zetasql.FileDescriptorSetsBuilder;
import com.google.zetasql.StructType;
import com.google.zetasql.Type;
import com.google.zetasql.TypeParameters;
import com.google.zetasql.resolvedast.ResolvedFunctionCallBaseEnums.ErrorMode;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedCast;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedColumnRef;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedConstant;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedFunctionCall;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedGetJsonField;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedGetStructField;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedLiteral;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedMakeStruct;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedParameter;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedScan;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSubqueryExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedSystemVariable;
import java.util.ArrayList;
import java.util.List;

/**
 * Scalar expressions of the resolved tree as DuckDB expressions of exactly the type {@link
 * SqlTypes#duckdb} names.
 */
final class ExpressionTranslator {
  private final Translation translation;
  private final FunctionTranslator functions;

  ExpressionTranslator(Translation translation) {
    this.translation = translation;
    this.functions = new FunctionTranslator(translation);
  }

  String of(ResolvedExpr expression) {
    if (expression instanceof ResolvedColumnRef) {
      return Translation.name(((ResolvedColumnRef) expression).getColumn());
    } else if (expression instanceof ResolvedLiteral) {
      return literal((ResolvedLiteral) expression);
    } else if (expression instanceof ResolvedFunctionCall) {
      return call((ResolvedFunctionCall) expression);
    } else if (expression instanceof ResolvedCast) {
      return cast((ResolvedCast) expression);
    } else if (expression instanceof ResolvedSubqueryExpr) {
      return subquery((ResolvedSubqueryExpr) expression);
    } else if (expression instanceof ResolvedMakeStruct) {
      return struct((ResolvedMakeStruct) expression);
    } else if (expression instanceof ResolvedGetStructField) {
      ResolvedGetStructField get = (ResolvedGetStructField) expression;
      StructType type = get.getExpr().getType().asStruct();
      return "(" + of(get.getExpr()) + ")." + SqlTypes.structField(type, (int) get.getFieldIdx());
    } else if (expression instanceof ResolvedGetJsonField) {
      ResolvedGetJsonField get = (ResolvedGetJsonField) expression;
      return "bq_json_field("
          + of(get.getExpr())
          + ", "
          + SqlLiteral.string(get.getFieldName())
          + ")";
    } else if (expression instanceof ResolvedParameter) {
      return SqlLiteral.of(translation.parameter((ResolvedParameter) expression));
    } else if (expression instanceof ResolvedConstant) {
      return SqlLiteral.of(
          translation.constant(((ResolvedConstant) expression).getConstant().getFullName()));
    } else if (expression instanceof ResolvedSystemVariable) {
      return SqlLiteral.of(
          translation.systemVariable(((ResolvedSystemVariable) expression).getNamePath()));
    }
    throw BigQueryError.unsupported(
        "this form of expression (" + expression.nodeKindString() + ")");
  }

  List<String> all(List<ResolvedExpr> expressions) {
    List<String> translated = new ArrayList<>();
    expressions.forEach(e -> translated.add(of(e)));
    return translated;
  }

  private static String literal(ResolvedLiteral literal) {
    return SqlLiteral.of(literal.getType(), SqlLiteral.value(literal.getValue()));
  }

  private String call(ResolvedFunctionCall call) {
    String translated = functions.of(call);
    return call.getErrorMode() == ErrorMode.SAFE_ERROR_MODE
        ? "TRY(" + translated + ")"
        : translated;
  }

  private String cast(ResolvedCast cast) {
    if (cast.getExtendedCast() != null || cast.getFormat() != null || cast.getTimeZone() != null) {
      throw BigQueryError.unsupported("CAST with FORMAT");
    }
    String value = of(cast.getExpr());
    String converted = Casts.of(value, cast.getExpr().getType(), cast.getType());
    TypeParameters parameters = parameters(cast);
    if (!parameters.isEmpty()) {
      converted = Casts.constrained(converted, cast.getType(), parameters);
    }
    return cast.getReturnNullOnError() ? "TRY(" + converted + ")" : converted;
  }

  /** The analyzer's API shows a cast's parameters in the serialized form only. */
  private static TypeParameters parameters(ResolvedCast cast) {
    Type type = cast.getType();
    if (!type.isNumeric() && !type.isBigNumeric() && !type.isString() && !type.isBytes()) {
      return new TypeParameters();
    }
    AnyResolvedExprProto proto =
        (AnyResolvedExprProto) cast.serialize(new FileDescriptorSetsBuilder());
    return TypeParameters.deserialize(
        proto.getResolvedCastNode().getTypeModifiers().getTypeParameters());
  }

  private String subquery(ResolvedSubqueryExpr expression) {
    ResolvedScan scan = expression.getSubquery();
    String query = translation.scans().select(scan);
    switch (expression.getSubqueryType()) {
      case SCALAR:
        return "(SELECT " + onlyColumn(scan) + " FROM (" + query + "))";
      case EXISTS:
        return "EXISTS (" + query + ")";
      case IN:
        Type type = expression.getInExpr().getType();
        if (type.isStruct() || type.isDouble()) {
          throw BigQueryError.unsupported("IN (subquery) of " + SqlTypes.name(type));
        }
        return "("
            + of(expression.getInExpr())
            + " IN (SELECT "
            + onlyColumn(scan)
            + " FROM ("
            + query
            + ")))";
      case ARRAY:
        return "ARRAY(SELECT " + onlyColumn(scan) + " FROM (" + query + "))";
      default:
        throw BigQueryError.unsupported("LIKE ANY and LIKE ALL of a subquery");
    }
  }

  private static String onlyColumn(ResolvedScan scan) {
    return Translation.name(scan.getColumnList().get(0));
  }

  private String struct(ResolvedMakeStruct expression) {
    StructType type = expression.getType().asStruct();
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      fields.add(SqlTypes.structField(type, i) + ": " + of(expression.getFieldList().get(i)));
    }
    return "{" + String.join(", ", fields) + "}";
  }
}
