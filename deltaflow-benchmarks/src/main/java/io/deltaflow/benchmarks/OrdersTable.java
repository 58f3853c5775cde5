package io.deltaflow.benchmarks;

import io.deltaflow.testing.PostgresServer;

/**
 * The table that everything is measured with: about 300 bytes a row, of the types that business
 * tables have, with NULLs, empty arrays and negative amounts among them.
 *
 * @param rows ids are 1 to this
 */
record OrdersTable(PostgresServer server, String name, long rows) {
  static final String DATABASE = "bench";

  private static final String COLUMNS =
      """
      id bigint PRIMARY KEY,
      customer_id bigint NOT NULL,
      status text,
      amount numeric(12,2),
      note text,
      payload jsonb,
      tags text[],
      created_at timestamptz,
      updated_at timestamptz NOT NULL
      """;

  private static final String VALUES =
      """
      SELECT i,
        (i * 7919) % 100003,
        CASE WHEN i % 101 = 0 THEN NULL
          ELSE (ARRAY['new', 'paid', 'packed', 'shipped', 'returned'])[1 + i % 5] END,
        CASE WHEN i % 97 = 0 THEN NULL
          ELSE ((i * 31) % 100000000 - 5000000)::numeric / 100 END,
        CASE WHEN i % 89 = 0 THEN NULL
          ELSE md5(i::text) || md5((i + 1)::text) || substr(md5((i + 2)::text), 1, 16) END,
        CASE WHEN i % 83 = 0 THEN NULL
          ELSE jsonb_build_object('sku', md5((i * 3)::text), 'quantity', i % 17,
            'gift', i % 3 = 0, 'carrier', 'dhl-' || i % 11, 'zone', i % 50) END,
        CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN '{}' WHEN 2 THEN ARRAY['a']
          ELSE ARRAY['tag' || i % 10, 'group' || i % 3] END,
        timestamptz '2026-01-01Z' + i * interval '0.5 second',
        timestamptz '2026-02-01Z' + i * interval '0.5 second'
      FROM generate_series(1::bigint, ROWS) AS i
      """;

  /** Makes and fills it, with statistics as autovacuum would leave them. */
  static OrdersTable create(PostgresServer server, String name, long rows) {
    server.executeIn(
        DATABASE,
        "CREATE TABLE " + name + " (" + COLUMNS + ")",
        "INSERT INTO " + name + " " + VALUES.replace("ROWS", String.valueOf(rows)),
        "CREATE INDEX ON " + name + " (updated_at)",
        "VACUUM (FREEZE, ANALYZE) " + name,
        "CHECKPOINT");
    return new OrdersTable(server, name, rows);
  }

  /** Updates rows that are spread evenly over the table. */
  void touch(long howMany) {
    long step = Math.max(1, rows / howMany);
    server.executeIn(
        DATABASE,
        "UPDATE "
            + name
            + " SET updated_at = now(), amount = amount + 1 WHERE id % "
            + step
            + " = 0");
  }

  /** Whether new connections to its server may be encrypted; drivers take what is offered. */
  void encrypt(boolean on) {
    server.executeIn(DATABASE, "ALTER SYSTEM SET ssl = " + on);
    server.executeIn(DATABASE, "SELECT pg_catalog.pg_reload_conf()");
  }

  long bytes() {
    return Long.parseLong(
        server.queryIn(DATABASE, "SELECT pg_catalog.pg_table_size('" + name + "')"));
  }
}
