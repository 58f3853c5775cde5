package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.error.BadValueException;
import java.io.IOException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;

final class RowFeedTest {
  private static final Schema SCHEMA =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addNullableField("name", FieldTypes.STRING)
          .build();

  /** Has one row, which it cannot give. */
  private static final class Unreadable implements RowReader {
    private int row;

    @Override
    public boolean advance() {
      return row++ == 0;
    }

    @Override
    public Row row() {
      throw new BadValueException("id", "it is no number");
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  @Test
  void aRowThatCannotBeShownWholeIsNotShown() throws IOException {
    SourceRead read = SourceRead.alone(null, ReadRequest.of(SCHEMA));
    RowFeed feed = read.feed(new Unreadable(), null);

    assertThatThrownBy(() -> feed.advanceInto(new JsonRow(SCHEMA)))
        .isInstanceOf(BadValueException.class);
    assertThat(feed.json()).as("replayed, its fields would be NULL").isNull();
    assertThat(feed.advanceInto(new JsonRow(SCHEMA))).isFalse();
  }
}
