package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.ErrorProto;
import io.deltaflow.spi.error.RefusedRunException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What BigQuery says when a job would be billed for more than the user allows. */
final class ByteLimit {
  private static final Pattern EXCEEDED =
      Pattern.compile("exceeded limit for bytes billed: (\\d+)\\. (\\d+) or higher required");

  private ByteLimit() {}

  /** By the message too, since a script's error may have a reason of its own. */
  static boolean isExceeded(ErrorProto error) {
    return "bytesBilledLimitExceeded".equals(error.getReason()) || matcher(error).find();
  }

  static RefusedRunException refusal(ErrorProto error, String doing) {
    Matcher numbers = matcher(error);
    return numbers.find()
        ? refusal(numbers.group(2), numbers.group(1), doing)
        : refusal("more than is allowed (" + error.getMessage() + ")", doing);
  }

  /**
   * @param needed bytes at least
   */
  static RefusedRunException refusal(Object needed, Object allowed, String doing) {
    return refusal(
        String.format(Locale.ROOT, "%s bytes at least, and %s are allowed", needed, allowed),
        doing);
  }

  private static RefusedRunException refusal(String needed, String doing) {
    return new RefusedRunException(
        "--destination_bigquery_"
            + BigQueryDestinationOptions.MAXIMUM_BYTES_BILLED.name()
            + ": could not "
            + doing
            + ": BigQuery would bill "
            + needed
            + "; nothing was published; allow more, or make it cheaper: read a smaller window, or"
            + " let the table be partitioned by a field that changes for few rows of a run");
  }

  private static Matcher matcher(ErrorProto error) {
    return EXCEEDED.matcher(String.valueOf(error.getMessage()));
  }
}
