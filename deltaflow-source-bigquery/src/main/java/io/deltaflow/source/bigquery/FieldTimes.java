package io.deltaflow.source.bigquery;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.SourceContext;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** When the values of a field of time or date are, in a request's rows. */
final class FieldTimes {
  private final ReadRequest request;
  private final Warehouse warehouse;
  private final Described described;
  private final Optional<TableFieldSchema> column;

  FieldTimes(BigQuerySource source, String field, ReadRequest request, SourceContext context) {
    this.request = request;
    this.warehouse = new Warehouse(source, context);
    this.described = Described.find(source, warehouse);
    this.column = described.column(field).filter(c -> kind(c) != null);
  }

  private static CursorKind kind(TableFieldSchema column) {
    if ("REPEATED".equals(column.getMode())) {
      return null;
    }
    return switch (column.getType()) {
      case "TIMESTAMP" -> CursorKind.TIMESTAMP;
      case "DATETIME" -> CursorKind.DATETIME;
      case "DATE" -> CursorKind.DATE;
      default -> null;
    };
  }

  Optional<FieldRange> range() {
    if (column.isEmpty()) {
      return Optional.empty();
    }
    CursorKind kind = kind(column.get());
    String name = Sql.identifier(column.get().getName());
    List<String> row =
        warehouse
            .rows(
                "SELECT "
                    + unit("MIN(" + name + ")", kind)
                    + ", "
                    + unit("MAX(" + name + ")", kind)
                    + rows(),
                described.location())
            .get(0);
    return row.get(0) == null
        ? Optional.empty()
        : Optional.of(
            new FieldRange(
                new CursorPosition(kind, Long.parseLong(row.get(0))),
                new CursorPosition(kind, Long.parseLong(row.get(1)))));
  }

  /** As the number that a position holds. */
  private static String unit(String value, CursorKind kind) {
    switch (kind) {
      case TIMESTAMP:
        return "UNIX_MICROS(" + value + ")";
      case DATETIME:
        return "UNIX_MICROS(TIMESTAMP(" + value + "))";
      default:
        return "UNIX_DATE(" + value + ")";
    }
  }

  OptionalLong countDistinct(ChronoUnit unit) {
    if (column.isEmpty()) {
      return OptionalLong.empty();
    }
    CursorKind kind = kind(column.get());
    String part =
        switch (unit) {
          case HOURS -> kind == CursorKind.DATE ? "DAY" : "HOUR";
          case DAYS -> "DAY";
          case MONTHS -> "MONTH";
          default -> "YEAR";
        };
    String sql =
        "SELECT COUNT(DISTINCT "
            + kind
            + "_TRUNC("
            + Sql.identifier(column.get().getName())
            + ", "
            + part
            + "))"
            + rows();
    return OptionalLong.of(Long.parseLong(warehouse.rows(sql, described.location()).get(0).get(0)));
  }

  private String rows() {
    return " FROM "
        + described.from(null)
        + request
            .window()
            .map(w -> " WHERE " + Sql.inside(w, Sql.identifier(w.cursor())))
            .orElse("");
  }
}
