package io.deltaflow.emulator;

/**
 * The Java types in which rows pass between storage, query engine and the wire, by BigQuery type:
 * INT64 Long, FLOAT64 Double, BOOL Boolean, NUMERIC and BIGNUMERIC BigDecimal, STRING, JSON and
 * GEOGRAPHY String, BYTES byte[], DATE LocalDate, TIME LocalTime, DATETIME LocalDateTime, TIMESTAMP
 * Instant (all to the microsecond), STRUCT {@code List<Object>} in field order, REPEATED {@code
 * List<Object>}; NULL null.
 */
final class CellValues {
  private CellValues() {}
}
