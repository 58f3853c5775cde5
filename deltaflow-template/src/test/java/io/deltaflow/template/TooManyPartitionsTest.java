package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A BigQuery table has at most 10,000 partitions. */
final class TooManyPartitionsTest {
  private static SyncBed bed;

  @BeforeAll
  static void start() throws IOException {
    bed = SyncBed.start();
    bed.sql(
        "CREATE TABLE people (id bigint PRIMARY KEY, born date NOT NULL)",
        "INSERT INTO people SELECT n, date '1990-01-01' + n FROM generate_series(0, 10000) n");
  }

  @AfterAll
  static void stop() {
    bed.close();
  }

  private static Map<String, String> flags(String table) {
    Map<String, String> flags = bed.flags(table);
    flags.put("postgresql_table", "public.people");
    flags.put("partition_field", "born");
    return flags;
  }

  @Test
  void aRunThatNeedsMoreIsRefusedBeforeItReadsOrCreates() throws Exception {
    assertThat(SyncBed.launch(flags("refused")).err())
        .contains(
            "test-project.shop.refused is partitioned by 'born', and the rows to read lie in 10001"
                + " different days between 1990-01-01 and 2017-05-19; a table has at most 10000"
                + " partitions")
        .contains("--partition_field");
    for (String table : new String[] {"refused", "refused__deltaflow_state"}) {
      assertThatThrownBy(() -> bed.table(table)).hasMessageContaining("404");
    }
  }

  @Test
  void aWideRangeOfFewDaysIsRead() throws Exception {
    Map<String, String> flags = flags("sparse");
    flags.remove("postgresql_table");
    flags.put("postgresql_query", "SELECT * FROM people WHERE id IN (0, 10000)");
    assertThat(SyncBed.launch(flags).err()).isEmpty();
    assertThat(bed.query("SELECT COUNT(*) FROM shop.sparse")).isEqualTo("2");
  }

  @Test
  void anExistingTableIsCheckedByItsOwnPartitions() throws Exception {
    bed.query("CREATE TABLE shop.days (id INT64, born DATE) PARTITION BY born");
    bed.query(
        "CREATE TABLE shop.months (id INT64, born DATE) PARTITION BY DATE_TRUNC(born, MONTH)");
    assertThat(SyncBed.launch(flags("days")).err()).contains("10001 different days");
    assertThat(SyncBed.launch(flags("months")).err()).isEmpty();
    assertThat(bed.query("SELECT COUNT(*) FROM shop.months")).isEqualTo("10001");
  }
}
