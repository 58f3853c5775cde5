package io.deltaflow.cli;

import io.deltaflow.RunReport;
import io.deltaflow.emulator.BigQueryEmulator;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two syncs of a shop's orders with changes between them, and the proof that nothing is missing.
 */
final class Quickstart implements Demonstration {
  private static final String PROJECT = "quickstart";
  private static final String DATASET = "shop";
  private static final String TABLE = "orders";

  private final ShopDatabase shop;
  private final BigQueryEmulator emulator;
  private final int rows;
  private final Terminal terminal;
  private final Narrator narrator;

  private Quickstart(
      ShopDatabase shop,
      BigQueryEmulator emulator,
      int rows,
      Terminal terminal,
      Narrator narrator) {
    this.shop = shop;
    this.emulator = emulator;
    this.rows = rows;
    this.terminal = terminal;
    this.narrator = narrator;
  }

  /** Starts both servers. */
  static Quickstart start(int rows, Terminal terminal, Narrator narrator)
      throws IOException, SQLException {
    narrator.heading("Starting PostgreSQL and the BigQuery emulator on this machine");
    Quickstart started = startServers(rows, terminal, narrator);
    narrator.line("PostgreSQL     " + started.shop.uri());
    narrator.line("BigQuery       " + started.emulator.bigQueryEndpoint());
    narrator.line("Cloud Storage  " + started.emulator.gcsEndpoint());
    return started;
  }

  private static Quickstart startServers(int rows, Terminal terminal, Narrator narrator)
      throws IOException, SQLException {
    try (Progress progress = Progress.start(terminal)) {
      progress.phase("starting PostgreSQL and filling a shop");
      ShopDatabase shop = ShopDatabase.start(rows);
      try {
        progress.phase("starting the emulator");
        BigQueryEmulator emulator =
            BigQueryEmulator.builder().dataset(PROJECT, DATASET).build().start();
        return new Quickstart(shop, emulator, rows, terminal, narrator);
      } catch (RuntimeException e) {
        shop.close();
        throw e;
      }
    }
  }

  @Override
  public QuickstartOutcome run() throws SQLException {
    QuickstartSync sync = new QuickstartSync(flags(), terminal, narrator);
    RunReport first;
    int overtaking;
    try (ShopDatabase.OpenOrder late = shop.openOrder()) {
      overtaking = shop.ordersOvertaking();
      narrator.heading("First run: all of history, " + count(rows) + " orders");
      narrator.line(
          "Meanwhile an order is being written, and "
              + overtaking
              + " stamped later are there already.");
      narrator.line(
          "The window ends below the open transaction, so that none of them can be lost.");
      first = sync.run();
      late.commit();
    }
    int inserted = shop.insertOrders();
    narrator.heading("Changes in the shop");
    narrator.line(
        count(inserted) + " new orders, " + count(shop.updateOrders()) + " changed ones,");
    narrator.line("and the order that was being written is committed, with its earlier stamp.");
    shop.awaitVisible();

    narrator.heading("Second run: only what is new");
    RunReport second = sync.run();
    if (second.rows().inserted() == inserted + overtaking + 1) {
      narrator.line(
          "Inserted are the new orders, the "
              + overtaking
              + " of the first run, and the late one.");
    }
    narrator.heading("Proof: both tables read whole, counted and hashed");
    return new QuickstartOutcome(List.of(first, second), sync.prove());
  }

  private Map<String, String> flags() {
    Map<String, String> flags = new LinkedHashMap<>(shop.flags());
    flags.put("destination_bigquery_project", PROJECT);
    flags.put("destination_bigquery_dataset", DATASET);
    flags.put("destination_bigquery_table", TABLE);
    flags.put("enable_smart_sync", "true");
    flags.put("write_disposition", "WRITE_MERGE");
    flags.put("clustering_fields", "customer_id,status");
    flags.put("bigQueryEndpoint", emulator.bigQueryEndpoint());
    flags.put("gcsEndpoint", emulator.gcsEndpoint());
    return flags;
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  @Override
  public String howToQuery() {
    return
"""

Both servers stay up until you press Ctrl-C. In another terminal:

  psql %1$s -c "UPDATE orders SET note = 'called back', updated_at = now() WHERE id <= 3"
  curl -s %2$sbigquery/v2/projects/%3$s/queries -H 'Content-Type: application/json' \\
    -d '{"query": "SELECT COUNT(*) AS n FROM %4$s.%5$s", "useLegacySql": false}'
  bq --api %2$s --oauth_access_token=any --project_id=%3$s \\
    query --nouse_legacy_sql 'SELECT status, COUNT(*) AS n FROM %4$s.%5$s GROUP BY status'
  %6$s
"""
        .formatted(
            shop.shopUri(),
            emulator.bigQueryEndpoint(),
            PROJECT,
            DATASET,
            TABLE,
            new QuickstartSync(flags(), terminal, narrator).command());
  }

  @Override
  public void close() {
    try (shop) {
      emulator.close();
    }
  }
}
