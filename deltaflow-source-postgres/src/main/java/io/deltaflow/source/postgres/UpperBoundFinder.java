package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the safe end of a window: no transaction that is open now or opens later can write a row
 * below it.
 */
final class UpperBoundFinder {
  private final PostgresSource source;
  private final UpperBoundRequest request;
  private final String cursor;
  private final CursorPosition previous;
  private final SourceContext context;
  private final List<String> warnings = new ArrayList<>();

  UpperBoundFinder(PostgresSource source, UpperBoundRequest request, SourceContext context) {
    this.source = source;
    this.request = request;
    this.cursor = request.cursor();
    this.previous = request.last();
    this.context = context;
  }

  UpperBound find() {
    String doing = "finding the end of the window on " + cursor;
    try (Lease lease = Pool.take(source.settings(), context)) {
      CursorColumn column = CursorColumn.find(lease, source, cursor, Relations::describe);
      checkKind(column);
      CursorIndex.check(lease, column, warnings);
      Horizon horizon =
          column.type() == CursorType.INTEGER
              ? integers(lease, column)
              : instants(lease).as(column.type(), source.timeZone(), previous);
      return counted(lease, column, horizon, systemIdentifier(lease));
    } catch (SQLException e) {
      throw SqlErrors.working(e, source.settings(), doing);
    }
  }

  private void checkKind(CursorColumn column) {
    if (previous == null || previous.kind() == column.type().kind()) {
      return;
    }
    throw new ConfigurationException(
        "the cursor column '"
            + cursor
            + "' of "
            + source.targets().description()
            + " now counts in "
            + column.type().kind()
            + ", but the last published end of the window, "
            + previous
            + ", is of kind "
            + previous.kind()
            + ": the column's type was changed, or another column has taken its name. Run"
            + " ./deltaflow reset with the same flags and then once with WRITE_MERGE, which reads"
            + " everything; or use --delete_existing_table=true to load the table anew");
  }

  private static boolean isStandby(Lease lease) throws SQLException {
    return "t".equals(lease.queryText("SELECT pg_catalog.pg_is_in_recovery()"));
  }

  private Horizon integers(Lease lease, CursorColumn column) throws SQLException {
    if (isStandby(lease)) {
      throw SourceException.permanent(
          "the server is a standby, where transactions that are open on its primary cannot be seen:"
              + " one of them may still commit a smaller "
              + cursor
              + ", and whole numbers leave no lag to wait; read from the primary, or use a cursor"
              + " of times",
          null);
    }
    return new IntegerHorizon(source, column, previous, patience(), warnings).find(lease);
  }

  private Patience patience() {
    return new Patience(source.horizon().transactionWait(), context);
  }

  private InstantHorizon instants(Lease lease) throws SQLException {
    OpenTransactions open = OpenTransactions.look(lease, source.horizon().ignoredApplications());
    boolean blind = isBlind(lease, open);
    // Of those that were waited for, one may have been prepared instead of ended.
    List<OpenTransactions.Prepared> prepared =
        open.hidden().isEmpty() ? open.prepared() : OpenTransactions.prepared(lease);
    if (!prepared.isEmpty() && previous == null) {
      if (!patience().await(new Ended(lease, Set.of()))) {
        throw heldByPrepared(prepared.get(0));
      }
      prepared = List.of();
    }
    Optional<Long> replayed = replayed(lease);
    return InstantHorizon.of(source, request, open.withPrepared(prepared), blind, replayed);
  }

  static SourceException heldByPrepared(OpenTransactions.Prepared prepared) {
    return SourceException.permanent(
        prepared.text()
            + ", is open: its rows may be stamped at any earlier time, so nothing can be read"
            + " safely. COMMIT PREPARED or ROLLBACK PREPARED it, then run again",
        null);
  }

  /** Whether a transaction is open of which this role may not know since when. */
  private boolean isBlind(Lease lease, OpenTransactions open) throws SQLException {
    if (open.hiddenSessions()) {
      warnings.add(
          "role '"
              + source.settings().username()
              + "' cannot see since when transactions of other roles are open; GRANT"
              + " pg_read_all_stats TO "
              + Sql.identifier(source.settings().username())
              + " lets the window end exactly");
    }
    return !open.hidden().isEmpty()
        && !patience().await(() -> OpenTransactions.stillOpen(lease, open.hidden()).isEmpty());
  }

  /** On a standby: the commit time of what it replayed last; absent on a primary. */
  private Optional<Long> replayed(Lease lease) throws SQLException {
    if (!isStandby(lease)) {
      return Optional.empty();
    }
    String micros =
        lease.queryText(
            "SELECT round(extract(epoch FROM pg_catalog.pg_last_xact_replay_timestamp()) *"
                + " 1000000)::int8");
    warnings.add(
        "the server is a standby: transactions that are open on its primary cannot be seen, so the"
            + " window ends a lag before what was replayed last; read from the primary for an exact"
            + " end");
    if (micros != null) {
      return Optional.of(Long.valueOf(micros));
    }
    if (previous == null) {
      throw SourceException.permanent(
          "the server is a standby that has replayed no transaction since it started, so how far it"
              + " is behind cannot be known; read from the primary, or run again after the next"
              + " commit there",
          null);
    }
    return Optional.of(Long.MIN_VALUE);
  }

  /**
   * What initdb gave the cluster, and its standbys and physical copies have; null when it cannot be
   * asked. Not within a transaction, which a refusal would end.
   */
  private static String systemIdentifier(Lease lease) throws SQLException {
    try {
      return lease.queryText("SELECT system_identifier FROM pg_catalog.pg_control_system()");
    } catch (SQLException e) {
      if (SqlErrors.isUnavailable(e)) {
        return null;
      }
      throw e;
    }
  }

  /**
   * One scan for all that is asked; of an index, where the cursor has one. It reaches down to the
   * largest published cursor, no further than the run itself will read.
   */
  private UpperBound counted(Lease lease, CursorColumn column, Horizon horizon, String system)
      throws SQLException {
    warnings.addAll(horizon.warnings());
    if (column.column() == null) {
      return new UpperBound(horizon.position(), horizon.reason(), -1, 0, warnings, system);
    }
    lease.begin();
    Relation relation = column.relation();
    CursorPosition edge = inColumnsTerms(horizon.position(), column);
    // Of whole numbers the horizon knows the largest already.
    CursorPosition largest =
        column.type() == CursorType.INTEGER
            ? edge
            : request.published().map(p -> inColumnsTerms(p, column)).orElse(edge);
    String expression = relation.expression(cursor);
    String isNull = expression + " IS NULL";
    String counts =
        String.format(
            "SELECT count(*) FILTER (WHERE %1$s), count(*) FILTER (WHERE %2$s),"
                + " count(*) FILTER (WHERE %3$s) FROM %4$s WHERE %5$s%6$s",
            from(expression, edge),
            isNull,
            from(expression, largest),
            relation.from(),
            from(expression, edge.compareTo(largest) < 0 ? edge : largest),
            relation.isNullable(column.column()) ? " OR " + isNull : "");
    try (Statement statement = lease.connection().createStatement()) {
      statement.setEscapeProcessing(false);
      try (ResultSet r = statement.executeQuery(counts)) {
        r.next();
        if (r.getLong(3) == 0 && !largest.equals(edge)) {
          warnings.add(
              "no row has the largest "
                  + cursor
                  + " that was ever published, "
                  + request.published().orElseThrow()
                  + ", or a larger one: rows were deleted, or the source was restored to an earlier"
                  + " state");
        }
        return new UpperBound(
            horizon.position(), horizon.reason(), r.getLong(1), r.getLong(2), warnings, system);
      }
    }
  }

  private static String from(String expression, CursorPosition position) {
    return expression + " >= " + CursorLiteral.typed(position);
  }

  private CursorPosition inColumnsTerms(CursorPosition position, CursorColumn column) {
    return column.type() == CursorType.TIMESTAMP
        ? ZonedCursor.local(position, ZoneId.of(source.timeZone()))
        : position;
  }

  /** Where the window may end. */
  record Horizon(CursorPosition position, String reason, List<String> warnings) {}

  static String age(long micros) {
    return Duration.ofSeconds(micros / 1_000_000)
        .toString()
        .substring(2)
        .toLowerCase(java.util.Locale.ROOT);
  }
}
