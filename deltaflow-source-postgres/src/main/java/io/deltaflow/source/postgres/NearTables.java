package io.deltaflow.source.postgres;

import io.deltaflow.NearNames;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What a user may have meant by a table that does not exist. */
final class NearTables {
  private static final String ALL =
      "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON"
          + " n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT"
          + " IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' ORDER BY"
          + " 1, 2 LIMIT 10000";

  private NearTables() {}

  static String notFound(Lease lease, Target.Table target, String database) throws SQLException {
    TableName wanted = target.name();
    List<TableName> sameName = new ArrayList<>();
    List<TableName> all = new ArrayList<>();
    try (PreparedStatement statement = lease.connection().prepareStatement(ALL);
        ResultSet r = statement.executeQuery()) {
      while (r.next()) {
        TableName name = new TableName(r.getString(1), r.getString(2));
        all.add(name);
        if (name.name().equals(wanted.name())) {
          sameName.add(name);
        }
      }
    }
    StringBuilder message =
        new StringBuilder(target.flag())
            .append(": there is no table or view ")
            .append(wanted)
            .append(" in database '")
            .append(database)
            .append("'");
    if (wanted.schema() == null) {
      message
          .append(" on the search path of role '")
          .append(lease.settings().username())
          .append("'");
    }
    if (!sameName.isEmpty()) {
      return message.append("; it exists as ").append(TableName.join(sameName)).toString();
    }
    List<TableName> near = NearNames.of(wanted.name(), all, TableName::name);
    return near.isEmpty()
        ? message.append("; names with capitals need double quotes").toString()
        : message.append("; did you mean ").append(TableName.join(near)).append("?").toString();
  }
}
