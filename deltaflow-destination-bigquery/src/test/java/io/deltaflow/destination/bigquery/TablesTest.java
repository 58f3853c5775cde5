package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TablesTest {
  @Test
  void stateStandsBesideItsTarget() {
    assertThat(tables("shop", "orders", "shop").state())
        .hasToString("my-project.shop.orders__deltaflow_state");
  }

  @Test
  void oneStateDatasetKeepsTargetsOfOneNameApart() {
    assertThat(tables("shop", "orders", "state").state())
        .hasToString("my-project.state.orders__deltaflow_state__shop");
    assertThat(tables("shop", "orders", "state").ledger())
        .hasToString("my-project.state.orders__deltaflow_runs__shop");
    assertThat(tables("archive", "orders", "state").state())
        .hasToString("my-project.state.orders__deltaflow_state__archive");
  }

  @Test
  void namesAreNeverTooLongForBigQuery() {
    String longest = "t".repeat(1024);
    assertThat(tables("shop", longest, "state").staging("run1", "0").table())
        .hasSizeLessThanOrEqualTo(1024)
        .endsWith("__deltaflow_staging_run1_0")
        .isNotEqualTo(tables("archive", longest, "state").staging("run1", "0").table());
  }

  private static Tables tables(String dataset, String table, String stateDataset) {
    return new Tables(new TableName("my-project", dataset, table), stateDataset);
  }
}
