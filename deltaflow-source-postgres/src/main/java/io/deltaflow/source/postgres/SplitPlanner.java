package io.deltaflow.source.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.NearNames;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.SplitCount;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.InternalException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a read into ranges of a column that never changes, so that every row is in exactly one
 * whenever it is read. Physical positions would not do: an UPDATE moves a row between two readers'
 * snapshots.
 */
record SplitPlanner(PostgresSource source, ReadRequest request, SourceContext context) {
  private static final long SMALL_DELTA = 200_000;

  List<Split> plan() {
    String doing = "planning the read of " + source.targets().description();
    if (request.window().filter(Window::isEmpty).isPresent()) {
      return List.of();
    }
    try (Lease lease = Pool.take(source.settings(), context)) {
      lease.begin();
      ReadSource read = ReadSource.of(source, request, lease);
      long rows = estimate(lease, read);
      Column column = splitColumn(read.relation());
      int wanted = column == null ? 1 : wanted(rows, read.relation().table());
      List<SplitSpec> specs =
          wanted == 1
              ? List.of(SplitSpec.EVERYTHING)
              : ranges(lease, read.relation(), column, wanted);
      return specs.stream().map(s -> s.toSplit(rows / specs.size())).toList();
    } catch (SQLException e) {
      throw SqlErrors.working(e, source.settings(), doing);
    }
  }

  private long estimate(Lease lease, ReadSource read) throws SQLException {
    String where = read.condition() == null ? "" : " WHERE " + read.condition();
    String plan =
        lease.queryText("EXPLAIN (FORMAT JSON) SELECT 1 FROM " + read.relation().from() + where);
    try {
      return new ObjectMapper().readTree(plan).path(0).path("Plan").path("Plan Rows").asLong();
    } catch (JsonProcessingException e) {
      throw new InternalException("EXPLAIN did not answer in JSON", e);
    }
  }

  private int wanted(long rows, Relation.TableFacts table) {
    if (request.desiredSplits() > 0) {
      return SplitCount.atMost(request.desiredSplits(), rows);
    }
    long bytes = bytes(rows, table);
    boolean delta = request.window().flatMap(Window::lo).isPresent();
    return delta && rows < SMALL_DELTA && bytes <= SplitCount.BYTES
        ? 1
        : SplitCount.of(rows, bytes);
  }

  /** What so many of the table's rows take; all of it where it was never analyzed. */
  private static long bytes(long rows, Relation.TableFacts table) {
    return table == null
        ? 0
        : (long) (table.bytes() * Math.min(1.0, (double) rows / table.estimatedRows()));
  }

  /** Null when there is none to split on. */
  private Column splitColumn(Relation relation) {
    if (source.splitColumn() != null) {
      return givenColumn(relation);
    }
    if (relation.table() == null || relation.table().primaryKey().isEmpty()) {
      return null;
    }
    Column first = relation.column(relation.table().primaryKey().get(0)).orElseThrow();
    return SplitSpec.TYPES.contains(relation.baseType(first).name()) ? first : null;
  }

  private Column givenColumn(Relation relation) {
    String flag = source.settings().flags().of(PostgresOptions.SPLIT_COLUMN);
    Column column =
        relation
            .column(source.splitColumn())
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        flag
                            + ": there is no column '"
                            + source.splitColumn()
                            + "' in "
                            + source.targets().description()
                            + near(relation)));
    PgType type = relation.baseType(column);
    if (!type.isBuiltIn() || !SplitSpec.TYPES.contains(type.name())) {
      throw new ConfigurationException(
          flag
              + ": column '"
              + column.name()
              + "' is of type "
              + type
              + "; ranges can be made of integers, numeric, uuid, text, date and timestamps");
    }
    return column;
  }

  private String near(Relation relation) {
    List<Column> near = NearNames.of(source.splitColumn(), relation.columns(), Column::name);
    return near.isEmpty()
        ? ""
        : "; did you mean " + String.join(" or ", near.stream().map(Column::name).toList()) + "?";
  }

  private List<SplitSpec> ranges(Lease lease, Relation relation, Column column, int wanted)
      throws SQLException {
    List<String> bounds = new Bounds(lease, relation, column, wanted).find();
    String type = relation.baseType(column).name();
    List<SplitSpec> specs = new ArrayList<>(SplitSpec.ranges(column.name(), type, bounds));
    if (relation.isNullable(column)) {
      specs.add(SplitSpec.nulls(column.name()));
    }
    return specs;
  }
}
