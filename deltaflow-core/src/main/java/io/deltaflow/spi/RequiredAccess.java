package io.deltaflow.spi;

/**
 * A role that the account which runs a sync needs.
 *
 * @param role in the system's own notation: {@code roles/bigquery.jobUser}, or words such as {@code
 *     SELECT}
 * @param resource what it is granted on, such as {@code project my-project}
 * @param reason what for, in a few words
 */
public record RequiredAccess(String role, String resource, String reason) {}
