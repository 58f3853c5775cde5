package io.deltaflow.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SplitCountTest {
  private static final long MEGABYTE = 1 << 20;

  @ParameterizedTest(name = "{0} rows of {1} MB: {2}")
  @CsvSource({
    "0, 0, 1",
    "19999, 200, 1",
    "20000, 2, 8",
    "3000000, 1000, 30",
    "30000000, 10000, 64",
    "30000000, 0, 64",
    "100000000, 30000, 117",
    "1000000000, 300000, 1171",
    "1000000000, 0, 1000",
    // Few rows, each large.
    "10000, 10000, 39",
    "50000, 50000, 195",
    "12, 600, 2",
    "1, 600, 1",
    "100000000000, 0, 10000"
  })
  void splitsGrowWithRowsAndWithBytes(long rows, long megabytes, int splits) {
    assertThat(SplitCount.of(rows, megabytes * MEGABYTE)).isEqualTo(splits);
  }

  @ParameterizedTest(name = "{0} wanted of {1} rows: {2}")
  @CsvSource({"5, 0, 1", "5, 1499, 2", "5, 1000000, 5", "20000, 1000000000, 10000"})
  void whatIsAskedForIsGivenWhereTheRowsAreEnough(long wanted, long rows, int splits) {
    assertThat(SplitCount.atMost(wanted, rows)).isEqualTo(splits);
  }
}
