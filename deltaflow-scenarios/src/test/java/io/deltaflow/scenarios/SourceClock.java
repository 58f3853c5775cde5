package io.deltaflow.scenarios;

/**
 * The source's clock, as a role sees it that finds another {@code now()} in its search path before
 * the server's own. Stamps of open transactions stay the server's, so it is only of use in the
 * past.
 */
final class SourceClock {
  private static final String ROLE = "traveller";

  private final SyncBed bed;

  private SourceClock(SyncBed bed) {
    this.bed = bed;
  }

  static SourceClock of(SyncBed bed) {
    bed.sql(
        "CREATE SCHEMA clock",
        "CREATE TABLE clock.hand (at timestamptz)",
        "INSERT INTO clock.hand VALUES (now())",
        "CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM"
            + " clock.hand'",
        "CREATE ROLE " + ROLE + " SUPERUSER LOGIN PASSWORD '" + ROLE + "'",
        "ALTER ROLE " + ROLE + " SET search_path = clock, pg_catalog, public");
    return new SourceClock(bed);
  }

  SourceClock set(String timestamptz) {
    bed.sql("UPDATE clock.hand SET at = '" + timestamptz + "'");
    return this;
  }

  /** Makes a sync read as the role. */
  OrdersSync seenBy(OrdersSync sync) {
    return sync.with("postgresql_username", ROLE).with("postgresql_password", ROLE);
  }
}
