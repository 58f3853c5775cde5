package io.deltaflow.source.postgres;

import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SourceContext;
import java.sql.SQLException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the read of a split. */
record ReaderOpener(PostgresSource source, ReadRequest request, SourceContext context) {
  private static final Logger LOG = LoggerFactory.getLogger(ReaderOpener.class);

  /** What servers that lack COPY, or lack it for queries or in binary form, answer. */
  private static final Set<String> REFUSES_COPY = Set.of("0A000", "42601");

  RowReader open(SplitSpec split) {
    String doing = "reading " + source.targets().description();
    Lease lease = Pool.take(source.settings(), context);
    boolean opened = false;
    try {
      lease.begin();
      ReadSource read = ReadSource.of(source, request, lease);
      Select select = read.select(request.schema(), split);
      Tuples tuples = tuples(lease, select, doing);
      TupleReader reader =
          new TupleReader(lease, tuples, select.codecs(), request.schema(), context, doing);
      opened = true;
      return reader;
    } catch (SQLException e) {
      throw SqlErrors.working(e, source.settings(), doing);
    } finally {
      if (!opened) {
        lease.discard();
        lease.close();
      }
    }
  }

  private Tuples tuples(Lease lease, Select select, String doing) throws SQLException {
    if (source.method() != ReadMethod.CURSOR) {
      try {
        return new CopyTuples(lease, context, select.rows(), select.codecs().size());
      } catch (SQLException e) {
        if (source.method() == ReadMethod.COPY || !REFUSES_COPY.contains(e.getSQLState())) {
          throw e;
        }
        LOG.warn("{}: COPY is refused ({}), a cursor is used", doing, SqlErrors.message(e));
        lease.connection().rollback();
        lease.begin();
      }
    }
    return new CursorTuples(lease, select.records(), select.codecs().size(), request.batchSize());
  }
}
