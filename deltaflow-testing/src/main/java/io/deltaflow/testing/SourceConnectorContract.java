package io.deltaflow.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.ConfiguredSource;
import io.deltaflow.OptionCatalog;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadForecast;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.RowSink;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;

/**
 * What the engine relies on. Every connector has a test that extends this class and gives it a
 * source with rows; all of its tests must pass.
 */
public abstract class SourceConnectorContract {

  /** The connector under test. */
  protected abstract SourceConnector connector();

  /**
   * Options, by name without prefix, of a source at rest with a few dozen rows or more, several of
   * them with equal cursors, none with a NULL cursor; with a password where there is one.
   */
  protected abstract Map<String, String> options();

  /** The cursor column of that source. */
  protected abstract String cursor();

  /** The rows that the source holds. */
  protected abstract long rowCount();

  /** A text that must appear nowhere; null when the source has no secret. */
  protected abstract String secret();

  /** Options of a source that is large: {@link #largeRowCount} rows. */
  protected abstract Map<String, String> largeOptions();

  /** At least 100,000, of at least 100 bytes each. */
  protected abstract long largeRowCount();

  @Test
  void isFoundOnTheClassPathUnderItsName() {
    assertThat(ServiceLoader.load(SourceConnector.class))
        .anySatisfy(c -> assertThat(c).hasSameClassAs(connector()));
    assertThat(connector().name()).matches("[a-z][a-z0-9_]*");
    assertThat(connector().description()).isNotBlank();
  }

  @Test
  void optionsAreDeclaredOnceWithHelp() {
    OptionCatalog catalog = OptionCatalog.of(List.of(connector()), List.of(), Map.of());
    assertThat(connector().options())
        .extracting(ConnectorOption::name)
        .doesNotHaveDuplicates()
        .isNotEmpty();
    assertThat(catalog.flags()).allSatisfy(f -> assertThat(f.option().help()).endsWith("."));
  }

  @Test
  void anUnknownOptionIsRefusedByName() {
    Map<String, String> options = new HashMap<>(options());
    options.put("no_such_option", "x");
    assertThatThrownBy(() -> ConfiguredSource.of(connector(), options))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no_such_option");
  }

  @Test
  void allMissingOptionsAreNamedAtOnce() {
    List<String> required =
        connector().options().stream()
            .filter(ConnectorOption::isRequired)
            .map(o -> connector().flagPrefix() + "_" + o.name())
            .toList();
    if (required.isEmpty()) {
      return;
    }
    assertThatThrownBy(() -> ConfiguredSource.of(connector(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .contains(required);
  }

  @Test
  void detectionIsStable() {
    ConfiguredSource opened = open();
    DetectedSchema first = detect(opened);
    assertThat(first.schema().getFields()).isNotEmpty();
    first.schema().getFields().forEach(f -> FieldTypes.kind(f.getType()));
    assertThat(detect(opened)).isEqualTo(first);
    assertThat(detect(open())).isEqualTo(first);
    assertThat(first.schema().getFieldNames()).containsAll(first.primaryKey());
  }

  @Test
  void splitsTogetherAreExactlyTheSource() throws IOException {
    assertThat(read(open(), null)).hasSize(Math.toIntExact(rowCount()));
  }

  @Test
  void splitsTogetherAreExactlyTheWindow() throws IOException {
    ConfiguredSource opened = open();
    UpperBound bound = upperBound(opened, null);
    CursorPosition hi = bound.position();
    List<Row> all = read(opened, new Window(cursor(), null, hi, false));
    assertThat(all).hasSize(Math.toIntExact(rowCount()));
    List<CursorPosition> positions =
        all.stream().map(r -> position(hi, r)).sorted().distinct().toList();
    assertThat(positions).as("distinct cursors").hasSizeGreaterThan(2);
    // Boundaries that rows stand on, and one unit beside them.
    CursorPosition middle = positions.get(positions.size() / 2);
    for (CursorPosition cut : List.of(middle, middle.plus(1), middle.plus(-1))) {
      List<Row> below = read(opened, new Window(cursor(), null, cut, false));
      List<Row> above = read(opened, new Window(cursor(), cut, hi, false));
      assertThat(below).allMatch(r -> position(hi, r).compareTo(cut) < 0);
      assertThat(above).allMatch(r -> position(hi, r).compareTo(cut) >= 0);
      List<Row> both = new ArrayList<>(below);
      both.addAll(above);
      assertThat(both).containsExactlyInAnyOrderElementsOf(all);
    }
    assertThat(read(opened, new Window(cursor(), hi, hi, false))).isEmpty();
  }

  @Test
  void theUpperBoundNeverFallsBelowThePreviousOne() {
    ConfiguredSource opened = open();
    CursorPosition first = upperBound(opened, null).position();
    assertThat(upperBound(opened, first).position()).isGreaterThanOrEqualTo(first);
  }

  @Test
  void aSplitCanBeReadAgainAndAtOnce() throws IOException {
    ConfiguredSource opened = open();
    ReadRequest request = ReadRequest.of(detect(opened).schema());
    for (Split split : opened.source().split(request, opened.context())) {
      assertThat(split.spec().length()).as("size of a split").isLessThan(2000);
      List<Row> once = read(opened, request, split);
      try (RowReader half = opened.source().open(split, request, opened.context())) {
        half.advance();
        assertThat(read(opened, request, split)).containsExactlyInAnyOrderElementsOf(once);
      }
    }
  }

  @Test
  void aForecastSaysIntoHowManySplitsAReadIsCut() {
    ConfiguredSource opened = open();
    ReadRequest request = ReadRequest.of(detect(opened).schema());
    ReadForecast forecast = opened.source().forecast(request, opened.context());
    assertThat(forecast.cut()).isNotBlank();
    if (forecast.splits() >= 0) {
      assertThat(opened.source().split(request, opened.context())).hasSize(forecast.splits());
    }
  }

  @Test
  void fieldsComeInTheOrderThatIsAskedFor() throws IOException {
    ConfiguredSource opened = open();
    Schema schema = detect(opened).schema();
    List<Schema.Field> reversed = new ArrayList<>(schema.getFields());
    java.util.Collections.reverse(reversed);
    Schema.Builder fewer = Schema.builder();
    reversed.subList(0, Math.max(1, reversed.size() - 1)).forEach(fewer::addField);
    ReadRequest request = ReadRequest.of(fewer.build());
    long rows = 0;
    for (Split split : opened.source().split(request, opened.context())) {
      for (Row row : read(opened, request, split)) {
        assertThat(row.getSchema().getFieldNames()).isEqualTo(request.schema().getFieldNames());
        rows++;
      }
    }
    assertThat(rows).isEqualTo(rowCount());
  }

  @Test
  void everyFieldCanBeReadAsText() throws IOException {
    ConfiguredSource opened = open();
    Schema schema = detect(opened).schema();
    Schema.Builder texts = Schema.builder();
    schema
        .getFields()
        .forEach(
            f ->
                texts.addField(
                    f.withType(
                        FieldTypes.STRING.withNullable(FieldTypes.isNullable(f.getType())))));
    ReadRequest request = ReadRequest.of(texts.build());
    long rows = 0;
    for (Split split : opened.source().split(request, opened.context())) {
      for (Row row : read(opened, request, split)) {
        assertThat(row.getValues()).allMatch(v -> v == null || v instanceof String);
        rows++;
      }
    }
    assertThat(rows).isEqualTo(rowCount());
  }

  @Test
  void rowsAndDirectValuesAgree() throws IOException {
    ConfiguredSource opened = open();
    ReadRequest request = ReadRequest.of(detect(opened).schema());
    for (Split split : opened.source().split(request, opened.context())) {
      try (RowReader reader = opened.source().open(split, request, opened.context())) {
        if (!(reader instanceof DirectReader direct)) {
          return;
        }
        List<Row> values = new ArrayList<>();
        RowSink sink = new RowSink(request.schema());
        while (direct.advanceInto(sink)) {
          values.add(sink.row());
          sink.start();
        }
        assertThat(values).containsExactlyInAnyOrderElementsOf(read(opened, request, split));
      }
    }
  }

  @Test
  void noSecretIsInWhatTravelsOrShows() throws IOException {
    if (secret() == null) {
      return;
    }
    ConfiguredSource opened = open();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(opened.source());
    }
    assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).doesNotContain(secret());
    assertThat(opened.source().toString()).doesNotContain(secret());
    assertThat(opened.source().description()).doesNotContain(secret());
    assertThat(opened.source().identity()).doesNotContain(secret());
    assertThat(detect(opened).identity().orElse("")).doesNotContain(secret());
    assertThat(opened.context().toString()).doesNotContain(secret());
    ReadRequest request = ReadRequest.of(detect(opened).schema());
    assertThat(opened.source().split(request, opened.context()))
        .noneMatch(s -> s.toString().contains(secret()));
  }

  @Test
  void aLargeSourceIsReadInBoundedMemory() throws IOException {
    ConfiguredSource opened = ConfiguredSource.of(connector(), largeOptions());
    ReadRequest request = ReadRequest.of(detect(opened).schema());
    List<Split> splits = opened.source().split(request, opened.context());
    long before = usedHeap();
    long most = 0;
    long rows = 0;
    for (Split split : splits) {
      try (RowReader reader = opened.source().open(split, request, opened.context())) {
        while (reader.advance()) {
          rows++;
          if (rows % (largeRowCount() / 4) == 0) {
            most = Math.max(most, usedHeap() - before);
          }
        }
      }
    }
    assertThat(rows).isEqualTo(largeRowCount());
    assertThat(most).as("heap held while reading").isLessThan(8L << 20);
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private ConfiguredSource open() {
    return ConfiguredSource.of(connector(), options());
  }

  private static DetectedSchema detect(ConfiguredSource opened) {
    return opened.source().schemaDetector(opened.context()).detect();
  }

  private UpperBound upperBound(ConfiguredSource opened, CursorPosition previous) {
    return opened
        .source()
        .upperBound(
            new UpperBoundRequest(cursor(), previous, Duration.ZERO, Duration.ofHours(1)),
            opened.context());
  }

  private CursorPosition position(CursorPosition like, Row row) {
    Object value = row.getValue(cursor());
    return switch (like.kind()) {
      case TIMESTAMP -> CursorPosition.timestamp((java.time.Instant) value);
      case DATETIME -> CursorPosition.dateTime((java.time.LocalDateTime) value);
      case DATE -> CursorPosition.date((java.time.LocalDate) value);
      case INTEGER -> CursorPosition.integer((Long) value);
    };
  }

  private static List<Row> read(ConfiguredSource opened, Window window) throws IOException {
    ReadRequest request = ReadRequest.of(detect(opened).schema());
    if (window != null) {
      request = request.withWindow(window);
    }
    List<Row> rows = new ArrayList<>();
    for (Split split : opened.source().split(request, opened.context())) {
      rows.addAll(read(opened, request, split));
    }
    return rows;
  }

  private static List<Row> read(ConfiguredSource opened, ReadRequest request, Split split)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    try (RowReader reader = opened.source().open(split, request, opened.context())) {
      while (reader.advance()) {
        rows.add(reader.row());
      }
    }
    return rows;
  }
}
