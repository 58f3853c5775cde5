package io.deltaflow.destination.bigquery;

import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * BigQuery's column names for a source's field names: the same answer for the same names, always.
 */
final class ColumnNames {
  private static final int LONGEST = 300;
  private static final List<String> RESERVED =
      List.of(
          "_CHANGE_SEQUENCE_NUMBER",
          "_CHANGE_TIMESTAMP",
          "_CHANGE_TYPE",
          "_COLIDENTIFIER",
          "_FILE_",
          "_PARTITION",
          "_ROW_TIMESTAMP",
          "_TABLE_",
          "__ROOT__");

  private ColumnNames() {}

  /**
   * A valid name: other characters become underscores, a reserved beginning gets an {@code x}
   * before it.
   */
  static String of(String field) {
    StringBuilder name = new StringBuilder(field.length());
    field.codePoints().forEach(c -> name.append(isAllowed(c) ? (char) c : '_'));
    if (name.length() == 0 || Character.isDigit(name.charAt(0))) {
      name.insert(0, '_');
    }
    String upper = name.toString().toUpperCase(Locale.ROOT);
    if (RESERVED.stream().anyMatch(upper::startsWith)) {
      name.insert(0, 'x');
    }
    if (name.length() > LONGEST) {
      name.setLength(LONGEST - 9);
      name.append('_').append(Hash.of(field), 0, 8);
    }
    return name.toString();
  }

  /**
   * Names of the fields of one record.
   *
   * @param where for messages: empty, or the record's path with a dot at the end
   * @throws ConfigurationException when two fields come to the same name, which ignores case
   */
  static List<String> of(List<String> fields, String where) {
    Map<String, String> seen = new HashMap<>();
    List<String> names = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String field : fields) {
      String name = of(field);
      names.add(name);
      String other = seen.putIfAbsent(name.toLowerCase(Locale.ROOT), field);
      if (other != null) {
        problems.add(
            "the fields '"
                + where
                + other
                + "' and '"
                + where
                + field
                + "' both become the BigQuery column '"
                + name
                + "' (names ignore case); leave one out or rename it in a query, such as SELECT ..."
                + " AS "
                + name
                + "_2");
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return names;
  }

  private static boolean isAllowed(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
  }
}
