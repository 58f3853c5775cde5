package io.deltaflow.source.postgres;

import io.deltaflow.spi.error.ConfigurationException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A table as the user names it, folded as the server folds it.
 *
 * @param schema null where the role's search path decides
 */
record TableName(String schema, String name) implements Serializable {
  private static final Pattern PART =
      Pattern.compile("\\s*(?:\"((?:[^\"\\x00]|\"\")+)\"|([\\p{L}_][\\p{L}\\p{N}_$]*))\\s*(\\.|$)");

  static TableName parse(String flag, String text) {
    List<String> parts = new ArrayList<>();
    Matcher part = PART.matcher(text);
    int at = 0;
    boolean more = true;
    while (more) {
      if (!part.find(at) || part.start() != at) {
        throw bad(flag, text);
      }
      parts.add(
          part.group(1) != null
              ? part.group(1).replace("\"\"", "\"")
              : part.group(2).toLowerCase(Locale.ROOT));
      more = part.group(3).equals(".");
      at = part.end();
    }
    if (parts.size() > 2) {
      throw bad(flag, text);
    }
    return parts.size() == 2
        ? new TableName(parts.get(0), parts.get(1))
        : new TableName(null, parts.get(0));
  }

  private static ConfigurationException bad(String flag, String text) {
    return new ConfigurationException(
        flag
            + ": '"
            + text.replace("\0", "\\0")
            + "' is not the name of a table; expected schema.table, with names that have capitals,"
            + " spaces or special characters in double quotes, such as public.orders or \"My"
            + " Schema\".\"Orders\"");
  }

  /** Quoted where it must be, as one would type it. */
  @Override
  public String toString() {
    return (schema == null ? "" : typed(schema) + ".") + typed(name);
  }

  private static String typed(String part) {
    return part.matches("[a-z_][a-z0-9_$]*") ? part : Sql.identifier(part);
  }

  /** For a message. */
  static String join(List<TableName> names) {
    return names.stream().map(TableName::toString).collect(Collectors.joining(" or "));
  }
}
