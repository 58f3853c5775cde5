package io.deltaflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.deltaflow.spi.error.InternalException;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run did; written as JSON to {@code --report} and printed by the command line.
 *
 * @param runId the run's id, also in the ledger, job ids and staging names
 * @param sources one by one
 * @param valuesRounded numbers that lost digits, in columns whose policy is to round
 * @param failedChecks how many rows did not pass each quality check that only warns
 * @param ddl of the table that the run created; null when it existed
 * @param schemaChanges to an existing table
 * @param seconds from launch to the end of the publish
 * @param phases where they went, in order: on the launcher {@code detect}, {@code inspect}, {@code
 *     window}, {@code plan}, {@code create}; {@code extract} until the last split was read, the
 *     runner's own start among it; {@code load}, {@code verify}, {@code publish}, {@code clean_up}.
 *     A run without rows loads and verifies nothing
 * @param bytes of the load files
 * @param bytesProcessed by the destination for the publish, as it is billed
 * @param bytesLookup of them for finding the partitions of the rows to merge, which grow with the
 *     table's key and partition columns
 * @param bytesMerge of them for merging, which grow with the partitions that are touched
 * @param warnings lines for the user
 */
public record RunReport(
    @JsonProperty("run_id") String runId,
    @JsonProperty("sync_id") String syncId,
    @JsonProperty("sources") List<SourceReport> sources,
    @JsonProperty("destination") String destination,
    @JsonProperty("rows") Rows rows,
    @JsonProperty("values_rounded") long valuesRounded,
    @JsonProperty("failed_checks") Map<String, Long> failedChecks,
    @JsonProperty("ddl") String ddl,
    @JsonProperty("schema_changes") List<String> schemaChanges,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("phases") Map<String, Double> phases,
    @JsonProperty("bytes") long bytes,
    @JsonProperty("bytes_processed") long bytesProcessed,
    @JsonProperty("bytes_lookup") long bytesLookup,
    @JsonProperty("bytes_merge") long bytesMerge,
    @JsonProperty("warnings") List<String> warnings)
    implements Serializable {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  public RunReport {
    sources = List.copyOf(sources);
    failedChecks = failedChecks == null ? Map.of() : new TreeMap<>(failedChecks);
    // A report that is read may be of a release without them.
    phases = phases == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(phases));
  }

  /** Of the first source, which mostly is the only one; null without Smart Sync. */
  public WindowReport window() {
    return sources.get(0).window();
  }

  /**
   * What was read of one source.
   *
   * @param window null without Smart Sync
   * @param read rows
   * @param deferred rows for a later run; negative when not counted
   * @param serverSide whether the destination moved the rows itself, so that none passed a worker
   */
  public record SourceReport(
      @JsonProperty("source") String source,
      @JsonProperty("window") WindowReport window,
      @JsonProperty("read") long read,
      @JsonProperty("deferred") long deferred,
      @JsonProperty("server_side") boolean serverSide)
      implements Serializable {
    /** Of rows that workers read. */
    public SourceReport(String source, WindowReport window, long read, long deferred) {
      this(source, window, read, deferred, false);
    }
  }

  /**
   * {@code lo <= cursor < hi}.
   *
   * @param lo null from the beginning
   * @param reason why hi is where it is
   */
  public record WindowReport(
      @JsonProperty("cursor") String cursor,
      @JsonProperty("lo") String lo,
      @JsonProperty("hi") String hi,
      @JsonProperty("reason") String reason)
      implements Serializable {}

  /**
   * Counts of rows.
   *
   * @param deferred at or above the window's end, for a later run; negative when not counted
   */
  public record Rows(
      @JsonProperty("read") long read,
      @JsonProperty("staged") long staged,
      @JsonProperty("inserted") long inserted,
      @JsonProperty("updated") long updated,
      @JsonProperty("deferred") long deferred,
      @JsonProperty("dead_lettered") long deadLettered)
      implements Serializable {}

  public static RunReport fromJson(String json) {
    try {
      return JSON.readValue(json, RunReport.class);
    } catch (JsonProcessingException e) {
      throw new InternalException("a run's report is no valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new InternalException("a run's report could not be written as JSON", e);
    }
  }
}
