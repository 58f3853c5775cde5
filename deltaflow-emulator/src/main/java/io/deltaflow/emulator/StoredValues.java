package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.zetasql.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * What a value must be to be written to a column, as DuckDB expressions: DuckDB knows neither modes
 * nor parameters.
 */
final class StoredValues {
  private StoredValues() {}

  /**
   * The value to store; raises BigQuery's error when the column cannot hold it. {@code value} is
   * evaluated often.
   */
  static String checked(TableFieldSchema field, String value) {
    return checked(field, value, field.getName(), 0);
  }

  private static String checked(TableFieldSchema field, String value, String path, int depth) {
    if ("REPEATED".equals(field.getMode())) {
      return repeated(field, value, path, depth);
    }
    String element = element(field, value, path, depth);
    if (!"REQUIRED".equals(field.getMode())) {
      return element;
    }
    String raise =
        SqlErrors.raise(
            SqlLiteral.string("Required field " + path + " cannot be null"),
            StorageTypes.columnType(field));
    return "CASE WHEN " + value + " IS NULL THEN " + raise + " ELSE " + element + " END";
  }

  private static String repeated(TableFieldSchema field, String value, String path, int depth) {
    String name = "s" + depth;
    String each = element(field, name, path, depth + 1);
    String transformed =
        each.equals(name)
            ? value
            : "list_transform(" + value + ", lambda " + name + ": " + each + ")";
    String type = StorageTypes.columnType(field);
    String raise =
        SqlErrors.raise(
            SqlLiteral.string("Array cannot have a null element; error in writing field " + path),
            type);
    return "CASE WHEN "
        + value
        + " IS NULL THEN CAST([] AS "
        + type
        + ") WHEN list_count("
        + value
        + ") < len("
        + value
        + ") THEN "
        + raise
        + " ELSE "
        + transformed
        + " END";
  }

  private static String element(TableFieldSchema field, String value, String path, int depth) {
    switch (field.getType()) {
      case "RECORD":
        return record(field, value, path, depth);
      case "NUMERIC":
      case "BIGNUMERIC":
        if (field.getPrecision() == null) {
          return value;
        }
        Type type = SqlTypes.simple(field.getType());
        long scale = field.getScale() == null ? 0 : field.getScale();
        return Casts.fits(value, type, field.getPrecision(), scale, path);
      case "STRING":
      case "BYTES":
        return field.getMaxLength() == null
            ? value
            : Casts.lengthChecked(value, field.getMaxLength(), field.getType(), path);
      default:
        return value;
    }
  }

  private static String record(TableFieldSchema field, String value, String path, int depth) {
    boolean plain = true;
    List<String> members = new ArrayList<>();
    for (TableFieldSchema member : field.getFields()) {
      String name = StorageTypes.quote(member.getName());
      String read = "(" + value + ")." + name;
      String checked = checked(member, read, path + "." + member.getName(), depth);
      plain = plain && checked.equals(read);
      members.add(name + ": " + checked);
    }
    return plain
        ? value
        : "CASE WHEN " + value + " IS NULL THEN NULL ELSE {" + String.join(", ", members) + "} END";
  }
}
