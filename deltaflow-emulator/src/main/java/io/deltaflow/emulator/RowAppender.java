package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.sql.SQLException;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Appends checked rows to a relation, in the session's transaction, and adds up their logical size.
 *
 * <p>Values are the cheap forms that loads produce: INT64 Long, FLOAT64 Double, BOOL Boolean,
 * NUMERIC BigDecimal of scale 9, BIGNUMERIC BigDecimal, STRING, JSON and GEOGRAPHY the bytes of
 * their UTF-8, BYTES byte[], DATE Long of days, TIME, DATETIME and TIMESTAMP Long of microseconds,
 * STRUCT Object[], REPEATED List; NULL null.
 */
final class RowAppender implements AutoCloseable {
  private final DuckDBAppender appender;
  private final ColumnAppender[] columns;
  private final boolean byIngestionTime;
  private long bytes;
  private long rows;

  RowAppender(DuckDBConnection session, String relation, Table table, TableSchema schema)
      throws SQLException {
    this.appender = session.createAppender(relation.substring(1, relation.length() - 1));
    this.byIngestionTime = Warehouse.byIngestionTime(table);
    this.columns =
        schema.getFields().stream().map(ColumnAppender::of).toArray(ColumnAppender[]::new);
  }

  /** Appends values in the order of the schema. */
  void append(Object[] row) throws SQLException {
    appender.beginRow();
    if (byIngestionTime) {
      appender.appendDefault();
    }
    for (int i = 0; i < columns.length; i++) {
      bytes += columns[i].append(appender, row[i]);
    }
    appender.endRow();
    rows++;
  }

  void flush() throws SQLException {
    appender.flush();
  }

  long bytes() {
    return bytes;
  }

  long rows() {
    return rows;
  }

  @Override
  public void close() throws SQLException {
    appender.close();
  }

  /** The name of a column in messages. */
  static LoadError nullIn(TableFieldSchema field) {
    return new LoadError(
        "Only optional fields can be set to NULL. Field: " + field.getName() + "; Value: NULL");
  }
}
