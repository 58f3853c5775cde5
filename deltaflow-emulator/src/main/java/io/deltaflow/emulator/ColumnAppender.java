package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableFieldSchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBAppender;

/**
 * Appends one column's values, in the forms of {@link RowAppender}, to DuckDB; returns their
 * logical sizes.
 */
abstract class ColumnAppender {
  private final TableFieldSchema field;

  private ColumnAppender(TableFieldSchema field) {
    this.field = field;
  }

  static ColumnAppender of(TableFieldSchema field) {
    ColumnAppender element = element(field);
    return "REPEATED".equals(field.getMode()) ? new Repeated(field, element) : element;
  }

  private static ColumnAppender element(TableFieldSchema field) {
    switch (field.getType()) {
      case "INTEGER":
        return new Integers(field);
      case "FLOAT":
        return new Floats(field);
      case "BOOLEAN":
        return new Booleans(field);
      case "NUMERIC":
        return new Numerics(field);
      case "BIGNUMERIC":
        return new BigNumericTexts(field);
      case "STRING":
        return new Texts(field, 2);
      case "JSON":
        return new Texts(field, 0);
      case "GEOGRAPHY":
        return new Texts(field, 16);
      case "BYTES":
        return new Blobs(field);
      case "DATE":
        return new Dates(field);
      case "TIME":
        return new Times(field);
      case "DATETIME":
        return new Micros(field, false);
      case "TIMESTAMP":
        return new Micros(field, true);
      case "RECORD":
        return new Structs(field);
      default:
        throw BigQueryError.unsupported("the column type " + field.getType());
    }
  }

  /** Appends a value or NULL. */
  long append(DuckDBAppender appender, Object value) throws SQLException {
    if (value == null) {
      if ("REQUIRED".equals(field.getMode())) {
        throw RowAppender.nullIn(field);
      }
      appender.appendNull();
      return 0;
    }
    return appendValue(appender, value);
  }

  abstract long appendValue(DuckDBAppender appender, Object value) throws SQLException;

  /** The value as an element of a list. */
  abstract Object element(Object value);

  abstract long size(Object value);

  private static final class Integers extends ColumnAppender {
    Integers(TableFieldSchema field) {
      super(field);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.append(((Long) value).longValue());
      return 8;
    }

    @Override
    Object element(Object value) {
      return value;
    }

    @Override
    long size(Object value) {
      return 8;
    }
  }

  private static final class Floats extends ColumnAppender {
    Floats(TableFieldSchema field) {
      super(field);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.append(((Double) value).doubleValue());
      return 8;
    }

    @Override
    Object element(Object value) {
      return value;
    }

    @Override
    long size(Object value) {
      return 8;
    }
  }

  private static final class Booleans extends ColumnAppender {
    Booleans(TableFieldSchema field) {
      super(field);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.append(((Boolean) value).booleanValue());
      return 1;
    }

    @Override
    Object element(Object value) {
      return value;
    }

    @Override
    long size(Object value) {
      return 1;
    }
  }

  private static final class Numerics extends ColumnAppender {
    Numerics(TableFieldSchema field) {
      super(field);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.append((BigDecimal) value);
      return 16;
    }

    @Override
    Object element(Object value) {
      return value;
    }

    @Override
    long size(Object value) {
      return 16;
    }
  }

  private static final class BigNumericTexts extends ColumnAppender {
    BigNumericTexts(TableFieldSchema field) {
      super(field);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.append(BigNumerics.text((BigDecimal) value));
      return 32;
    }

    @Override
    Object element(Object value) {
      return BigNumerics.text((BigDecimal) value);
    }

    @Override
    long size(Object value) {
      return 32;
    }
  }

  private static final class Texts extends ColumnAppender {
    private final int overhead;

    Texts(TableFieldSchema field, int overhead) {
      super(field);
      this.overhead = overhead;
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.append((byte[]) value);
      return size(value);
    }

    @Override
    Object element(Object value) {
      return new String((byte[]) value, StandardCharsets.UTF_8);
    }

    @Override
    long size(Object value) {
      return overhead + ((byte[]) value).length;
    }
  }

  private static final class Blobs extends ColumnAppender {
    Blobs(TableFieldSchema field) {
      super(field);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.append((byte[]) value);
      return size(value);
    }

    @Override
    Object element(Object value) {
      return value;
    }

    @Override
    long size(Object value) {
      return 2 + ((byte[]) value).length;
    }
  }

  private static final class Dates extends ColumnAppender {
    Dates(TableFieldSchema field) {
      super(field);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.appendEpochDays(((Long) value).intValue());
      return 8;
    }

    @Override
    Object element(Object value) {
      return LocalDate.ofEpochDay((Long) value);
    }

    @Override
    long size(Object value) {
      return 8;
    }
  }

  private static final class Times extends ColumnAppender {
    Times(TableFieldSchema field) {
      super(field);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.appendDayMicros((Long) value);
      return 8;
    }

    @Override
    Object element(Object value) {
      return LocalTime.ofNanoOfDay((Long) value * 1000);
    }

    @Override
    long size(Object value) {
      return 8;
    }
  }

  private static final class Micros extends ColumnAppender {
    private final boolean zoned;

    Micros(TableFieldSchema field, boolean zoned) {
      super(field);
      this.zoned = zoned;
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.appendEpochMicros((Long) value);
      return 8;
    }

    @Override
    Object element(Object value) {
      Instant instant = Instant.EPOCH.plus((Long) value, ChronoUnit.MICROS);
      return zoned
          ? instant.atOffset(ZoneOffset.UTC)
          : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    @Override
    long size(Object value) {
      return 8;
    }
  }

  private static final class Structs extends ColumnAppender {
    private final ColumnAppender[] fields;

    Structs(TableFieldSchema field) {
      super(field);
      this.fields =
          field.getFields().stream().map(ColumnAppender::of).toArray(ColumnAppender[]::new);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      Object[] values = (Object[]) value;
      long size = 0;
      appender.beginStruct();
      for (int i = 0; i < fields.length; i++) {
        size += fields[i].append(appender, values[i]);
      }
      appender.endStruct();
      return size;
    }

    @Override
    Object element(Object value) {
      Object[] values = (Object[]) value;
      List<Object> elements = new ArrayList<>(fields.length);
      for (int i = 0; i < fields.length; i++) {
        elements.add(fields[i].elementOrNull(values[i]));
      }
      return elements;
    }

    @Override
    long size(Object value) {
      Object[] values = (Object[]) value;
      long size = 0;
      for (int i = 0; i < fields.length; i++) {
        size += values[i] == null ? 0 : fields[i].size(values[i]);
      }
      return size;
    }
  }

  /** An array, which is empty where it is NULL. */
  private static final class Repeated extends ColumnAppender {
    private final ColumnAppender element;

    Repeated(TableFieldSchema field, ColumnAppender element) {
      super(field);
      this.element = element;
    }

    @Override
    long append(DuckDBAppender appender, Object value) throws SQLException {
      return appendValue(appender, value == null ? List.of() : value);
    }

    @Override
    long appendValue(DuckDBAppender appender, Object value) throws SQLException {
      appender.append((List<?>) element(value));
      return size(value);
    }

    @Override
    Object elementOrNull(Object value) {
      return element(value == null ? List.of() : value);
    }

    @Override
    Object element(Object value) {
      List<?> values = (List<?>) value;
      List<Object> elements = new ArrayList<>(values.size());
      for (Object each : values) {
        if (each == null) {
          throw RowAppender.nullIn(super.field);
        }
        elements.add(element.element(each));
      }
      return elements;
    }

    @Override
    long size(Object value) {
      return ((List<?>) value).stream().mapToLong(element::size).sum();
    }
  }

  Object elementOrNull(Object value) {
    if (value == null && "REQUIRED".equals(field.getMode())) {
      throw RowAppender.nullIn(field);
    }
    return value == null ? null : element(value);
  }
}
