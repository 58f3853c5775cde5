package io.deltaflow.source.postgres;

import java.util.List;
import java.util.Optional;

/**
 * What a source reads, as the server described it: a table or a query in parentheses.
 *
 * @param from the FROM item, with its alias
 * @param alias qualifies every column
 * @param table null for a query
 */
record Relation(String from, String alias, List<Column> columns, PgTypes types, TableFacts table) {

  Optional<Column> column(String name) {
    return columns.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** The SQL expression of a column. */
  String expression(String column) {
    return alias + "." + Sql.identifier(column);
  }

  /** The type that a column's values have: below all domains. */
  PgType baseType(Column column) {
    PgType type = types.get(column.type());
    while (type.kind() == 'd') {
      type = types.get(type.base());
    }
    return type;
  }

  /**
   * Whether a row may hold NULL there. Outer joins of queries and views give NULL of any domain,
   * foreign tables promise without a check, and what a table promises its heirs need not keep.
   */
  boolean isNullable(Column column) {
    if (table == null || "rp".indexOf(table.kind()) < 0 || table.inherited()) {
      return true;
    }
    for (PgType type = types.get(column.type());
        type.kind() == 'd';
        type = types.get(type.base())) {
      if (type.notNull()) {
        return false;
      }
    }
    return !column.notNull();
  }

  /**
   * What the catalog says about a table.
   *
   * @param kind relkind
   * @param inherited whether other tables inherit from it, so that its keys say nothing about all
   *     of its rows
   */
  record TableFacts(
      long oid,
      TableName name,
      char kind,
      boolean inherited,
      String description,
      long estimatedRows,
      long bytes,
      List<String> primaryKey) {}
}
