package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.TableDigest;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.destination.ColumnType.Kind;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RowDigestTest {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("n", "n", "c0", ColumnType.bigNumeric(76, 38), false),
          new Column("j", "j", "c1", ColumnType.of(Kind.JSON), false));

  private static TableDigest digest(String... rows) {
    RowDigest digest = new RowDigest(COLUMNS, Set.of());
    for (String row : rows) {
      String[] values = row.split("\\|");
      CanonicalRow sink = digest.startRow();
      sink.appendNumeric(new BigDecimal(values[0]));
      sink.appendString(values[1]);
      digest.addRow();
    }
    return digest.finish();
  }

  @Test
  void orderDoesNotMatterAndDuplicatesDo() {
    assertThat(digest("1|{}", "2|[]")).isEqualTo(digest("2|[]", "1|{}"));
    assertThat(digest("1|{}", "1|{}")).isNotEqualTo(digest("1|{}"));
    assertThat(digest("1|{}", "1|{}").hash()).isNotEqualTo(digest("2|{}", "2|{}").hash());
  }

  @Test
  void oneValueInTwoFormsIsEqual() {
    assertThat(digest("1.50|{\"b\": 1.0, \"a\": [1e2, \"x\\u0041\"]}"))
        .isEqualTo(digest("1.5|{\"a\":[100,\"xA\"],\"b\":1}"));
  }

  @Test
  void largeNumbersInJsonAreExact() {
    assertThat(digest("1|{\"a\":9007199254740993}"))
        .isNotEqualTo(digest("1|{\"a\":9007199254740992}"));
    assertThat(digest("1|{\"a\":1}")).isNotEqualTo(digest("1|{\"a\":\"1\"}"));
  }
}
