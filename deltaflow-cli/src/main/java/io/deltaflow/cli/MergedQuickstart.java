package io.deltaflow.cli;

import io.deltaflow.Proof;
import io.deltaflow.RunReport;
import io.deltaflow.emulator.BigQueryEmulator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * Two syncs of several sources into one table with changes between them, and the proof that nothing
 * is missing.
 */
final class MergedQuickstart implements Demonstration {
  private static final String PROJECT = "quickstart";
  private static final String DATASET = "merged";
  private static final String TABLE = "orders";
  // Every window ends one second before its source's clock.
  private static final long UNTIL_VISIBLE_MILLIS = 1_200;

  private final BigQueryEmulator emulator;
  private final Map<String, OrderSource> sources = new LinkedHashMap<>();
  private final Terminal terminal;
  private final Narrator narrator;

  private MergedQuickstart(BigQueryEmulator emulator, Terminal terminal, Narrator narrator) {
    this.emulator = emulator;
    this.terminal = terminal;
    this.narrator = narrator;
  }

  /**
   * Starts all servers.
   *
   * @param names of the sources' connectors
   * @param rows of the first one; the others have a quarter
   */
  static MergedQuickstart start(List<String> names, int rows, Terminal terminal, Narrator narrator)
      throws Exception {
    narrator.heading("Starting the sources and the BigQuery emulator on this machine");
    MergedQuickstart started =
        new MergedQuickstart(
            BigQueryEmulator.builder().dataset(PROJECT, DATASET).build().start(),
            terminal,
            narrator);
    try (Progress progress = Progress.start(terminal)) {
      for (String name : names) {
        progress.phase("starting and filling " + name);
        started.add(name, started.sources.isEmpty() ? rows : Math.max(1, rows / 4));
      }
    } catch (Exception e) {
      started.close();
      throw e;
    }
    started.sources.forEach(
        (name, s) ->
            narrator.line(
                String.format(
                    Locale.ROOT,
                    "%-12s %,7d %-20s  %s",
                    name,
                    s.orders(),
                    s.description(),
                    s.address())));
    return started;
  }

  private void add(String name, int rows) throws Exception {
    sources.put(
        name,
        switch (name) {
          case "postgresql" -> ShopDatabase.start(rows);
          case "mongodb" -> WebShop.start(rows);
          case "bigquery" -> OrderArchive.start(emulator, PROJECT, rows);
          default -> throw new IllegalArgumentException(name);
        });
  }

  @Override
  public QuickstartOutcome run() throws Exception {
    QuickstartSync sync = new QuickstartSync(flags(), terminal, narrator);
    int orders = sources.values().stream().mapToInt(OrderSource::orders).sum();
    narrator.heading("First run: all of history, " + count(orders) + " orders into one table");
    narrator.line("Every id becomes a text, so that the keys of all are of one type:");
    narrator.line(transformation());
    RunReport first = sync.run();

    narrator.heading("Changes in all of them");
    int inserted = 0;
    for (Map.Entry<String, OrderSource> source : sources.entrySet()) {
      OrderSource.Changes changes = source.getValue().change();
      inserted += changes.inserted();
      narrator.line(
          String.format(
              Locale.ROOT,
              "%-12s %,d new orders, %,d changed ones",
              source.getKey(),
              changes.inserted(),
              changes.updated()));
    }
    Thread.sleep(UNTIL_VISIBLE_MILLIS);

    narrator.heading("Second run: only what is new, in each from its own watermark on");
    RunReport second = sync.run();

    narrator.heading("The table now, by its column _source");
    emulator.rows(perSource()).forEach(row -> narrator.line(text(row)));

    narrator.heading("Proof: all tables read whole, counted and hashed");
    Proof proof = sync.prove();
    return new QuickstartOutcome(List.of(first, second), proof);
  }

  private static String perSource() {
    return "SELECT _source, COUNT(*) AS n, CAST(SUM(total) AS STRING) AS total FROM `"
        + PROJECT
        + "`."
        + DATASET
        + "."
        + TABLE
        + " GROUP BY _source ORDER BY n DESC, _source";
  }

  private static String text(Map<String, Object> row) {
    return String.format(
        Locale.ROOT,
        "%-12s %,7d orders, %s euros",
        row.get("_source"),
        row.get("n"),
        row.get("total"));
  }

  private Map<String, String> flags() {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("data_source", String.join(",", sources.keySet()));
    sources.values().forEach(s -> flags.putAll(s.flags()));
    flags.put("transformation_config", transformation());
    flags.put("source_column", "_source");
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

  /** A field that no source has would be refused. */
  private String transformation() {
    StringJoiner config = new StringJoiner(", ", "{", "}");
    if (sources.containsKey("mongodb")) {
      config.add("\"field_mappings\": {\"_id\": \"id\"}");
    }
    config.add("\"type_conversions\": {\"id\": \"string\", \"total\": \"numeric(12,2)\"}");
    return config.toString();
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  @Override
  public String howToQuery() {
    return
"""

All servers stay up until you press Ctrl-C. In another terminal:

  %s
  curl -s %sbigquery/v2/projects/%s/queries -H 'Content-Type: application/json' \\
    -d '{"query": "SELECT _source, COUNT(*) AS n FROM %s.%s GROUP BY _source", "useLegacySql": false}'
  %s
"""
        .formatted(
            sources.values().stream()
                .map(OrderSource::howToChange)
                .collect(Collectors.joining("\n  ")),
            emulator.bigQueryEndpoint(),
            PROJECT,
            DATASET,
            TABLE,
            new QuickstartSync(flags(), terminal, narrator).command());
  }

  @Override
  public void close() {
    try (emulator) {
      sources.values().forEach(OrderSource::close);
    }
  }
}
