package io.deltaflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What became of one run, or what was done to a sync by hand; from the ledger that stands beside
 * each destination table.
 *
 * @param runId the run's id, or that of the command
 * @param epoch of the sync's state afterwards; of a refused run that which it was planned from
 * @param detail why a run was refused, or what a command did; null for published runs
 * @param writeDisposition null for commands
 * @param sources what was read, or up to where a table was adopted; empty after a reset
 * @param maximumPublished the largest cursor of any row that the sync has published; null when it
 *     is not known
 * @param started by the launcher's clock
 * @param ended by the destination's clock
 */
public record LedgerEntry(
    @JsonProperty("run_id") String runId,
    @JsonProperty("sync_id") String syncId,
    @JsonProperty("epoch") long epoch,
    @JsonProperty("outcome") Outcome outcome,
    @JsonProperty("detail") String detail,
    @JsonProperty("write_disposition") String writeDisposition,
    @JsonProperty("sources") List<SourceRead> sources,
    @JsonProperty("rows") Rows rows,
    @JsonProperty("bytes") Bytes bytes,
    @JsonProperty("maximum_published") String maximumPublished,
    @JsonProperty("started") @JsonSerialize(using = ToStringSerializer.class) Instant started,
    @JsonProperty("ended") @JsonSerialize(using = ToStringSerializer.class) Instant ended) {

  /** What happened. */
  public enum Outcome {
    /** The run's rows and its watermark are in the destination. */
    @JsonProperty("published")
    PUBLISHED,
    /** The run came to its publish and changed nothing. */
    @JsonProperty("refused")
    REFUSED,
    /** The sync's watermark was removed. */
    @JsonProperty("reset")
    RESET,
    /** The sync's watermark was set by hand. */
    @JsonProperty("adopted")
    ADOPTED;

    /** As the ledger stores it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * {@code lo <= cursor < hi} of one source.
   *
   * @param cursor null when the source was read without a window; then so are lo and hi
   * @param lo null from the beginning
   */
  public record SourceRead(
      @JsonProperty("source") String source,
      @JsonProperty("cursor") String cursor,
      @JsonProperty("lo") String lo,
      @JsonProperty("hi") String hi) {}

  /** Counts of rows; of a run that was refused only those that were read. */
  public record Rows(
      @JsonProperty("read") long read,
      @JsonProperty("staged") long staged,
      @JsonProperty("inserted") long inserted,
      @JsonProperty("updated") long updated,
      @JsonProperty("deleted") long deleted,
      @JsonProperty("dead_lettered") long deadLettered) {}

  /**
   * What moving the rows took.
   *
   * @param staged of the load files
   * @param lookup processed for finding where the rows to merge were
   * @param merge processed for merging
   */
  public record Bytes(
      @JsonProperty("staged") long staged,
      @JsonProperty("lookup") long lookup,
      @JsonProperty("merge") long merge) {}

  public LedgerEntry {
    sources = List.copyOf(sources);
  }
}
