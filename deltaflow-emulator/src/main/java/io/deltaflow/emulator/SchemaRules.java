package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What BigQuery accepts as names, schemas, partitioning and clustering. */
final class SchemaRules {
  private static final int MAX_COLUMNS = 10_000;
  private static final int MAX_NAME = 300;
  private static final int MAX_DEPTH = 15;
  private static final Pattern DATASET_ID = Pattern.compile("[A-Za-z0-9_]{1,1024}");
  private static final Pattern TABLE_ID =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd}\\p{Zs}]{1,1024}");
  private static final Pattern COLUMN =
      Pattern.compile("[^\\p{Cntrl}!\"$()*,./;?@\\[\\\\\\]^`{}~]+");
  private static final List<String> RESERVED_PREFIXES =
      List.of(
          "_table_",
          "_file_",
          "_partition",
          "_row_timestamp",
          "__root__",
          "_colidentifier",
          "_change_sequence_number",
          "_change_type",
          "_change_timestamp");

  /** BigQuery's standard names to the names its API reports. */
  private static final Map<String, String> CANONICAL =
      Map.of(
          "INT64", "INTEGER",
          "FLOAT64", "FLOAT",
          "BOOL", "BOOLEAN",
          "STRUCT", "RECORD",
          "DECIMAL", "NUMERIC",
          "BIGDECIMAL", "BIGNUMERIC");

  private static final Set<String> TYPES =
      Set.of(
          "INTEGER",
          "FLOAT",
          "BOOLEAN",
          "NUMERIC",
          "BIGNUMERIC",
          "STRING",
          "BYTES",
          "JSON",
          "GEOGRAPHY",
          "DATE",
          "TIME",
          "DATETIME",
          "TIMESTAMP",
          "RECORD");

  private SchemaRules() {}

  static void checkDatasetId(String id) {
    if (id == null || !DATASET_ID.matcher(id).matches()) {
      throw BigQueryError.invalid(
          "Invalid dataset ID \""
              + id
              + "\". Dataset IDs must be alphanumeric (plus underscores) and must be at most"
              + " 1024 characters long.");
    }
  }

  static void checkTableId(String id) {
    if (id == null || !TABLE_ID.matcher(id).matches()) {
      throw BigQueryError.invalid(
          "Invalid table ID \""
              + id
              + "\". Table IDs must be letters, numbers, underscores, dashes and spaces and must be"
              + " at most 1024 characters long.");
    }
  }

  /** A copy with canonical type names and modes; refuses what BigQuery refuses. */
  static TableSchema checked(TableSchema schema) {
    TableSchema copy = Json.copy(schema);
    if (copy.getFields() == null) {
      copy.setFields(new ArrayList<>());
    }
    int columns = check(copy.getFields(), "", 1);
    if (columns > MAX_COLUMNS) {
      throw BigQueryError.invalid(
          "Too many columns: " + columns + ". The limit is " + MAX_COLUMNS + ".");
    }
    return copy;
  }

  private static int check(List<TableFieldSchema> fields, String path, int depth) {
    if (depth > MAX_DEPTH) {
      throw BigQueryError.invalid(
          "Field " + path + " is nested deeper than " + MAX_DEPTH + " levels.");
    }
    Set<String> seen = new HashSet<>();
    int count = 0;
    for (TableFieldSchema field : fields) {
      checkName(field.getName());
      if (!seen.add(field.getName().toLowerCase(Locale.ROOT))) {
        throw BigQueryError.invalid(
            "Duplicate field names are not allowed in the same schema. Duplicate field name: "
                + field.getName());
      }
      count += 1 + checkType(field, path + field.getName(), depth);
    }
    return count;
  }

  private static int checkType(TableFieldSchema field, String path, int depth) {
    if (field.getType() == null) {
      throw BigQueryError.invalid("Field " + path + " has no type.");
    }
    String type = canonicalType(field.getType());
    if (!TYPES.contains(type)) {
      throw BigQueryError.invalid(
          "Invalid value for type: " + field.getType() + " is not a valid value");
    }
    field.setType(type);
    String mode = field.getMode() == null ? "NULLABLE" : field.getMode().toUpperCase(Locale.ROOT);
    if (!Set.of("NULLABLE", "REQUIRED", "REPEATED").contains(mode)) {
      throw BigQueryError.invalid(
          "Invalid value for mode: " + field.getMode() + " is not a valid value");
    }
    field.setMode(mode);
    checkPrecision(field, path);
    if (!type.equals("RECORD")) {
      return 0;
    }
    if (field.getFields() == null || field.getFields().isEmpty()) {
      throw BigQueryError.invalid("Field " + path + " is type RECORD but has no schema");
    }
    return check(field.getFields(), path + ".", depth + 1);
  }

  private static void checkPrecision(TableFieldSchema field, String path) {
    Long precision = field.getPrecision();
    long scale = field.getScale() == null ? 0 : field.getScale();
    if (precision == null) {
      if (field.getScale() != null) {
        throw BigQueryError.invalid("Field " + path + " has a scale but no precision.");
      }
      return;
    }
    int integers = field.getType().equals("BIGNUMERIC") ? 38 : 29;
    int decimals = field.getType().equals("BIGNUMERIC") ? 38 : 9;
    if (!field.getType().endsWith("NUMERIC")
        || scale < 0
        || scale > decimals
        || precision < Math.max(1, scale)
        || precision > scale + integers) {
      throw BigQueryError.invalid(
          "Field "
              + path
              + " of type "
              + field.getType()
              + " has an invalid precision "
              + precision
              + " and scale "
              + scale
              + ".");
    }
  }

  private static void checkName(String name) {
    String lower = name == null ? "" : name.toLowerCase(Locale.ROOT);
    if (name == null
        || name.length() > MAX_NAME
        || !COLUMN.matcher(name).matches()
        || RESERVED_PREFIXES.stream().anyMatch(lower::startsWith)) {
      throw BigQueryError.invalid(
          "Invalid field name \""
              + name
              + "\". Fields must contain the allowed characters, and be at most "
              + MAX_NAME
              + " characters long. For allowed characters, please refer to"
              + " https://cloud.google.com/bigquery/docs/schemas#column_names");
    }
  }

  /** The name under which BigQuery's API reports a type: INTEGER for INT64, and so on. */
  static String canonicalType(String type) {
    String upper = type.toUpperCase(Locale.ROOT);
    return CANONICAL.getOrDefault(upper, upper);
  }

  /** Refuses partitioning and clustering that the schema does not carry. */
  static void checkLayout(Table table) {
    if (table.getTimePartitioning() != null) {
      checkTimePartitioning(table);
    }
    if (table.getRangePartitioning() != null) {
      checkRangePartitioning(table);
    }
    Clustering clustering = table.getClustering();
    if (clustering != null && clustering.getFields() != null) {
      if (clustering.getFields().size() > 4) {
        throw BigQueryError.invalid("Too many clustering fields: the limit is 4.");
      }
      clustering.getFields().forEach(name -> checkClusteringField(table, name));
    }
  }

  private static void checkTimePartitioning(Table table) {
    String type = table.getTimePartitioning().getType();
    if (type == null || !Set.of("HOUR", "DAY", "MONTH", "YEAR").contains(type)) {
      throw BigQueryError.invalid("Invalid value for timePartitioning.type: " + type);
    }
    if (table.getRangePartitioning() != null) {
      throw BigQueryError.invalid(
          "Only one of timePartitioning and rangePartitioning should be specified.");
    }
    String name = table.getTimePartitioning().getField();
    if (name == null) {
      return;
    }
    TableFieldSchema field = partitionField(table, name);
    Set<String> allowed =
        type.equals("HOUR")
            ? Set.of("TIMESTAMP", "DATETIME")
            : Set.of("TIMESTAMP", "DATETIME", "DATE");
    if (!allowed.contains(field.getType())) {
      throw BigQueryError.invalid(
          "The field specified for partitioning, "
              + name
              + ", has type "
              + field.getType()
              + "; TIMESTAMP, DATETIME or (by day or longer) DATE is needed for "
              + type
              + " partitioning.");
    }
  }

  private static void checkRangePartitioning(Table table) {
    TableFieldSchema field = partitionField(table, table.getRangePartitioning().getField());
    if (!field.getType().equals("INTEGER")) {
      throw BigQueryError.invalid(
          "The field specified for range partitioning, "
              + field.getName()
              + ", must be INTEGER, not "
              + field.getType()
              + ".");
    }
    var range = table.getRangePartitioning().getRange();
    if (range == null
        || range.getStart() == null
        || range.getEnd() == null
        || range.getInterval() == null) {
      throw BigQueryError.invalid("rangePartitioning.range needs start, end and interval.");
    }
  }

  private static TableFieldSchema partitionField(Table table, String name) {
    TableFieldSchema field =
        field(table.getSchema(), name)
            .orElseThrow(
                () ->
                    BigQueryError.invalid(
                        "The field specified for partitioning cannot be found in the schema: "
                            + name));
    if ("REPEATED".equals(field.getMode())) {
      throw BigQueryError.invalid(
          "The field specified for partitioning must not be REPEATED: " + name);
    }
    return field;
  }

  private static void checkClusteringField(Table table, String name) {
    TableFieldSchema field =
        field(table.getSchema(), name)
            .orElseThrow(
                () ->
                    BigQueryError.invalid(
                        "The field specified for clustering cannot be found in the schema. Invalid"
                            + " field: "
                            + name));
    if ("REPEATED".equals(field.getMode())
        || Set.of("FLOAT", "BYTES", "RECORD", "JSON", "TIME").contains(field.getType())) {
      throw BigQueryError.invalid(
          "Entity is not a valid clustering field: "
              + name
              + " is "
              + field.getMode()
              + " "
              + field.getType());
    }
  }

  private static Optional<TableFieldSchema> field(TableSchema schema, String name) {
    return schema == null || schema.getFields() == null
        ? Optional.empty()
        : schema.getFields().stream().filter(f -> f.getName().equalsIgnoreCase(name)).findFirst();
  }
}
