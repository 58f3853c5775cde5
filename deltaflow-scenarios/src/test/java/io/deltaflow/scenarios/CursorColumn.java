package io.deltaflow.scenarios;

/**
 * The type of the cursor {@code updated_at}, and its text in PostgreSQL and in GoogleSQL, in the
 * same form.
 *
 * @param ddl type and default
 * @param rests whether its values are instants that a window's end must pass
 */
record CursorColumn(String ddl, String sourceText, String targetText, boolean rests) {
  private static final String INSTANT = "FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6SZ', updated_at)";
  private static final String PLAIN = "CAST(updated_at AS STRING)";

  static CursorColumn timestamptz() {
    return new CursorColumn("timestamptz DEFAULT now()", SyncBed.iso("updated_at"), INSTANT, true);
  }

  /** {@code timestamp} without time zone, in {@code --postgresql_source_timezone}. */
  static CursorColumn local(String zone) {
    return new CursorColumn(
        "timestamp", SyncBed.iso("updated_at AT TIME ZONE '" + zone + "'"), INSTANT, false);
  }

  static CursorColumn date() {
    return new CursorColumn("date", "updated_at::text", PLAIN, false);
  }

  /** From a sequence. */
  static CursorColumn integer() {
    return new CursorColumn("bigserial", "updated_at::text", PLAIN, false);
  }
}
