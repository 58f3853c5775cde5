package io.deltaflow.cli;

import io.deltaflow.emulator.BigQueryEmulator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A source of the quick start: archived orders, in a dataset of the emulated BigQuery. */
final class OrderArchive implements OrderSource {
  private static final String DATASET = "archive";
  private static final String TABLE = "orders";

  private final BigQueryEmulator emulator;
  private final String project;
  private final int orders;

  private OrderArchive(BigQueryEmulator emulator, String project, int orders) {
    this.emulator = emulator;
    this.project = project;
    this.orders = orders;
  }

  /** Creates and fills the table. */
  static OrderArchive start(BigQueryEmulator emulator, String project, int orders) {
    OrderArchive archive = new OrderArchive(emulator, project, orders);
    emulator.createDataset(project, DATASET);
    emulator.rows(
"""
CREATE TABLE %s (
  id STRING NOT NULL, customer_id STRING NOT NULL, status STRING NOT NULL,
  total NUMERIC(12, 2) NOT NULL, ordered_on DATE NOT NULL, box INT64 NOT NULL,
  updated_at TIMESTAMP NOT NULL, PRIMARY KEY (id) NOT ENFORCED)
"""
            .formatted(archive.table()));
    archive.insert(1, orders, "TIMESTAMP_ADD(TIMESTAMP '2025-01-01 00:00:00Z', INTERVAL n MINUTE)");
    return archive;
  }

  private void insert(int first, int count, String stamp) {
    emulator.rows(
"""
INSERT INTO %s (id, customer_id, status, total, ordered_on, box, updated_at)
SELECT CONCAT('archived-', CAST(n AS STRING)), CONCAT('old-', CAST(MOD(n, 97) AS STRING)), 'shipped',
  CAST(MOD(n * 7919, 90000) + 500 AS NUMERIC) / 100, DATE_ADD(DATE '2020-01-01', INTERVAL MOD(n, 1500) DAY),
  DIV(n, 100) + 1, %s
FROM UNNEST(GENERATE_ARRAY(%d, %d)) AS n
"""
            .formatted(table(), stamp, first, first + count - 1));
  }

  private String table() {
    return "`" + project + "`." + DATASET + "." + TABLE;
  }

  @Override
  public int orders() {
    return orders;
  }

  @Override
  public String description() {
    return "archived orders";
  }

  @Override
  public String address() {
    return emulator.bigQueryEndpoint();
  }

  @Override
  public Map<String, String> flags() {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("source_bigquery_project", project);
    flags.put("source_bigquery_dataset", DATASET);
    flags.put("source_bigquery_table", TABLE);
    flags.put("source_bigquery_longest_write", "1s");
    flags.put("source_bigquery_storage_endpoint", emulator.storageEndpoint());
    return flags;
  }

  @Override
  public Changes change() {
    int inserted = Math.max(1, orders / 100);
    insert(orders + 1, inserted, "CURRENT_TIMESTAMP()");
    emulator.rows(
        "UPDATE "
            + table()
            + " SET status = 'returned', updated_at = CURRENT_TIMESTAMP() WHERE id IN (SELECT"
            + " CONCAT('archived-', CAST(n AS STRING)) FROM UNNEST(GENERATE_ARRAY(50, "
            + orders
            + ", 50)) AS n)");
    return new Changes(inserted, orders / 50);
  }

  @Override
  public String howToChange() {
    return
"""
curl -s %sbigquery/v2/projects/%s/queries -H 'Content-Type: application/json' \\
    -d '{"query": "UPDATE %s.%s SET status = \\"lost\\", updated_at = CURRENT_TIMESTAMP() WHERE box = 1", "useLegacySql": false}'\
"""
        .formatted(emulator.bigQueryEndpoint(), project, DATASET, TABLE);
  }

  /** The emulator is another's. */
  @Override
  public void close() {}
}
