package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.NearNames;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.ConfigurationException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** The largest cursor of the target, or of staging, as a position. */
final class CursorMaximum {
  private CursorMaximum() {}

  static Optional<CursorPosition> of(
      TableName name, Table table, String cursor, CursorKind kind, Jobs jobs) {
    String wanted = ColumnNames.of(cursor);
    List<TableFieldSchema> fields = table.getSchema().getFields();
    TableFieldSchema column =
        fields.stream()
            .filter(f -> f.getName().equalsIgnoreCase(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "the table "
                            + name
                            + " has rows but no column '"
                            + wanted
                            + "', so it is unknown how far it has come"
                            + NearNames.hint(
                                wanted, fields.stream().map(TableFieldSchema::getName).toList())));
    Kind stored = FieldSchemas.kind(column).orElse(Kind.STRING);
    if (FieldSchemas.isRepeated(column) || !isComparable(kind, stored)) {
      throw new ConfigurationException(
          "the column '"
              + column.getName()
              + "' of "
              + name
              + " is "
              + FieldSchemas.sqlType(column)
              + ", and the source's cursor counts as "
              + kind
              + "; its maximum says nothing about the source");
    }
    Object cell =
        jobs.query(
                "SELECT MAX(" + Sql.name(column.getName()) + ") FROM " + name.sql(),
                "find the maximum of " + column.getName() + " in " + name)
            .get(0)
            .get(0);
    return Optional.ofNullable(cell).map(c -> position(kind, stored, c.toString()));
  }

  /**
   * Of staged rows.
   *
   * @param kind the window's
   * @param column of staging
   * @param cell its maximum; null when there is none
   */
  static CursorPosition ofStaged(CursorKind kind, Column column, Object cell) {
    return cell == null ? null : position(kind, column.type().kind(), cell.toString());
  }

  private static boolean isComparable(CursorKind kind, Kind stored) {
    return switch (kind) {
      case TIMESTAMP -> stored == Kind.TIMESTAMP;
      case DATETIME -> stored == Kind.DATETIME || stored == Kind.TIMESTAMP;
      case DATE -> stored == Kind.DATE;
      case INTEGER -> stored == Kind.INT64;
    };
  }

  private static CursorPosition position(CursorKind kind, Kind stored, String cell) {
    return switch (kind) {
      case TIMESTAMP -> CursorPosition.timestamp(CellReader.instant(cell));
      case DATETIME ->
          CursorPosition.dateTime(
              stored == Kind.TIMESTAMP
                  ? LocalDateTime.ofInstant(CellReader.instant(cell), ZoneOffset.UTC)
                  : LocalDateTime.parse(cell));
      case DATE -> CursorPosition.date(LocalDate.parse(cell));
      case INTEGER -> CursorPosition.integer(new BigDecimal(cell).longValueExact());
    };
  }
}
