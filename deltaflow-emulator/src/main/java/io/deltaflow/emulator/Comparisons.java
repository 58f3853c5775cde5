package io.deltaflow.emulator;

import com.google.zetasql.StructType;
import com.google.zetasql.Type;
import java.util.ArrayList;
import java.util.List;

/** Comparisons of GoogleSQL: NaN equals nothing, BIGNUMERIC compares as a number. */
final class Comparisons {
  private Comparisons() {}

  static String equal(String left, String right, Type type) {
    if (type.isStruct()) {
      return structEqual(left, right, type.asStruct());
    }
    if (type.isArray()) {
      throw BigQueryError.unsupported("comparing arrays");
    }
    String equal = "(" + left + " = " + right + ")";
    return type.isDouble()
        ? "(" + equal + " AND NOT (isnan(" + left + ") AND isnan(" + right + ")))"
        : equal;
  }

  private static String structEqual(String left, String right, StructType type) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      String field = "." + SqlTypes.structField(type, i);
      fields.add(
          equal("(" + left + ")" + field, "(" + right + ")" + field, type.getField(i).getType()));
    }
    return "(" + String.join(" AND ", fields) + ")";
  }

  static String less(String left, String right, Type type, boolean orEqual) {
    String operator = orEqual ? " <= " : " < ";
    if (type.isBigNumeric()) {
      return "(bq_bignumeric_key(" + left + ")" + operator + "bq_bignumeric_key(" + right + "))";
    }
    if (type.isStruct() || type.isArray()) {
      throw BigQueryError.unsupported("ordering values of type " + SqlTypes.name(type));
    }
    String compared = "(" + left + operator + right + ")";
    if (!type.isDouble()) {
      return compared;
    }
    // To DuckDB, NaN is the largest number.
    String noNan = " AND NOT (isnan(" + right + ") AND " + left + " IS NOT NULL)";
    return orEqual
        ? "(" + compared + noNan + " AND NOT (isnan(" + left + ") AND " + right + " IS NOT NULL))"
        : "(" + compared + noNan + ")";
  }

  static String in(String value, List<String> candidates, Type type) {
    if (!type.isDouble() && !type.isStruct()) {
      return "(" + value + " IN (" + String.join(", ", candidates) + "))";
    }
    List<String> equal = new ArrayList<>();
    candidates.forEach(c -> equal.add(equal(value, c, type)));
    return "(" + String.join(" OR ", equal) + ")";
  }
}
