package io.deltaflow.internal;

import io.deltaflow.spi.error.DestinationException;
import java.io.IOException;
import java.util.regex.Pattern;

/** A file in the temporary location that could not be written or read. */
final class RunFileException extends DestinationException {
  private static final long serialVersionUID = 1L;

  private static final Pattern RATE_LIMIT = Pattern.compile("\\b(rate|userRate)LimitExceeded\\b");

  private final boolean passing;

  private RunFileException(String what, String path, IOException cause) {
    super(
        "the run's file "
            + path
            + " could not be "
            + what
            + ": "
            + String.valueOf(cause.getMessage()).lines().findFirst().orElse("")
            + "; see that the temporary location (--tempLocation) exists and that whoever runs this"
            + " may read, write and delete there (roles/storage.objectUser)",
        cause);
    this.passing = isRateLimit(cause);
  }

  static RunFileException written(String path, IOException cause) {
    return new RunFileException("written", path, cause);
  }

  static RunFileException read(String path, IOException cause) {
    return new RunFileException("read", path, cause);
  }

  /** Whether the same may go well a little later. */
  boolean isPassing() {
    return passing;
  }

  /**
   * Whether Cloud Storage asked for patience with status 403: Beam itself repeats after 429 and 5xx
   * only.
   *
   * @see <a href="https://cloud.google.com/storage/docs/json_api/v1/status-codes">Status codes</a>
   */
  static boolean isRateLimit(IOException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (RATE_LIMIT.matcher(String.valueOf(t.getMessage())).find()) {
        return true;
      }
    }
    return false;
  }
}
