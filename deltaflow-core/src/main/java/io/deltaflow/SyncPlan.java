package io.deltaflow;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.deltaflow.spi.RequiredAccess;
import io.deltaflow.spi.error.InternalException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run would do if it were launched now: made by the code that plans runs, from what sources
 * and destination hold at this moment, and without changing anything. Holds no secrets.
 *
 * @param syncId under which the destination keeps the watermarks
 * @param sources one by one
 * @param destination for people
 * @param effect what becomes of the destination table, for people
 * @param ddl statements that create or alter it, in order; empty when it stays as it is
 * @param columns of the destination that are written
 * @param writeDisposition as given
 * @param mergeKeys fields that identify a row; empty when nothing is merged
 * @param publish the script that would make the rows visible; {@code {run_id}}, {@code {rows}} and
 *     other words in braces stand for what only the run knows
 * @param cost bytes that the destination would process
 * @param access what the account that runs the sync needs
 * @param warnings lines for the user
 */
public record SyncPlan(
    @JsonProperty("sync_id") String syncId,
    @JsonProperty("sources") List<SourcePlan> sources,
    @JsonProperty("destination") String destination,
    @JsonProperty("effect") String effect,
    @JsonProperty("ddl") List<String> ddl,
    @JsonProperty("columns") List<ColumnPlan> columns,
    @JsonProperty("write_disposition") String writeDisposition,
    @JsonProperty("merge_keys") List<String> mergeKeys,
    @JsonProperty("publish") String publish,
    @JsonProperty("cost") Cost cost,
    @JsonProperty("access") List<RequiredAccess> access,
    @JsonProperty("warnings") List<String> warnings) {
  /** US dollars per TiB: BigQuery's list price on demand in its region US since July 2023. */
  public static final BigDecimal LIST_PRICE = new BigDecimal("6.25");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  public SyncPlan {
    sources = List.copyOf(sources);
    ddl = List.copyOf(ddl);
    columns = List.copyOf(columns);
    mergeKeys = List.copyOf(mergeKeys);
    access = List.copyOf(access);
    warnings = List.copyOf(warnings);
  }

  /**
   * What would be read of one source.
   *
   * @param window null without Smart Sync
   * @param serverSide whether the destination moves the rows itself, so that there are no splits
   * @param splits how many; null when only the read itself tells
   * @param cut by what, for people
   * @param connectionsPerWorker at most; null when the connector does not say
   * @param connections of all workers together, at most; null when not known
   * @param estimatedRows null when not known
   * @param estimatedBytes as the source keeps them; null when not known
   * @param deferred rows for a later run; negative when not counted
   */
  public record SourcePlan(
      @JsonProperty("source") String source,
      @JsonProperty("window") WindowPlan window,
      @JsonProperty("server_side") boolean serverSide,
      @JsonProperty("splits") Integer splits,
      @JsonProperty("cut") String cut,
      @JsonProperty("connections_per_worker") Integer connectionsPerWorker,
      @JsonProperty("connections") Integer connections,
      @JsonProperty("estimated_rows") Long estimatedRows,
      @JsonProperty("estimated_bytes") Long estimatedBytes,
      @JsonProperty("deferred") long deferred) {}

  /**
   * {@code lo <= cursor < hi}.
   *
   * @param incremental whether the sync goes on from where its last run ended
   * @param lo null from the beginning
   * @param origin why it begins there
   * @param reason why it ends there
   */
  public record WindowPlan(
      @JsonProperty("cursor") String cursor,
      @JsonProperty("incremental") boolean incremental,
      @JsonProperty("lo") String lo,
      @JsonProperty("hi") String hi,
      @JsonProperty("origin") String origin,
      @JsonProperty("reason") String reason) {}

  /**
   * One column of the destination.
   *
   * @param sourceTypes one per source, as the source calls it; null where a source has no such
   *     field, {@code computed} where a transformation makes it
   * @param type of the destination
   * @param misfits what becomes of values that the type does not hold, such as {@code fail}, {@code
   *     round} or {@code dead_letter}; {@code string} when all are carried as text; null when every
   *     value of the source's type is held
   */
  public record ColumnPlan(
      @JsonProperty("name") String name,
      @JsonProperty("source_types") List<String> sourceTypes,
      @JsonProperty("type") String type,
      @JsonProperty("misfits") String misfits) {}

  /**
   * Bytes that BigQuery would process, and bill where it bills by bytes. Loading is free.
   *
   * @param moved of the source, by the query that moves the rows; 0 when none does
   * @param staged of the new rows, which the publish reads, about; null when not known
   * @param lookup for finding where the rows to merge are now
   * @param mergeLeast of the table for merging, when every row is new
   * @param mergeMost of the table for merging, when the rows to change are in all partitions
   */
  public record Cost(
      @JsonProperty("moved") long moved,
      @JsonProperty("staged") Long staged,
      @JsonProperty("lookup") long lookup,
      @JsonProperty("merge_least") long mergeLeast,
      @JsonProperty("merge_most") long mergeMost) {}

  /** With more that the account needs, such as a runner's. */
  public SyncPlan withAccess(List<RequiredAccess> more) {
    List<RequiredAccess> all = new ArrayList<>(access);
    more.stream().filter(a -> !all.contains(a)).forEach(all::add);
    return new SyncPlan(
        syncId,
        sources,
        destination,
        effect,
        ddl,
        columns,
        writeDisposition,
        mergeKeys,
        publish,
        cost,
        all,
        warnings);
  }

  /** For machines; names and meanings stay. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new InternalException("a plan could not be written as JSON", e);
    }
  }

  /**
   * For people, in lines of at most 100 characters where words allow it; may change in any release.
   *
   * @param usdPerTib what a TiB that is processed costs, in US dollars
   */
  public String toText(BigDecimal usdPerTib) {
    return new PlanText(this, usdPerTib).text();
  }

  /** For people, with {@link #LIST_PRICE}. */
  @Override
  public String toString() {
    return toText(LIST_PRICE);
  }
}
