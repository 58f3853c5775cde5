package io.deltaflow.source.mongo;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoCursorNotFoundException;
import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoQueryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** What a failure means for the user, and who can act. */
final class MongoErrors {
  private static final int UNAUTHORIZED = 13;
  private static final int AUTHENTICATION_FAILED = 18;
  private static final int MAX_TIME_EXPIRED = 50;

  /** That the server does not know or not allow what was asked for. */
  private static final Set<Integer> UNAVAILABLE =
      Set.of(
          2, // BadValue
          9, // FailedToParse
          14, // TypeMismatch
          UNAUTHORIZED,
          59, // CommandNotFound
          72, // InvalidOptions
          76, // NoReplicationEnabled
          115, // CommandNotSupported
          166, // CommandNotSupportedOnView
          238, // NotImplemented
          303, // a feature that the service has removed
          8000, // Atlas refuses
          13388, // splitVector through mongos
          20, // IllegalOperation
          40324, // unknown stage
          15999,
          16020,
          18629,
          168,
          31325);

  /** Ended cursors, elections, restarts, maintenance. */
  private static final Set<Integer> PASSING =
      Set.of(
          6, 7, 43, 89, 91, 175, 189, 237, 262, 9001, 10107, 11600, 11602, 13435, 13436, 133, 134,
          136, 246, 290, 317, 358);

  private MongoErrors() {}

  static boolean isUnavailable(MongoException e) {
    return e instanceof MongoServerException && UNAVAILABLE.contains(e.getCode());
  }

  /** That the server answered, with no. */
  static boolean isRefused(MongoException e) {
    return e instanceof MongoCommandException || e instanceof MongoQueryException;
  }

  /** Whether asking again, from where the answer broke off, may succeed. */
  static boolean isPassing(MongoException e) {
    return !(e instanceof MongoInterruptedException)
        && (e instanceof MongoSocketException && !isUnknownHost(e)
            || e instanceof MongoTimeoutException && !says(e, "Authentication", "Unauthorized")
            || e instanceof MongoCursorNotFoundException
            || e instanceof MongoNotPrimaryException
            || e instanceof MongoNodeIsRecoveringException
            || e.hasErrorLabel("RetryableError")
            || PASSING.contains(e.getCode()));
  }

  /**
   * The failure, typed.
   *
   * @param doing such as {@code reading user_data.profiles}
   */
  static RuntimeException of(MongoException e, MongoSettings settings, String doing) {
    if (e instanceof MongoInterruptedException) {
      Thread.currentThread().interrupt();
      return new CancellationException("interrupted while " + doing);
    }
    Flags flags = settings.flags();
    String who = "MongoDB at " + settings.server() + ", " + doing + ": ";
    // The driver's words may name hosts that only the connection string knows.
    Throwable cause = settings.connectionString() == null ? e : null;
    boolean unreachable = e instanceof MongoTimeoutException || e instanceof MongoSocketException;
    if (e instanceof MongoSecurityException
        || e.getCode() == AUTHENTICATION_FAILED
        || unreachable
            && says(e, "Authentication failed", "AuthenticationFailed", "SecurityException")) {
      return new ConfigurationException(
          who
              + "the server refused the login; check "
              + (settings.connectionString() == null
                  ? flags.of(MongoOptions.USERNAME)
                      + ", "
                      + flags.of(MongoOptions.PASSWORD)
                      + " and "
                      + flags.of(MongoOptions.AUTH_SOURCE)
                  : "user, password and authSource"),
          cause);
    }
    if (e.getCode() == UNAUTHORIZED) {
      return SourceException.permanent(
          who
              + (settings.username() == null && settings.connectionString() == null
                  ? "the server asks for a login; give "
                      + flags.of(MongoOptions.USERNAME)
                      + " and "
                      + flags.of(MongoOptions.PASSWORD)
                  : "the user may not do that; grant it the role `read` on the database"),
          cause);
    }
    if (unreachable && isUnknownHost(e)) {
      return new ConfigurationException(
          who + "there is no host of that name; check " + where(settings), cause);
    }
    if (unreachable && says(e, "SSLHandshake", "SSLException", "CertificateException")) {
      return new ConfigurationException(who + encryption(e, settings), cause);
    }
    String hint = otherEncryption(e, settings);
    if (e instanceof MongoTimeoutException) {
      return SourceException.passing(
          who
              + "not reachable within "
              + settings.connectTimeout().toSeconds()
              + " s; check "
              + where(settings)
              + ", and that a firewall lets this machine through"
              + hint,
          cause);
    }
    if (e instanceof MongoSocketException) {
      return SourceException.passing(
          who
              + "the connection was lost or refused; check "
              + where(settings)
              + ", then run again"
              + hint,
          cause);
    }
    String text = who + message(e) + " (code " + e.getCode() + ")";
    if (isPassing(e)) {
      return SourceException.passing(text, cause);
    }
    return SourceException.permanent(
        text
            + (e.getCode() == MAX_TIME_EXPIRED
                ? "; the server's time limit for operations is too short for this collection"
                : ""),
        cause);
  }

  /** Why no encrypted connection came to be, and what to do. */
  private static String encryption(MongoException e, MongoSettings settings) {
    Flags flags = settings.flags();
    if (says(e, "No subject alternative", "No name matching")) {
      return "the server's certificate is for another name than "
          + (settings.connectionString() == null ? "'" + settings.host() + "'" : "its host")
          + "; give the host as it stands in the certificate, in "
          + flags.of(
              settings.connectionString() == null
                  ? MongoOptions.HOST
                  : MongoOptions.CONNECTION_STRING);
    }
    if (says(e, "PKIX path") && !says(e, "CertificateExpired", "NotAfter")) {
      return "the server's certificate is signed by nobody who is trusted; give the certificate of"
          + " its authority as "
          + flags.of(MongoOptions.TLS_CA_FILE);
    }
    return "the encrypted connection failed; if the server has no TLS, leave "
        + (settings.connectionString() == null
            ? flags.of(MongoOptions.TLS)
            : "tls=true in " + flags.of(MongoOptions.CONNECTION_STRING))
        + " out; else check "
        + where(settings)
        + ", "
        + flags.of(MongoOptions.TLS_CA_FILE)
        + " and "
        + flags.of(MongoOptions.TLS_CERTIFICATE_KEY_FILE);
  }

  /** One side that encrypts and one that does not wait for each other, or hang up. */
  private static String otherEncryption(MongoException e, MongoSettings settings) {
    boolean hungUp = says(e, "Prematurely reached end of stream", "Connection reset");
    if (settings.connectionString() != null) {
      return hungUp
          ? "; if the server takes encrypted connections only, write tls=true into "
              + settings.flags().of(MongoOptions.CONNECTION_STRING)
              + "; if it has no TLS, leave it out there"
          : "";
    }
    String tls = settings.flags().of(MongoOptions.TLS);
    if (settings.tls()) {
      return "; if the server has no TLS, leave " + tls + " out";
    }
    return hungUp ? "; if the server takes encrypted connections only, give " + tls + "=true" : "";
  }

  private static String where(MongoSettings settings) {
    Flags flags = settings.flags();
    return settings.connectionString() == null
        ? flags.of(MongoOptions.HOST) + " and " + flags.of(MongoOptions.PORT)
        : "the hosts in " + flags.of(MongoOptions.CONNECTION_STRING);
  }

  private static boolean isUnknownHost(MongoException e) {
    return says(e, "UnknownHost", "java.net.UnknownHostException");
  }

  /** A timeout tells its reason in the description of the cluster only. */
  private static boolean says(MongoException e, String... words) {
    String all = e + " " + e.getCause();
    for (String word : words) {
      if (all.contains(word)) {
        return true;
      }
    }
    return false;
  }

  /** The server's own words. */
  static String message(MongoException e) {
    if (e instanceof MongoQueryException q) {
      return q.getErrorMessage();
    }
    if (e instanceof MongoCommandException c) {
      return c.getErrorMessage();
    }
    return e.getMessage();
  }
}
