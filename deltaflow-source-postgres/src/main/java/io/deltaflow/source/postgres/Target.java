package io.deltaflow.source.postgres;

import java.io.Serializable;

/** What is read. */
sealed interface Target extends Serializable {
  /** For messages: {@code table public.orders} or {@code the query of --postgresql_query}. */
  String description();

  /**
   * A table, view, materialised view or foreign table.
   *
   * @param flag the option that named it, as typed
   */
  record Table(TableName name, String flag) implements Target {
    @Override
    public String description() {
      return "table " + name;
    }
  }

  /**
   * A query, checked to be one SELECT.
   *
   * @param text without placeholders
   * @param flag the option that holds it, as typed
   */
  record Query(String text, String flag) implements Target {
    @Override
    public String description() {
      return "the query of " + flag;
    }
  }
}
