package io.deltaflow.spi;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A role that the account which runs a sync needs.
 *
 * @param role in the system's own notation: {@code roles/bigquery.jobUser}, or words such as {@code
 *     SELECT}
 * @param resource what it is granted on, such as {@code project my-project}
 * @param reason what for, in a few words
 */
public record RequiredAccess(String role, String resource, String reason) {
  private static final Pattern BUCKET = Pattern.compile("gs://([^/]+).*", Pattern.DOTALL);

  /** A role on the bucket of a path, {@code gs://bucket/...}; empty for any other, also null. */
  public static Optional<RequiredAccess> ofBucket(String role, String path, String reason) {
    return Optional.ofNullable(path)
        .map(BUCKET::matcher)
        .filter(Matcher::matches)
        .map(m -> new RequiredAccess(role, "bucket " + m.group(1), reason));
  }
}
