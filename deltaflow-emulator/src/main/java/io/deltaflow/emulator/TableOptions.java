package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOption;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** OPTIONS of a table. */
final class TableOptions {
  private static final long MILLIS_PER_DAY = 86_400_000;

  /** Evaluates the expression of an option. */
  interface Values {
    Object of(ResolvedOption option);
  }

  private TableOptions() {}

  static void apply(Table table, List<ResolvedOption> options, Values values) {
    for (ResolvedOption option : options) {
      apply(table, option.getName().toLowerCase(java.util.Locale.ROOT), values.of(option));
    }
  }

  private static void apply(Table table, String option, Object value) {
    switch (option) {
      case "description":
        table.setDescription((String) value);
        break;
      case "friendly_name":
        table.setFriendlyName((String) value);
        break;
      case "expiration_timestamp":
        table.setExpirationTime(value == null ? null : ((Instant) value).toEpochMilli());
        break;
      case "require_partition_filter":
        table.setRequirePartitionFilter((Boolean) value);
        break;
      case "partition_expiration_days":
        if (table.getTimePartitioning() == null) {
          throw BigQueryError.invalidQuery(
              "partition_expiration_days needs a table partitioned by time");
        }
        table
            .getTimePartitioning()
            .setExpirationMs(value == null ? null : (long) (days(value) * MILLIS_PER_DAY));
        break;
      case "labels":
        table.setLabels(labels((List<?>) value));
        break;
      default:
        throw BigQueryError.unsupported("the table option " + option);
    }
  }

  private static double days(Object value) {
    return value instanceof BigDecimal
        ? ((BigDecimal) value).doubleValue()
        : ((Number) value).doubleValue();
  }

  private static Map<String, String> labels(List<?> pairs) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (pairs != null) {
      pairs.forEach(p -> labels.put((String) ((List<?>) p).get(0), (String) ((List<?>) p).get(1)));
    }
    return labels;
  }
}
