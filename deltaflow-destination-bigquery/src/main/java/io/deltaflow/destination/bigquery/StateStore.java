package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableDataList;
import io.deltaflow.spi.error.DestinationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the state table, and gives a sync its first row. */
final class StateStore {
  private static final int MOST_TRIES = 5;

  private final BigQueryApi api;
  private final Tables tables;

  StateStore(BigQueryApi api, Tables tables) {
    this.api = api;
    this.tables = tables;
  }

  /** All syncs' rows; empty when the table is absent. */
  List<StateRow> rows() {
    List<List<Object>> cells = new ArrayList<>();
    String token = null;
    do {
      Optional<TableDataList> page = api.rows(tables.state(), token, null);
      if (page.isEmpty()) {
        return List.of();
      }
      Cells.addTo(cells, page.get().getRows());
      token = page.get().getPageToken();
    } while (token != null);
    return cells.stream().map(StateRow::of).toList();
  }

  /** A sync's row; empty when it has none yet. */
  Optional<StateRow> row(String syncId) {
    List<StateRow> own = rows().stream().filter(r -> r.syncId().equals(syncId)).toList();
    if (own.size() > 1) {
      throw new DestinationException(
          "the state table "
              + tables.state()
              + " has "
              + own.size()
              + " rows for the sync '"
              + syncId
              + "' and must have one; delete those that do not have the highest epoch");
    }
    return own.stream().findFirst();
  }

  /** Which other syncs have published into the target. */
  List<String> otherSyncs(String syncId) {
    return rows().stream()
        .filter(r -> r.epoch() > 0 && !r.syncId().equals(syncId))
        .map(StateRow::syncId)
        .toList();
  }

  /** Which other syncs go on from a watermark. */
  List<String> otherWatermarks(String syncId) {
    return rows().stream()
        .filter(r -> !r.syncId().equals(syncId))
        .filter(r -> !Watermarks.parse(r.watermarks(), tables.state()).isEmpty())
        .map(StateRow::syncId)
        .toList();
  }

  /** Why a run must not replace all rows of a table that other syncs publish into. */
  static String losesRowsOf(String syncs, Tables tables) {
    return syncs
        + " publish into "
        + tables.target()
        + " too, and replacing all its rows would take theirs away for good, since their watermarks"
        + " stay; write to another table, or, when the others are given up or shall begin anew,"
        + " reset each of them: ./deltaflow reset --sync_id=... with the flags of the destination";
  }

  /**
   * The target as readers will see it: the table that has yet to take its place, if a run left one.
   */
  TableName effectiveTarget() {
    return rows().stream()
        .filter(r -> r.replacement() != null)
        .findFirst()
        .map(r -> TableName.parse(r.replacement()))
        .orElse(tables.target());
  }

  /** Creates the tables and the sync's row at epoch 0 where they are absent. */
  void create(String syncId, Jobs jobs) {
    api.createTable(tables.ledger(), StateTables.ledger(tables.target()));
    api.createTable(tables.state(), StateTables.state(tables.target()));
    Table state =
        api.table(tables.state())
            .orElseThrow(
                () ->
                    new DestinationException(
                        "the table " + tables.state() + " vanished; run again"));
    // INSERTs never conflict with each other, so two first runs at once could both add the row. The
    // job's id, made of this table and this sync, lets only one of them run. Ids that are taken
    // were
    // of rows that have been deleted since: deleting its row is how a sync is made to begin anew.
    String id =
        "deltaflow_state_"
            + Hash.of(state.getId() + state.getCreationTime() + syncId).substring(0, 32);
    int tries = 0;
    for (int number = 0; row(syncId).isEmpty(); number++) {
      if (tries == MOST_TRIES) {
        throw new DestinationException(
            "the row of the sync '"
                + syncId
                + "' vanishes from "
                + tables.state()
                + " when it is added");
      }
      Jobs.Done done =
          jobs.complete(
              id + "_" + number,
              "add a row to " + tables.state(),
              () -> jobs.queryOf(insert(syncId)));
      if (done.ours()) {
        tries++;
      }
    }
  }

  private String insert(String syncId) {
    String state = tables.state().sql();
    String id = Sql.string(syncId);
    return String.format(
        Locale.ROOT,
        """
        INSERT INTO %s (`sync_id`, `epoch`, `updated_at`)
        SELECT %s, 0, CURRENT_TIMESTAMP()
        FROM (SELECT 1)
        WHERE NOT EXISTS (SELECT 1 FROM %s WHERE `sync_id` = %s)
        """,
        state,
        id,
        state,
        id);
  }
}
