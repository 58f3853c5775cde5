package io.deltaflow.source.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends the window where no write that is under way can still put a row.
 *
 * <p>BigQuery shows the rows of a statement or transaction when it ends, but their stamps are from
 * its beginning, and it tells no one since when others write. So the window of a time ends the
 * longest time that a write takes before BigQuery's clock, and that of a number above the largest
 * that was there so long ago: smaller ones that were given out by then have ended since.
 */
final class UpperBoundFinder {
  private final BigQuerySource source;
  private final UpperBoundRequest request;
  private final Warehouse warehouse;
  private final Described described;
  private final List<String> warnings = new ArrayList<>();

  UpperBoundFinder(BigQuerySource source, UpperBoundRequest request, SourceContext context) {
    this.source = source;
    this.request = request;
    this.warehouse = new Warehouse(source, context);
    this.described = Described.find(source, warehouse);
  }

  private record Horizon(CursorPosition position, String reason) {}

  UpperBound find() {
    TableFieldSchema column =
        described
            .column(request.cursor())
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "the cursor column '"
                            + request.cursor()
                            + "' is not among the columns of "
                            + source.target().description()));
    CursorKind kind = kind(column);
    checkKind(kind);
    Instant clock = Clock.now(warehouse, described.location());
    Horizon horizon = kind == CursorKind.INTEGER ? numbers(column, clock) : times(kind, clock);
    if (request.last() != null && request.last().compareTo(horizon.position()) > 0) {
      horizon = new Horizon(request.last(), "the last published end");
    }
    return counted(column, horizon, clock);
  }

  private CursorKind kind(TableFieldSchema column) {
    if (!"REPEATED".equals(column.getMode())) {
      switch (column.getType()) {
        case "TIMESTAMP":
          return CursorKind.TIMESTAMP;
        case "DATETIME":
          return CursorKind.DATETIME;
        case "DATE":
          return CursorKind.DATE;
        case "INTEGER":
        case "INT64":
          return CursorKind.INTEGER;
        default:
      }
    }
    throw new ConfigurationException(
        "the cursor column '"
            + request.cursor()
            + "' of "
            + source.target().description()
            + " is "
            + ("REPEATED".equals(column.getMode()) ? "a REPEATED " : "of the type ")
            + column.getType()
            + "; a cursor is a TIMESTAMP, DATETIME, DATE or INT64");
  }

  private void checkKind(CursorKind kind) {
    if (request.last() != null && request.last().kind() != kind) {
      throw new ConfigurationException(
          "the cursor column '"
              + request.cursor()
              + "' of "
              + source.target().description()
              + " now counts in "
              + kind
              + ", but the last published end of the window, "
              + request.last()
              + ", is of kind "
              + request.last().kind()
              + ": the column's type was changed, or another column has taken its name. Run"
              + " ./deltaflow reset with the same flags and then once with WRITE_MERGE, which reads"
              + " everything; or use --delete_existing_table=true to load the table anew");
    }
  }

  private Duration hold() {
    return source.settings().longestWrite().plus(request.lag());
  }

  private Horizon times(CursorKind kind, Instant clock) {
    CursorPosition now = position(kind, clock);
    if (request.last() != null && request.last().compareTo(now) > 0) {
      throw SourceException.permanent(
          "the last published end of the window, "
              + request.last()
              + ", is above BigQuery's clock, "
              + now
              + ": the watermark is not this source's",
          null);
    }
    return new Horizon(
        position(kind, clock.minus(hold())),
        "BigQuery's clock - "
            + hold().toSeconds()
            + " s ("
            + source.target().flags().of(BigQuerySourceOptions.LONGEST_WRITE)
            + (request.lag().isZero() ? "" : " and --smart_sync_lag")
            + ")");
  }

  /** The smallest position that a row can have that is stamped at an instant or later. */
  private CursorPosition position(CursorKind kind, Instant instant) {
    if (kind == CursorKind.TIMESTAMP) {
      return CursorPosition.timestamp(instant);
    }
    ZoneId zone = ZoneId.of(source.settings().cursorTimeZone());
    LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
    ZoneOffsetTransition next = zone.getRules().nextTransition(instant);
    if (next != null && next.getDateTimeAfter().isBefore(local)) {
      local = next.getDateTimeAfter(); // An hour that comes twice begins again.
    }
    return kind == CursorKind.DATETIME
        ? CursorPosition.dateTime(local)
        : CursorPosition.date(local.toLocalDate());
  }

  private Horizon numbers(TableFieldSchema column, Instant clock) {
    Instant then = clock.minus(hold());
    if (!described.isStored() && !hold().isZero()) {
      throw new ConfigurationException(
          "the cursor '"
              + request.cursor()
              + "' of "
              + source.target().description()
              + " is a whole number, and a query or a view has no past in which the largest settled"
              + " one could be seen: use a cursor of times, read a table, or set "
              + source.target().flags().of(BigQuerySourceOptions.LONGEST_WRITE)
              + "=0 where all rows of one write have larger numbers than all that were committed"
              + " before");
    }
    String max = isYoungerThan(then) ? null : largest(column, then);
    if (max != null && Long.parseLong(max) == Long.MAX_VALUE) {
      throw SourceException.permanent(
          "column '" + column.getName() + "' holds the largest INT64; no window can end above it",
          null);
    }
    // Below any number that counts up, and far enough from the smallest to count down from.
    long end = max == null ? -(1L << 62) : Math.addExact(Long.parseLong(max), 1);
    return new Horizon(
        CursorPosition.integer(end),
        "max(" + column.getName() + ") + 1 of " + hold().toSeconds() + " s ago");
  }

  private boolean isYoungerThan(Instant then) {
    boolean young =
        described.isStored() && then.toEpochMilli() <= described.table().getCreationTime();
    if (young) {
      warnings.add(
          source.target().description()
              + " was created within the last "
              + hold().toSeconds()
              + " s: its rows wait until it is older");
    }
    return young;
  }

  private String largest(TableFieldSchema column, Instant then) {
    String sql =
        "SELECT MAX("
            + Sql.identifier(column.getName())
            + ") FROM "
            + described.from(then.toString());
    return warehouse.rows(sql, described.location()).get(0).get(0);
  }

  /** One query for all that is asked; it reads the cursor column only, and no more than it must. */
  private UpperBound counted(TableFieldSchema column, Horizon horizon, Instant clock) {
    String name = Sql.identifier(column.getName());
    CursorPosition edge = horizon.position();
    CursorPosition largest = request.published().orElse(edge);
    CursorPosition lowest = edge.compareTo(largest) < 0 ? edge : largest;
    String isNull = name + " IS NULL";
    boolean nullable = !"REQUIRED".equals(column.getMode());
    List<String> counts =
        warehouse
            .rows(
                "SELECT COUNTIF("
                    + from(name, edge)
                    + "), COUNTIF("
                    + isNull
                    + "), COUNTIF("
                    + from(name, largest)
                    + ") FROM "
                    + described.from(clock.toString())
                    + " WHERE "
                    + from(name, lowest)
                    + (nullable ? " OR " + isNull : ""),
                described.location())
            .get(0);
    if (counts.get(2).equals("0") && !largest.equals(edge)) {
      warnings.add(
          "no row has the largest "
              + request.cursor()
              + " that was ever published, "
              + largest
              + ", or a larger one: rows were deleted, or the table was restored to an earlier"
              + " state");
    }
    return new UpperBound(
        edge,
        horizon.reason(),
        Long.parseLong(counts.get(0)),
        Long.parseLong(counts.get(1)),
        warnings);
  }

  private static String from(String column, CursorPosition position) {
    return column + " >= " + Sql.literal(position);
  }
}
