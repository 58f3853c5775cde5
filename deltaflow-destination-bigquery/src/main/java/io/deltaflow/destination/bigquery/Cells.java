package io.deltaflow.destination.bigquery;

import com.google.api.client.util.Data;
import com.google.api.services.bigquery.model.TableCell;
import com.google.api.services.bigquery.model.TableRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Cells as the API sends them, in plain Java: null, a text, or a list: of the elements of a
 * REPEATED column, or of the fields of a STRUCT.
 */
final class Cells {
  private Cells() {}

  static void addTo(List<List<Object>> rows, List<TableRow> page) {
    if (page != null) {
      page.forEach(r -> rows.add(row(r)));
    }
  }

  static List<Object> row(TableRow row) {
    List<Object> cells = new ArrayList<>(row.getF().size());
    for (TableCell cell : row.getF()) {
      cells.add(value(cell.getV()));
    }
    return cells;
  }

  private static Object value(Object v) {
    if (v == null || Data.isNull(v)) {
      return null;
    }
    if (v instanceof List<?> list) {
      List<Object> values = new ArrayList<>(list.size());
      for (Object item : list) {
        values.add(value(item instanceof Map<?, ?> m && m.containsKey("v") ? m.get("v") : item));
      }
      return values;
    }
    return v instanceof Map<?, ?> map ? value(map.get("f")) : v;
  }

  static String text(Object cell) {
    return cell == null ? null : cell.toString();
  }

  static long number(Object cell) {
    return Long.parseLong(cell.toString());
  }
}
