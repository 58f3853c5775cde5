package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SqlTest {
  @Test
  void textsCannotEndTheirLiteral() {
    assertThat(Sql.string("it's \\ a \"test\"\n`x`\0\r\u2028"))
        .isEqualTo("'it\\'s \\\\ a \"test\"\\n`x`\\u0000\\u000d\\u2028'");
    assertThat(Sql.string(null)).isEqualTo("NULL");
  }

  @Test
  void namesCannotEndTheirQuotes() {
    assertThat(Sql.name("a`; DROP TABLE b; --")).isEqualTo("`a\\`; DROP TABLE b; --`");
  }

  @Test
  void timestampsKeepMicroseconds() {
    assertThat(Sql.timestamp(Instant.parse("2026-03-01T10:20:30.123456Z")))
        .isEqualTo("TIMESTAMP '2026-03-01 10:20:30.123456+00'");
  }

  @Test
  void aTableNameIsReadBackAsItWasWritten() {
    for (String text : new String[] {"my-project.data.orders", "example.com:proj.data.orders"}) {
      assertThat(TableName.parse(text)).hasToString(text);
    }
    assertThat(TableName.parse("example.com:proj.data.orders").sql())
        .isEqualTo("`example.com:proj`.`data`.`orders`");
  }
}
