package io.deltaflow.source.bigquery;

import java.util.Map;

class BigQueryQueryContractTest extends BigQueryContractTest {
  @Override
  protected Map<String, String> options() {
    return server().options("query", "SELECT * FROM events -- all", "longest_write", "0s");
  }
}
