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

  /** All syncs' rows; none when the table is absent. */
  StateRows rows() {
    List<List<Object>> cells = new ArrayList<>();
    String token = null;
    do {
      Optional<TableDataList> page = api.rows(tables.state(), token, null);
      if (page.isEmpty()) {
        return new StateRows(List.of(), tables);
      }
      Cells.addTo(cells, page.get().getRows());
      token = page.get().getPageToken();
    } while (token != null);
    return new StateRows(cells.stream().map(StateRow::of).toList(), tables);
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
   * Creates the tables and the sync's row at epoch 0 where they are absent.
   *
   * @param found the rows that are there
   */
  void create(String syncId, StateRows found, Jobs jobs) {
    api.createTable(tables.ledger(), StateTables.ledger(tables.target()));
    if (found.of(syncId).isPresent()) {
      return;
    }
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
    for (int number = 0; rows().of(syncId).isEmpty(); number++) {
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
              id + "_" + number, "add a row to " + tables.state(), jobs.queryOf(insert(syncId)));
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
