package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnNamesTest {
  @ParameterizedTest
  @CsvSource({
    "id, id",
    "OrderTotal, OrderTotal",
    "a.b, a_b",
    "größe, gr__e",
    "2fa, _2fa",
    "'', _",
    "$oid, _oid",
    "_PARTITIONTIME, x_PARTITIONTIME",
    "_partition_day, x_partition_day",
    "_table_suffix, x_table_suffix",
    "__root__, x__root__",
    "_id, _id",
    "😀, _",
  })
  void everyNameBecomesAValidOne(String field, String column) {
    assertThat(ColumnNames.of(field)).isEqualTo(column);
  }

  @Test
  void longNamesStayApartAndWithinTheLimit() {
    String longName = "x".repeat(400);
    assertThat(ColumnNames.of(longName + "a"))
        .hasSize(300)
        .isNotEqualTo(ColumnNames.of(longName + "b"));
    assertThat(ColumnNames.of(longName)).isEqualTo(ColumnNames.of(longName));
  }

  @Test
  void collisionsNameBothFields() {
    assertThatThrownBy(() -> ColumnNames.of(List.of("Id", "a.b", "id", "a_b"), ""))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'Id' and 'id'")
        .hasMessageContaining("'a.b' and 'a_b'");
  }
}
