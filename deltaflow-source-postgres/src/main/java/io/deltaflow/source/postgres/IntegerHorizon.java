package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.SourceException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a window over whole numbers from a sequence: above the largest visible one, once every
 * transaction that was open when it was seen has ended, since it may hold a smaller one that it has
 * not committed yet.
 *
 * @param previous null before the first run
 * @param warnings what is found is added here
 */
record IntegerHorizon(
    PostgresSource source,
    CursorColumn column,
    CursorPosition previous,
    Patience patience,
    List<String> warnings) {
  UpperBoundFinder.Horizon find(Lease lease) throws SQLException {
    if (column.column() == null) {
      return unseen(lease);
    }
    warnings.addAll(CachedSequences.warnings(lease, column));
    String max =
        lease.queryText(
            "SELECT pg_catalog.max("
                + column.relation().expression(column.name())
                + ")::int8 FROM "
                + column.relation().from());
    if (max != null && Long.parseLong(max) == Long.MAX_VALUE) {
      throw SourceException.permanent(
          "column '" + column.name() + "' holds the largest bigint; no window can end above it",
          null);
    }
    CursorPosition end =
        CursorPosition.integer(max == null ? belowAll() : Math.addExact(Long.parseLong(max), 1));
    return settled(lease, end);
  }

  /**
   * Below any number from a sequence, and far enough from the type's smallest to count down from.
   */
  private long belowAll() {
    String type = column.relation().baseType(column.column()).name();
    int bits = type.equals("int2") ? 16 : type.equals("int4") ? 32 : 64;
    return -(1L << (bits - 2));
  }

  /** A query that does not return its cursor: any number may be there. */
  private UpperBoundFinder.Horizon unseen(Lease lease) {
    throw SourceException.permanent(
        "the integer cursor '"
            + column.name()
            + "' is not among the columns of "
            + source.targets().description()
            + ", so its largest value cannot be read from "
            + lease.settings().server()
            + "; add it to the SELECT list",
        null);
  }

  private UpperBoundFinder.Horizon settled(Lease lease, CursorPosition end) throws SQLException {
    OpenTransactions open = OpenTransactions.look(lease, source.horizon().ignoredApplications());
    if (!patience.await(new Ended(lease, open.all()))) {
      return held(lease, open);
    }
    if (previous != null && previous.compareTo(end) > 0) {
      warnings.add(
          "the largest "
              + column.name()
              + ", "
              + end.plus(-1)
              + ", is below the last published end "
              + previous
              + ": rows were deleted, or the source was restored to an earlier state");
      return new UpperBoundFinder.Horizon(previous, "the last published end", List.of());
    }
    return new UpperBoundFinder.Horizon(end, "max(" + column.name() + ") + 1", List.of());
  }

  private UpperBoundFinder.Horizon held(Lease lease, OpenTransactions open) throws SQLException {
    List<String> who = new ArrayList<>();
    OpenTransactions now = OpenTransactions.look(lease, source.horizon().ignoredApplications());
    now.prepared().forEach(p -> who.add(p.text()));
    now.visible().stream().filter(open.visible()::contains).forEach(s -> who.add(s.text()));
    String message =
        "open transactions may still commit smaller values of "
            + column.name()
            + " and did not end within "
            + source.settings().flags().of(PostgresOptions.OPEN_TRANSACTION_WAIT)
            + " ("
            + source.horizon().transactionWait().toSeconds()
            + " s): "
            + (who.isEmpty()
                ? "of roles that cannot be seen, or ended just now"
                : String.join("; ", who));
    if (previous == null) {
      throw SourceException.passing(message, null);
    }
    return new UpperBoundFinder.Horizon(
        previous, "open transactions", List.of(message + "; nothing new is read"));
  }
}
