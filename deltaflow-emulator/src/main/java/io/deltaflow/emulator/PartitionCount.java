package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.RangePartitioning;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/** Counts the partitions that a load modifies; BigQuery allows 4,000. Thread-safe. */
final class PartitionCount {
  private static final int LIMIT = 4_000;
  private static final long NULL_PARTITION = Long.MIN_VALUE;
  private static final long UNPARTITIONED = Long.MIN_VALUE + 1;

  private final Set<Long> partitions = ConcurrentHashMap.newKeySet();
  private final int column;
  private final ToLongFunction<Object> partition;

  private PartitionCount(int column, ToLongFunction<Object> partition) {
    this.column = column;
    this.partition = partition;
  }

  static PartitionCount of(Table table) {
    if (table.getTimePartitioning() != null && table.getTimePartitioning().getField() != null) {
      int column = column(table, table.getTimePartitioning().getField());
      return new PartitionCount(
          column,
          byTime(table.getTimePartitioning().getType(), table.getSchema().getFields().get(column)));
    }
    if (table.getRangePartitioning() != null) {
      RangePartitioning.Range range = table.getRangePartitioning().getRange();
      return new PartitionCount(
          column(table, table.getRangePartitioning().getField()),
          value ->
              (Long) value < range.getStart() || (Long) value >= range.getEnd()
                  ? UNPARTITIONED
                  : Math.floorDiv((Long) value - range.getStart(), range.getInterval()));
    }
    return new PartitionCount(-1, null);
  }

  private static int column(Table table, String name) {
    List<TableFieldSchema> fields = table.getSchema().getFields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).getName().equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw BigQueryError.invalid("The partitioning field " + name + " is not in the schema.");
  }

  private static ToLongFunction<Object> byTime(String unit, TableFieldSchema field) {
    long micros = field.getType().equals("DATE") ? ValueRules.MICROS_PER_DAY : 1;
    switch (unit) {
      case "HOUR":
        return value -> Math.floorDiv((Long) value * micros, 3_600_000_000L);
      case "DAY":
        return value -> Math.floorDiv((Long) value * micros, ValueRules.MICROS_PER_DAY);
      default:
        boolean months = unit.equals("MONTH");
        return value -> {
          ZonedDateTime time =
              Instant.ofEpochSecond(Math.floorDiv((Long) value * micros, 1_000_000L))
                  .atZone(ZoneOffset.UTC);
          return months ? time.getYear() * 12L + time.getMonthValue() : time.getYear();
        };
    }
  }

  /** Counts a row's partition, and refuses one too many. */
  void add(Object[] row) {
    if (column < 0) {
      return;
    }
    Object value = row[column];
    long id = value == null ? NULL_PARTITION : partition.applyAsLong(value);
    if (partitions.add(id) && partitions.size() > LIMIT) {
      throw new LoadError(
          "Too many partitions produced by query, allowed "
              + LIMIT
              + ", query produces at least "
              + partitions.size()
              + " partitions");
    }
  }
}
