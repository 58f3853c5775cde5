package io.deltaflow.source.postgres;

import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Arrays;
import org.apache.beam.sdk.schemas.Schema;

/**
 * The relation that a request reads, and the condition that cuts its window.
 *
 * @param condition null for none
 */
record ReadSource(PostgresSource source, Relation relation, String condition) {

  static ReadSource of(PostgresSource source, ReadRequest request, Lease lease)
      throws SQLException {
    Targets targets = source.targets();
    if (request.window().isEmpty()) {
      return new ReadSource(source, WholeRelation.whole(lease, targets, Relations::recall), null);
    }
    Window window = inColumnsTerms(request.window().get(), source, lease);
    if (targets.windowed() == null) {
      return cut(source, Relations.recall(lease, targets.whole()), window);
    }
    WindowedQuery query = targets.windowed();
    Relation around = WholeRelation.first(lease, query.around(window), Relations::recall);
    if (around.column(window.cursor()).isPresent()) {
      return cut(source, around, window);
    }
    if (window.includeNull() || !query.isOpenClosedPair(window.cursor())) {
      throw CursorColumn.notInOutput(query, window.cursor(), around);
    }
    Relation exactly = WholeRelation.first(lease, query.exactly(window), Relations::recall);
    return new ReadSource(source, exactly, null);
  }

  private static Window inColumnsTerms(Window window, PostgresSource source, Lease lease)
      throws SQLException {
    if (source.timeZone() == null || window.hi().kind() != CursorKind.TIMESTAMP) {
      return window;
    }
    CursorColumn cursor = CursorColumn.find(lease, source, window.cursor(), Relations::recall);
    return cursor.type() == CursorType.TIMESTAMP
        ? ZonedCursor.local(window, ZoneId.of(source.timeZone()))
        : window;
  }

  private static ReadSource cut(PostgresSource source, Relation relation, Window window) {
    if (relation.column(window.cursor()).isEmpty()) {
      throw new ConfigurationException(
          "the cursor column '"
              + window.cursor()
              + "' is not in "
              + source.targets().description());
    }
    return new ReadSource(
        source, relation, CursorLiteral.inside(window, relation.expression(window.cursor())));
  }

  Select select(Schema schema, SplitSpec split) {
    String part =
        split.column() == null ? null : split.condition(relation.expression(split.column()));
    return Select.of(
        relation,
        schema,
        source.timeZone(),
        Arrays.asList(part, condition),
        source.targets().description());
  }
}
