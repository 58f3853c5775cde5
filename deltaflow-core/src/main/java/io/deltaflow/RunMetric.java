package io.deltaflow;

import java.util.Locale;

/**
 * What every run counts while it runs, as metrics of Beam in the namespace {@link #NAMESPACE}: for
 * dashboards and alerts. Attempts that are repeated count again; what became of a run exactly is in
 * its {@link RunReport} and in the ledger.
 */
public enum RunMetric {
  ROWS_READ(Kind.COUNTER, "rows read from the sources, bad ones among them"),
  ROWS_DEAD_LETTERED(Kind.COUNTER, "rows that were kept out as dead letters"),
  ROWS_WARNED(Kind.COUNTER, "times that a row did not pass a check that only warns"),
  ROWS_INSERTED(Kind.COUNTER, "rows that the commit added to the table"),
  ROWS_UPDATED(Kind.COUNTER, "rows that the commit replaced"),
  VALUES_ROUNDED(Kind.COUNTER, "values that lost digits, as value_policies allows"),
  BYTES_WRITTEN(Kind.COUNTER, "bytes of load files"),
  BYTES_PROCESSED(Kind.COUNTER, "bytes that the destination processed for the commit"),
  SPLIT_ROWS(Kind.DISTRIBUTION, "rows of each split"),
  SPLIT_MILLISECONDS(Kind.DISTRIBUTION, "how long each split took to read and write"),
  WATERMARK_LAG_SECONDS(
      Kind.DISTRIBUTION,
      "how far each source's published window ends behind the time of the commit; with cursors of"
          + " timestamps and dates only");

  /** Of all of them. */
  public static final String NAMESPACE = "deltaflow";

  private final Kind kind;
  private final String description;

  RunMetric(Kind kind, String description) {
    this.kind = kind;
    this.description = description;
  }

  /** Beam's kinds. */
  public enum Kind {
    COUNTER,
    DISTRIBUTION
  }

  /** As Beam, Dataflow and Cloud Monitoring show it, such as {@code rows_read}. */
  public String metricName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public Kind kind() {
    return kind;
  }

  public String description() {
    return description;
  }
}
