package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.destination.SourceProgress;
import io.deltaflow.destination.StoredWatermark;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.DestinationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatermarksTest {
  private static final String STORED =
      "{\"mine\":{\"cursor\":\"id\",\"kind\":\"INTEGER\",\"position\":\"7\"},"
          + "\"other\":{\"cursor\":\"id\",\"kind\":\"INTEGER\",\"position\":\"8\"}}";
  private static final String RICH =
      "{\"mine\":{\"cursor\":\"id\",\"kind\":\"INTEGER\",\"position\":\"7\",\"system\":\"A\","
          + "\"maximum\":\"6\"}}";
  private static final Window WINDOW =
      new Window("id", CursorPosition.integer(7), CursorPosition.integer(9), false);
  private static final SourceProgress WHOLE = new SourceProgress("mine", "all of mine", null, null);

  @Test
  void aWindowTakesThePlaceOfTheOldWatermark() {
    assertThat(advanced(STORED, mine(null), null))
        .containsOnlyKeys("mine", "other")
        .extractingByKey("mine")
        .isEqualTo(new StoredWatermark(CursorPosition.integer(9), "id", null, null));
  }

  @Test
  void aSourceReadWithoutAWindowHasNoWatermarkAfterwards() {
    assertThat(advanced(STORED, WHOLE, null)).containsOnlyKeys("other");
    assertThat(advanced(null, WHOLE, null)).isEmpty();
  }

  @Test
  void replacingAllRowsLeavesNothingOfTheOldWatermarks() {
    assertThat(parse(Watermarks.advance(STORED, List.of(WHOLE), null, true))).isEmpty();
    assertThat(parse(Watermarks.advance(RICH, List.of(mine(null)), null, true)).get("mine"))
        .isEqualTo(new StoredWatermark(CursorPosition.integer(9), "id", null, null));
  }

  @Test
  void theLargestPublishedCursorOnlyGrows() {
    assertThat(advanced(null, mine(null), CursorPosition.integer(5)).get("mine").published())
        .contains(CursorPosition.integer(5));
    assertThat(advanced(RICH, mine(null), CursorPosition.integer(8)).get("mine").published())
        .contains(CursorPosition.integer(8));
    // Rows of an overlap alone.
    assertThat(advanced(RICH, mine(null), CursorPosition.integer(5)).get("mine").published())
        .contains(CursorPosition.integer(6));
    assertThat(advanced(RICH, mine(null), null).get("mine").published())
        .as("no rows")
        .contains(CursorPosition.integer(6));
  }

  @Test
  void theSystemIsThatOfTheLastRunThatKnewIt() {
    assertThat(advanced(STORED, mine("B"), null).get("mine").system()).contains("B");
    assertThat(advanced(RICH, mine("B"), null).get("mine").system()).contains("B");
    assertThat(advanced(RICH, mine(null), null).get("mine").system()).contains("A");
  }

  @Test
  void whatIsNoWatermarkIsShown() {
    String broken = "{\"mine\":{\"cursor\":\"id\",\"kind\":\"INTEGER\",\"position\":\"seven\"}}";
    assertThatThrownBy(() -> parse(broken))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("orders__deltaflow_state")
        .hasMessageContaining("seven");
    assertThatThrownBy(() -> advanced(broken, mine(null), null))
        .isInstanceOf(DestinationException.class)
        .hasMessageContaining("seven");
  }

  private static SourceProgress mine(String system) {
    return new SourceProgress("mine", "mine", WINDOW, system);
  }

  private static Map<String, StoredWatermark> advanced(
      String stored, SourceProgress source, CursorPosition largest) {
    return parse(Watermarks.advance(stored, List.of(source), largest, false));
  }

  private static Map<String, StoredWatermark> parse(String json) {
    return Watermarks.parse(json, new TableName("my-project", "shop", "orders__deltaflow_state"));
  }
}
