package io.deltaflow.source.bigquery;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** BigQuery's clock. */
final class Clock {
  private Clock() {}

  /** The present instant, which everything that was committed before it precedes. */
  static Instant now(Warehouse warehouse, String location) {
    String micros = warehouse.rows("SELECT CURRENT_TIMESTAMP()", location).get(0).get(0);
    return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
  }
}
