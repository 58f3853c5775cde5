package io.deltaflow.emulator;

import com.google.zetasql.SqlException;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Errors of the analyzer and of DuckDB as BigQuery words them. */
final class SqlErrors {
  /** Around the messages that translated SQL raises itself, so that they come out of DuckDB's wrapping. */
  private static final String OPEN = "[[bq:";

  private static final String CLOSE = ":bq]]";
  private static final Pattern OWN =
      Pattern.compile(Pattern.quote(OPEN) + "(.*?)" + Pattern.quote(CLOSE), Pattern.DOTALL);
  private static final Pattern POSITION = Pattern.compile("\\[at ([0-9]+:[0-9]+)\\]");
  private static final Pattern OVERFLOW =
      Pattern.compile("Overflow in (\\w+) of (INT64|DECIMAL\\(\\d+\\)) \\(([^)]*)\\)");

  private SqlErrors() {}

  /** Marks a message for {@link #of(SQLException)}. */
  static String marked(String message) {
    return OPEN + message + CLOSE;
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
      return invalidQuery(own.group(1), e);
    }
    Matcher overflow = OVERFLOW.matcher(message);
    if (overflow.find()) {
      String type = overflow.group(2).equals("INT64") ? "int64" : "numeric";
      return invalidQuery(type + " overflow: " + overflow.group(3), e);
    }
    if (message.contains("More than one row returned by a subquery")) {
      return invalidQuery("Scalar subquery produced more than one element", e);
    }
    if (message.contains("INTERRUPT")) {
      BigQueryError stopped = new BigQueryError("stopped", "Job execution was cancelled: User requested cancellation");
      stopped.initCause(e);
      return stopped;
    }
    BigQueryError internal =
        new BigQueryError("internalError", "The emulator's storage engine refused a statement: " + message);
    internal.initCause(e);
    return internal;
  }

  /** Whether DuckDB found that another session changed the same rows. */
  static boolean isConflict(SQLException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("TransactionContext Error") && message.toLowerCase().contains("conflict")
        || message.contains("Transaction conflict")
        || message.contains("write-write conflict");
  }

  private static BigQueryError invalidQuery(String message, Exception cause) {
    BigQueryError error = BigQueryError.invalidQuery(message);
    error.initCause(cause);
    return error;
  }
}
