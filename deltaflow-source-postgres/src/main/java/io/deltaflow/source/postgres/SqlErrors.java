package io.deltaflow.source.postgres;

import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.SourceException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What an SQLSTATE means for the user, and who can act. */
final class SqlErrors {
  static final String TOO_MANY_CONNECTIONS = "53300";
  static final String CANNOT_CONNECT_NOW = "57P03";
  static final String CONNECTION_FAILURE = "08006";
  static final String WRONG_PASSWORD = "28P01";
  private static final String INVALID_AUTHORIZATION = "28000";
  static final String INSUFFICIENT_PRIVILEGE = "42501";
  private static final String UNDEFINED_FUNCTION = "42883";

  private SqlErrors() {}

  /** What was asked for is forbidden to this role, or unknown to this server. */
  static boolean isUnavailable(SQLException e) {
    return INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())
        || UNDEFINED_FUNCTION.equals(e.getSQLState());
  }

  /** The login failed. */
  static DeltaFlowException connecting(SQLException e, ConnectionSettings s) {
    String who = "PostgreSQL at " + s.server() + ", login as '" + s.username() + "': ";
    Flags flags = s.flags();
    String state = String.valueOf(e.getSQLState());
    // The driver's own refusal, before anything is sent.
    if (state.equals("08004") && message(e).contains("password")) {
      return new ConfigurationException(
          who + "the server asks for a password; give " + flags.of(PostgresOptions.PASSWORD), e);
    }
    if (s.cloudSql() != null
        && (state.equals(WRONG_PASSWORD) || state.equals(INVALID_AUTHORIZATION))) {
      return refusedByCloudSql(e, who, s);
    }
    switch (state) {
      case WRONG_PASSWORD:
        return new ConfigurationException(
            who
                + "the server refused the user name or the password; check "
                + flags.of(PostgresOptions.USERNAME)
                + " and "
                + flags.of(PostgresOptions.PASSWORD),
            e);
      case INVALID_AUTHORIZATION:
        if (message(e).contains("no encryption")) {
          return new ConfigurationException(
              who
                  + "the server does not admit this login unencrypted ("
                  + message(e)
                  + "); give "
                  + flags.of(PostgresOptions.SSLMODE)
                  + "=verify-full, or check the server's pg_hba.conf",
              e);
        }
        if (message(e).contains("client certificate")) {
          return new ConfigurationException(
              who
                  + "the server asks for a certificate ("
                  + message(e)
                  + "); give "
                  + flags.of(PostgresOptions.SSLCERT)
                  + " and "
                  + flags.of(PostgresOptions.SSLKEY),
              e);
        }
        return new ConfigurationException(
            who
                + "the server does not admit this login ("
                + message(e)
                + "); check "
                + flags.of(PostgresOptions.USERNAME)
                + ", "
                + flags.of(PostgresOptions.SSLMODE)
                + " (now "
                + s.tls().mode()
                + ") and the server's pg_hba.conf",
            e);
      case "3D000":
        return new ConfigurationException(
            who
                + "there is no database '"
                + s.database()
                + "'; check "
                + flags.of(PostgresOptions.DATABASE),
            e);
      case "08004":
        if (s.cloudSql() != null) {
          return unreachable(e, who, s, state);
        }
        if (message(e).contains("does not support SSL")) {
          return new ConfigurationException(
              who
                  + "the server has no TLS, which "
                  + flags.of(PostgresOptions.SSLMODE)
                  + "="
                  + s.tls().mode()
                  + " asks for; set ssl = on there, or give "
                  + flags.of(PostgresOptions.SSLMODE)
                  + "=prefer to read unencrypted",
              e);
        }
        return new ConfigurationException(
            who
                + "rejected ("
                + message(e)
                + "); check "
                + flags.of(PostgresOptions.PASSWORD)
                + " and "
                + flags.of(PostgresOptions.SSLMODE)
                + " (now "
                + s.tls().mode()
                + ")",
            e);
      case INSUFFICIENT_PRIVILEGE:
        return SourceException.permanent(
            who
                + "the role may not connect to database '"
                + s.database()
                + "'; needed: GRANT CONNECT ON DATABASE "
                + Sql.identifier(s.database())
                + " TO "
                + Sql.identifier(s.username()),
            e);
      case CANNOT_CONNECT_NOW:
        return SourceException.passing(
            who + "the server does not accept connections yet: " + message(e), e);
      case TOO_MANY_CONNECTIONS:
        return SourceException.passing(
            who
                + "the server has no free connection ("
                + message(e)
                + "); lower "
                + flags.of(PostgresOptions.MAX_CONNECTIONS)
                + " or the number of workers",
            e);
      default:
        return unreachable(e, who, s, state);
    }
  }

  private static DeltaFlowException refusedByCloudSql(
      SQLException e, String who, ConnectionSettings s) {
    Flags flags = s.flags();
    String refused = who + "the instance refused the login (" + message(e) + "); check ";
    return new ConfigurationException(
        s.cloudSql().iamAuth()
            ? refused
                + "that "
                + flags.of(PostgresOptions.USERNAME)
                + " is the service account that runs this, without .gserviceaccount.com, that it is"
                + " a user of the instance (--type=cloud_iam_service_account) and has"
                + " roles/cloudsql.instanceUser, and that the instance has the flag"
                + " cloudsql.iam_authentication"
            : refused
                + flags.of(PostgresOptions.USERNAME)
                + " and "
                + flags.of(PostgresOptions.PASSWORD)
                + ", or give "
                + flags.of(PostgresOptions.IAM_AUTH)
                + "=true where the user is a service account",
        e);
  }

  private static DeltaFlowException unreachable(
      SQLException e, String who, ConnectionSettings s, String state) {
    Flags flags = s.flags();
    if (s.cloudSql() != null) {
      return SourceException.passing(
          who
              + "not reachable through Cloud SQL's connector ("
              + words(e)
              + "); check "
              + flags.of(PostgresOptions.CLOUD_SQL_INSTANCE)
              + " and "
              + flags.of(PostgresOptions.CLOUD_SQL_IP_TYPES)
              + ", that the service account has roles/cloudsql.client, and that the Cloud SQL Admin"
              + " API is enabled",
          e);
    }
    if (e.getCause() instanceof UnknownHostException) {
      return new ConfigurationException(
          who + "there is no host of that name; check " + flags.of(PostgresOptions.HOST), e);
    }
    // The driver's refusal of a certificate for another name has no cause of its own.
    if (e.getMessage().contains("HostnameVerifier")) {
      return new ConfigurationException(
          who
              + "the server's certificate is for another name than '"
              + s.host()
              + "'; give "
              + flags.of(PostgresOptions.HOST)
              + " as it stands in the certificate, or "
              + flags.of(PostgresOptions.SSLMODE)
              + "=verify-ca where the certificate names no host",
          e);
    }
    if (e.getCause() instanceof SSLException tls) {
      return new ConfigurationException(
          who
              + (isUntrusted(tls)
                  ? "the server's certificate is signed by nobody who is trusted; give the"
                      + " certificate of its authority as "
                      + flags.of(PostgresOptions.SSLROOTCERT)
                      + " ("
                  : "the encrypted connection failed; check "
                      + flags.of(PostgresOptions.SSLMODE)
                      + ", "
                      + flags.of(PostgresOptions.SSLROOTCERT)
                      + " and "
                      + flags.of(PostgresOptions.SSLCERT)
                      + " (")
              + tls.getMessage()
              + ")",
          e);
    }
    if (state.startsWith("08")) {
      return SourceException.passing(
          who
              + "not reachable ("
              + message(e)
              + "); check "
              + flags.of(PostgresOptions.HOST)
              + ", "
              + flags.of(PostgresOptions.PORT)
              + ", and that a firewall lets this machine through",
          e);
    }
    return SourceException.permanent(who + message(e) + " (SQLSTATE " + state + ")", e);
  }

  private static boolean isUntrusted(SSLException e) {
    return hasCause(e, CertPathBuilderException.class)
        || hasCause(e, CertPathValidatorException.class)
            && !hasCause(e, CertificateExpiredException.class);
  }

  private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  /** The driver says that something failed, its causes what. */
  private static String words(SQLException e) {
    List<String> all = new ArrayList<>();
    for (Throwable t = e.getCause() == null ? e : e.getCause(); t != null; t = t.getCause()) {
      all.add(String.valueOf(t.getMessage()));
    }
    return String.join(": ", all);
  }

  /**
   * A statement failed.
   *
   * @param doing such as {@code reading public.orders}
   */
  static DeltaFlowException working(SQLException e, ConnectionSettings s, String doing) {
    String who = "PostgreSQL at " + s.server() + ", " + doing + ": ";
    String state = String.valueOf(e.getSQLState());
    switch (state) {
      case "57014":
        return SourceException.permanent(
            who
                + message(e)
                + "; raise the role's statement_timeout or "
                + s.flags().of(PostgresOptions.STATEMENT_TIMEOUT)
                + ", or give "
                + s.flags().of(PostgresOptions.SPLIT_COLUMN)
                + " so that one statement reads less",
            e);
      case "25P03":
        return SourceException.passing(
            who
                + "the server's idle_in_transaction_session_timeout ended the session: rows were"
                + " taken more slowly than it allows; raise it for role "
                + s.username(),
            e);
      case "22021":
      case "22P05":
        return SourceException.permanent(
            who
                + "a text is not valid in the database's encoding and cannot become UTF-8 ("
                + message(e)
                + "); mend the row, or read the column in a query as convert_from(column::bytea,"
                + " 'LATIN1') or the encoding that it really has",
            e);
      case INSUFFICIENT_PRIVILEGE:
        return SourceException.permanent(
            who + message(e) + "; role '" + s.username() + "' needs that privilege", e);
      case "42703":
      case "42P01":
      case "42704":
      case "42846":
        return SourceException.permanent(
            who + message(e) + "; if it was altered since the run was planned, run again", e);
      default:
        if (s.socketTimeout() != null && hasCause(e, SocketTimeoutException.class)) {
          return SourceException.passing(
              who
                  + "nothing came from the server for "
                  + s.socketTimeout().toSeconds()
                  + " s: it, or the network between, stands still, or a query takes longer than"
                  + " that to give its first row; then raise "
                  + s.flags().of(PostgresOptions.SOCKET_TIMEOUT),
              e);
        }
        if (state.startsWith("08")) {
          return SourceException.passing(
              who
                  + "the connection was lost ("
                  + message(e)
                  + "): somebody ended the session, the server stopped, or the network between cut"
                  + " it; run again",
              e);
        }
        return isPassing(state) || isAlteredMeanwhile(e)
            ? SourceException.passing(who + message(e) + " (SQLSTATE " + state + ")", e)
            : SourceException.permanent(who + message(e) + " (SQLSTATE " + state + ")", e);
    }
  }

  /**
   * Lost connections, restarts, conflicts with recovery or other transactions, exhausted resources.
   */
  private static boolean isPassing(String state) {
    return state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("40")
        || state.startsWith("53")
        || state.equals("55P03");
  }

  /** A table was altered between the server's parsing of a statement and its answer. */
  static boolean isAlteredMeanwhile(SQLException e) {
    ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    return server != null && "RevalidateCachedQuery".equals(server.getRoutine());
  }

  /** The server's own words, without the driver's prefix and without the position. */
  static String message(SQLException e) {
    ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    if (server == null || server.getMessage() == null) {
      return e.getMessage();
    }
    return server.getMessage() + (server.getHint() == null ? "" : " (" + server.getHint() + ")");
  }
}
