package io.deltaflow.source.postgres;

import java.util.Map;

/** The contract again, for a window's query over a split column and a local cursor. */
class PostgresQueryContractTest extends PostgresContractTest {
  @Override
  protected Map<String, String> options() {
    Map<String, String> options = super.options();
    options.remove("table");
    options.put(
        "base_query",
        "SELECT id, tags, updated_at AT TIME ZONE 'Asia/Kolkata' AS stamped FROM events"
            + " WHERE (updated_at AT TIME ZONE 'Asia/Kolkata') > '{start_timestamp}'"
            + " AND (updated_at AT TIME ZONE 'Asia/Kolkata') <= '{end_timestamp}'");
    options.put("split_column", "id");
    options.put("source_timezone", "Asia/Kolkata");
    return options;
  }

  @Override
  protected String cursor() {
    return "stamped";
  }
}
