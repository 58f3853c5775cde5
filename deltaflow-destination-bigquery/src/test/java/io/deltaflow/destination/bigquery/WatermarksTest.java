package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.destination.SourceProgress;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.StoredWatermark;
import io.deltaflow.spi.Window;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatermarksTest {
  private static final String STORED =
      "{\"mine\":{\"cursor\":\"id\",\"kind\":\"INTEGER\",\"position\":\"7\"},"
          + "\"other\":{\"cursor\":\"id\",\"kind\":\"INTEGER\",\"position\":\"8\"}}";
  private static final SourceProgress WHOLE = new SourceProgress("mine", "all of mine", null);

  @Test
  void aWindowTakesThePlaceOfTheOldWatermark() {
    Window window = new Window("id", CursorPosition.integer(7), CursorPosition.integer(9), false);
    assertThat(advanced(STORED, new SourceProgress("mine", "mine", window)))
        .containsOnlyKeys("mine", "other")
        .extractingByKey("mine")
        .extracting(StoredWatermark::position)
        .isEqualTo(CursorPosition.integer(9));
  }

  @Test
  void aSourceReadWithoutAWindowHasNoWatermarkAfterwards() {
    assertThat(advanced(STORED, WHOLE)).containsOnlyKeys("other");
    assertThat(advanced(null, WHOLE)).isEmpty();
  }

  @Test
  void replacingAllRowsLeavesNoOtherSourcesWatermark() {
    assertThat(parse(Watermarks.advance(STORED, List.of(WHOLE), true))).isEmpty();
  }

  private static Map<String, StoredWatermark> advanced(String stored, SourceProgress source) {
    return parse(Watermarks.advance(stored, List.of(source), false));
  }

  private static Map<String, StoredWatermark> parse(String json) {
    return Watermarks.parse(
        json, 1, new TableName("my-project", "shop", "orders__deltaflow_state"));
  }
}
