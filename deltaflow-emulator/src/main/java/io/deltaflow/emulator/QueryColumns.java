package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.util.List;

/** Puts a query's columns into the places of its destination's. */
final class QueryColumns {
  private QueryColumns() {}

  /** For each column of the destination the query's, or -1. */
  static int[] slots(TableSchema produced, TableSchema destination) {
    List<TableFieldSchema> from = produced.getFields();
    int[] slots = new int[destination.getFields().size()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = -1;
      for (int j = 0; j < from.size(); j++) {
        if (from.get(j).getName().equalsIgnoreCase(destination.getFields().get(i).getName())) {
          slots[i] = j;
        }
      }
    }
    return slots;
  }

  static Object[] arrange(Object[] values, int[] slots) {
    Object[] row = new Object[slots.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = slots[i] < 0 ? null : values[slots[i]];
    }
    return row;
  }
}
