package io.deltaflow.emulator;

import com.google.zetasql.SqlException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Errors of the analyzer and of DuckDB as BigQuery words them. */
final class SqlErrors {
  /**
   * Around the messages that translated SQL raises itself, so that they come out of DuckDB's
   * wrapping.
   */
  private static final String OPEN = "[[bq:";

  private static final String CLOSE = ":bq]]";
  private static final Pattern OWN =
      Pattern.compile(
          Pattern.quote(OPEN) + "([A-Za-z]+):(.*?)" + Pattern.quote(CLOSE), Pattern.DOTALL);
  private static final Pattern POSITION = Pattern.compile("\\[at ([0-9]+:[0-9]+)\\]");
  private static final Pattern OVERFLOW =
      Pattern.compile(
          "Overflow in \\w+ of (?:(INT64)|DECIMAL\\(\\d+\\)) \\((-?\\d+) (\\S) (-?\\d+)\\)");

  private SqlErrors() {}

  /** Marks an error for {@link #of(SQLException)}. */
  static String marked(BigQueryError error) {
    return OPEN + error.reason() + ":" + error.getMessage() + CLOSE;
  }

  /** A DuckDB expression that raises an error; {@code message} is a DuckDB expression. */
  static String raise(String message, String duckdbType) {
    return "CAST(bq_raise(concat(" + message + ")) AS " + duckdbType + ")";
  }

  static BigQueryError of(SqlException e) {
    String message = String.valueOf(e.getMessage());
    return invalidQuery(POSITION.matcher(message).replaceAll("at [$1]"), e);
  }

  static BigQueryError of(SQLException e) {
    String message = String.valueOf(e.getMessage());
    Matcher own = OWN.matcher(message);
    if (own.find()) {
      BigQueryError error = new BigQueryError(own.group(1), own.group(2));
      error.initCause(e);
      return error;
    }
    Matcher overflow = OVERFLOW.matcher(message);
    if (overflow.find()) {
      boolean integer = overflow.group(1) != null;
      return invalidQuery(
          (integer ? "int64" : "numeric")
              + " overflow: "
              + operand(overflow.group(2), integer)
              + " "
              + overflow.group(3)
              + " "
              + operand(overflow.group(4), integer),
          e);
    }
    if (message.contains("out of range for the destination type INT64")) {
      return invalidQuery("int64 overflow", e);
    }
    if (message.contains("More than one row returned by a subquery")) {
      return invalidQuery("Scalar subquery produced more than one element", e);
    }
    if (message.contains("INTERRUPT")) {
      BigQueryError stopped =
          new BigQueryError("stopped", "Job execution was cancelled: User requested cancellation");
      stopped.initCause(e);
      return stopped;
    }
    BigQueryError internal =
        new BigQueryError(
            "internalError", "The emulator's storage engine refused a statement: " + message);
    internal.initCause(e);
    return internal;
  }

  /** DuckDB shows a NUMERIC by its digits. */
  private static String operand(String digits, boolean integer) {
    return integer ? digits : BigNumerics.text(new BigDecimal(new BigInteger(digits), 9));
  }

  /** Whether DuckDB found that another session changed the same rows. */
  static boolean isConflict(SQLException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Transaction conflict")
        || message.contains("write-write conflict")
        || message.contains("TransactionContext Error")
            && message.toLowerCase(java.util.Locale.ROOT).contains("conflict");
  }

  private static BigQueryError invalidQuery(String message, Exception cause) {
    BigQueryError error = BigQueryError.invalidQuery(message);
    error.initCause(cause);
    return error;
  }
}
