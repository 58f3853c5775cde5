package io.deltaflow.spi;

import java.io.IOException;
import java.io.Serializable;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One configured table, collection or query. Serializable: it travels to the workers with secret
 * references, never secrets. Has no state of its own beyond configuration.
 */
public interface Source extends Serializable {
  /** For messages and the report: {@code postgresql public.orders}; no host, no credentials. */
  String description();

  /**
   * What makes two runs the same sync, together with the destination: the table, or a hash of the
   * query. Stable over releases; never host or credentials. Contacts nothing; {@link
   * DetectedSchema#identity} takes its place where only the server knows.
   */
  String identity();

  /** Launcher, and a worker before the commit. */
  SchemaDetector schemaDetector(SourceContext context);

  /**
   * The safe end of this run's window. Launcher, once, before anything is read, in the source's own
   * clock.
   *
   * @throws io.deltaflow.spi.error.ConfigurationException when the column is missing or of a type
   *     that cannot be one
   */
  UpperBound upperBound(UpperBoundRequest request, SourceContext context);

  /**
   * Splits that together are exactly the request's rows; small, and as many as any runner can use.
   * Launcher, once, after {@link #upperBound}.
   */
  List<Split> split(ReadRequest request, SourceContext context);

  /**
   * Reads one split. Worker; a split may be opened again after a failure, also twice at once, and
   * each reader returns every row of the split that its own snapshot holds, once.
   */
  RowReader open(Split split, ReadRequest request, SourceContext context) throws IOException;

  /**
   * A range that holds every value, NULL aside, that a field of time or date has in the request's
   * rows; it may be wider than they are. Launcher, before {@link #split}, for a destination that
   * has room for so many partitions only. Empty when there are no values, or they are not known.
   */
  default Optional<FieldRange> range(String field, ReadRequest request, SourceContext context) {
    return Optional.empty();
  }

  /**
   * In how many different hours, days, months or years, of UTC, the values of a field lie in the
   * request's rows. Launcher, only when the {@link #range} is too wide, so that it may take as long
   * as reading the field. Empty when it is not known.
   */
  default OptionalLong countDistinct(
      String field, ChronoUnit unit, ReadRequest request, SourceContext context) {
    return OptionalLong.empty();
  }

  /**
   * A query that gives the request's rows, its fields in order, which a destination may run itself,
   * so that no row passes through a worker. Launcher, once, in place of {@link #split}; the query
   * may be repeated and then gives the same rows.
   */
  default Optional<ServerSideRead> serverSide(ReadRequest request, SourceContext context) {
    return Optional.empty();
  }

  /**
   * How {@link #split} would cut a read, for a plan that nothing follows. Launcher; a source whose
   * {@code split} leaves anything behind, or costs money, must not call it here.
   */
  default ReadForecast forecast(ReadRequest request, SourceContext context) {
    List<Split> splits = split(request, context);
    return ReadForecast.of(splits, splits.size() == 1 ? "not cut" : "by the connector");
  }

  /** Connections that one worker holds at most, over all its splits; empty when not known. */
  default OptionalInt connectionsPerWorker() {
    return OptionalInt.empty();
  }

  /** What the account of a run needs to read, for plans. Launcher; contacts nothing. */
  default List<RequiredAccess> requiredAccess(SourceContext context) {
    return List.of();
  }
}
