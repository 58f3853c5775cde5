package io.deltaflow.internal;

import io.deltaflow.destination.Destination;
import io.deltaflow.destination.PartitionLimit;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;

/** Refuses rows of more partitions than the target can have, before they are read. */
final class PartitionCheck {
  private static final long MICROS_PER_HOUR = 3_600_000_000L;

  private final PlannedSource planned;
  private final SourceRead read;
  private final SourceContext context;

  PartitionCheck(PlannedSource planned, SourceContext context) {
    this.planned = planned;
    this.read = planned.read();
    this.context = context;
  }

  void check(PartitionLimit limit, Destination destination) {
    // Values that the source does not know are counted where they are written.
    planned.detected().fieldBehind(limit.field()).ifPresent(own -> check(limit, own, destination));
  }

  private void check(PartitionLimit limit, String own, Destination destination) {
    if (read.request().window().filter(Window::isEmpty).isPresent()) {
      return;
    }
    Optional<FieldRange> range = range(own);
    if (range.isEmpty() || span(range.get(), limit.unit()) <= limit.most()) {
      return;
    }
    OptionalLong count = read.source().countDistinct(own, limit.unit(), read.request(), context);
    if (count.isPresent() && count.getAsLong() > limit.most()) {
      throw new ConfigurationException(
          destination.description()
              + " is partitioned by '"
              + limit.field()
              + "', and the rows to read lie in "
              + count.getAsLong()
              + " different "
              + limit.unit().toString().toLowerCase(java.util.Locale.ROOT)
              + " between "
              + range.get().smallest()
              + " and "
              + range.get().largest()
              + "; a table has at most "
              + limit.most()
              + " partitions. Choose another --partition_field for a new table, or read fewer"
              + " rows");
    }
  }

  /** That of the cursor is the window's own. */
  private Optional<FieldRange> range(String field) {
    return read.request()
        .window()
        .filter(w -> w.cursor().equals(field) && w.lo().isPresent())
        .map(w -> new FieldRange(w.lo().get(), w.hi().plus(-1)))
        .or(() -> read.source().range(field, read.request(), context));
  }

  /** How many units the range touches. */
  static long span(FieldRange range, ChronoUnit unit) {
    return number(range.largest(), unit) - number(range.smallest(), unit) + 1;
  }

  private static long number(CursorPosition position, ChronoUnit unit) {
    long hours =
        switch (position.kind()) {
          case DATE -> Math.multiplyExact(position.value(), 24);
          case TIMESTAMP, DATETIME -> Math.floorDiv(position.value(), MICROS_PER_HOUR);
          case INTEGER -> throw new IllegalArgumentException("a number is no time");
        };
    LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(hours, 24));
    return switch (unit) {
      case HOURS -> hours;
      case DAYS -> day.toEpochDay();
      case MONTHS -> day.getYear() * 12L + day.getMonthValue();
      case YEARS -> day.getYear();
      default -> throw new IllegalArgumentException("no table is partitioned by " + unit);
    };
  }
}
