package io.deltaflow;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Flags of the original system whose feature does not exist here yet: refused as such, not as
 * unknown.
 */
final class NotYetAvailable {
  private static final Map<String, String> PREFIXES = new LinkedHashMap<>();

  static {
    PREFIXES.put("source_bigquery_", "BigQuery as a source");
  }

  private NotYetAvailable() {}

  static Optional<String> feature(String flag) {
    return PREFIXES.entrySet().stream()
        .filter(e -> flag.startsWith(e.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  static Optional<String> connector(String name) {
    return switch (name) {
      case "bigquery" -> Optional.of("BigQuery as a source");
      default -> Optional.empty();
    };
  }
}
