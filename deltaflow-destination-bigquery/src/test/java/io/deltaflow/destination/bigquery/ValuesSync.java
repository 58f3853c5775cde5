package io.deltaflow.destination.bigquery;

import io.deltaflow.DeltaFlow;
import io.deltaflow.DestinationSpec;
import io.deltaflow.LedgerEntry;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import io.deltaflow.testing.BigQueryServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Syncs of one table of the connector {@code values}, with its column {@code version} as cursor.
 */
record ValuesSync(BigQueryServer server, String table) {
  SyncSpec spec(String... flags) {
    Map<String, String> all = new HashMap<>(server.destinationFlags(table));
    all.put("data_source", "values");
    all.put("values_table", table);
    all.put("enable_smart_sync", "true");
    all.put("smart_sync_timestamp_column", "version");
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      all.put(flag.substring(2, equals), flag.substring(equals + 1));
    }
    return SyncSpec.fromFlags(all);
  }

  RunReport run(String... flags) {
    return DeltaFlow.launch(spec(flags), server.pipelineOptions()).waitUntilFinish();
  }

  /** The sync's name when none is given. */
  String id() {
    return "values:" + table + " -> " + destination().destination().identity();
  }

  /** The destination alone, as somebody knows it who has no access to the source. */
  DestinationSpec destination(String... syncId) {
    Map<String, String> flags = new HashMap<>(server.destinationFlags(table));
    for (String id : syncId) {
      flags.put("sync_id", id);
    }
    return DestinationSpec.fromFlags(flags);
  }

  List<LedgerEntry> runs() {
    return DeltaFlow.runs(destination(), server.pipelineOptions(), 100).orElseThrow();
  }

  List<String> names() {
    return server.rows("SELECT name FROM `" + name() + "` ORDER BY id, name").stream()
        .map(r -> (String) r.get("name"))
        .toList();
  }

  String name() {
    return BigQueryServer.PROJECT + "." + BigQueryServer.DATASET + "." + table;
  }
}
