package io.deltaflow.emulator;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBLogicalType;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBScalarFunction;
import org.duckdb.DuckDBScalarFunctionBuilder;
import org.duckdb.DuckDBWritableVector;

/**
 * Adds functions written in Java to a DuckDB database. They are NULL when an argument is, and their
 * {@link BigQueryError}s come out of the query as they are.
 */
final class NativeFunctions {
  /** Arguments: VARCHAR String, BIGINT Long, DOUBLE Double, DECIMAL BigDecimal, BOOLEAN Boolean. */
  interface Body {
    Object apply(Object[] arguments) throws Exception;
  }

  /** The argument and result types. */
  enum Kind {
    TEXT(DuckDBColumnType.VARCHAR),
    INT(DuckDBColumnType.BIGINT),
    FLOAT(DuckDBColumnType.DOUBLE),
    NUMERIC(DuckDBColumnType.DECIMAL),
    BOOL(DuckDBColumnType.BOOLEAN);

    private final DuckDBColumnType type;

    Kind(DuckDBColumnType type) {
      this.type = type;
    }

    DuckDBLogicalType logical() throws SQLException {
      return this == NUMERIC ? DuckDBLogicalType.decimal(38, 9) : DuckDBLogicalType.of(type);
    }

    Object read(DuckDBReadableVector vector, long row) {
      switch (this) {
        case TEXT:
          return vector.getString(row);
        case INT:
          return vector.getLong(row);
        case FLOAT:
          return vector.getDouble(row);
        case NUMERIC:
          return vector.getBigDecimal(row);
        default:
          return vector.getBoolean(row);
      }
    }

    void write(DuckDBWritableVector vector, long row, Object value) {
      switch (this) {
        case TEXT:
          vector.setString(row, (String) value);
          break;
        case INT:
          vector.setLong(row, (Long) value);
          break;
        case FLOAT:
          vector.setDouble(row, (Double) value);
          break;
        case NUMERIC:
          vector.setBigDecimal(row, (BigDecimal) value);
          break;
        default:
          vector.setBoolean(row, (Boolean) value);
      }
    }
  }

  private final Connection connection;

  NativeFunctions(Connection connection) {
    this.connection = connection;
  }

  void add(String name, Kind result, Body body, Kind... parameters) throws SQLException {
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction();
        DuckDBLogicalType resultType = result.logical()) {
      builder.withName(name).withReturnType(resultType);
      for (Kind parameter : parameters) {
        try (DuckDBLogicalType type = parameter.logical()) {
          builder.withParameter(type);
        }
      }
      builder.withVectorizedFunction(vectorized(result, body, parameters)).register(connection);
    }
  }

  /** A function of any number of texts, which may be NULL. */
  void addVariadic(String name, Body body) throws SQLException {
    try (DuckDBScalarFunctionBuilder builder = DuckDBFunctions.scalarFunction();
        DuckDBLogicalType text = Kind.TEXT.logical()) {
      builder
          .withName(name)
          .withReturnType(text)
          .withVarArgs(text)
          .withVectorizedFunction(variadic(body))
          .register(connection);
    }
  }

  private static DuckDBScalarFunction vectorized(Kind result, Body body, Kind[] parameters) {
    return (input, output) -> {
      Object[] arguments = new Object[parameters.length];
      long rows = input.rowCount();
      for (long row = 0; row < rows; row++) {
        if (!fill(arguments, parameters, input, row)) {
          output.setNull(row);
          continue;
        }
        Object value = call(body, arguments);
        if (value == null) {
          output.setNull(row);
        } else {
          result.write(output, row, value);
        }
      }
    };
  }

  private static boolean fill(
      Object[] arguments, Kind[] parameters, DuckDBDataChunkReader input, long row) {
    for (int i = 0; i < parameters.length; i++) {
      DuckDBReadableVector vector = input.vector(i);
      if (vector.isNull(row)) {
        return false;
      }
      arguments[i] = parameters[i].read(vector, row);
    }
    return true;
  }

  private static DuckDBScalarFunction variadic(Body body) {
    return (input, output) -> {
      Object[] arguments = new Object[(int) input.columnCount()];
      long rows = input.rowCount();
      for (long row = 0; row < rows; row++) {
        for (int i = 0; i < arguments.length; i++) {
          DuckDBReadableVector vector = input.vector(i);
          arguments[i] = vector.isNull(row) ? null : vector.getString(row);
        }
        String value = (String) call(body, arguments);
        if (value == null) {
          output.setNull(row);
        } else {
          output.setString(row, value);
        }
      }
    };
  }

  private static Object call(Body body, Object[] arguments) throws Exception {
    try {
      return body.apply(arguments);
    } catch (BigQueryError e) {
      throw new IllegalArgumentException(SqlErrors.marked(e), e);
    }
  }
}
