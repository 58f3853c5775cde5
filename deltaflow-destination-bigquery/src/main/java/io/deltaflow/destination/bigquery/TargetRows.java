package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableDataList;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableRow;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.TargetPlan;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.RowSink;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.DestinationException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.values.Row;

/** All rows of a table, page by page. */
final class TargetRows implements DirectReader {
  private final BigQueryApi api;
  private final TableName table;
  private final String selected;
  private final CellReader cells;
  private Iterator<TableRow> page = List.<TableRow>of().iterator();
  private String token;
  private boolean isLastPage;
  private List<Object> current;

  TargetRows(BigQueryApi api, TableName table, TargetPlan plan) {
    this.api = api;
    this.table = table;
    Table resource = api.table(table).orElseThrow(() -> absent(table));
    Set<String> names =
        plan.columns().stream()
            .map(c -> c.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    // Selected columns arrive in the table's order, not in that of the request.
    List<TableFieldSchema> fields =
        resource.getSchema().getFields().stream()
            .filter(f -> names.contains(f.getName().toLowerCase(Locale.ROOT)))
            .toList();
    this.selected = plan.columns().stream().map(Column::name).collect(Collectors.joining(","));
    this.cells = new CellReader(plan.columns(), fields);
  }

  @Override
  public boolean advance() {
    while (!page.hasNext()) {
      if (isLastPage) {
        return false;
      }
      TableDataList next = api.rows(table, token, selected).orElseThrow(() -> absent(table));
      page = (next.getRows() == null ? List.<TableRow>of() : next.getRows()).iterator();
      token = next.getPageToken();
      isLastPage = token == null;
    }
    current = Cells.row(page.next());
    return true;
  }

  @Override
  public Row row() {
    RowSink sink = new RowSink(cells.schema());
    cells.append(current, sink);
    return sink.row();
  }

  @Override
  public boolean advanceInto(ValueSink sink) {
    if (!advance()) {
      return false;
    }
    cells.append(current, sink);
    return true;
  }

  @Override
  public void close() {}

  private static DestinationException absent(TableName table) {
    return new DestinationException("the table " + table + " does not exist");
  }
}
