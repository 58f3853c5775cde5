package io.deltaflow;

import io.deltaflow.destination.Destination;
import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A destination, and perhaps the name of one of its syncs, without a source: for what is asked or
 * done beside the runs. Contacts nothing.
 */
public final class DestinationSpec {
  private final Destination destination;
  private final Optional<String> syncId;
  private final boolean dryRun;

  private DestinationSpec(Destination destination, Optional<String> syncId, boolean dryRun) {
    this.destination = destination;
    this.syncId = syncId;
    this.dryRun = dryRun;
  }

  /** From flags by their names without dashes, with what is on the class path. */
  public static DestinationSpec fromFlags(Map<String, String> flags) {
    return fromFlags(flags, OptionCatalog.discover());
  }

  /**
   * From flags by their names without dashes: the destination's, {@code sync_id} and {@code
   * dry_run}. Any other flag of a run may be there and is not looked at.
   *
   * @throws ConfigurationException with every problem at once: unknown flags with a suggestion,
   *     missing ones, values that do not parse
   */
  public static DestinationSpec fromFlags(Map<String, String> flags, OptionCatalog catalog) {
    List<String> problems = new ArrayList<>();
    Map<String, String> texts = new LinkedHashMap<>(flags);
    SyncSpec.refuseUnknown(texts, catalog, problems);
    DestinationProvider provider = catalog.destination();
    ParsedConfig config =
        ParsedConfig.parse(provider.flagPrefix(), provider.options(), texts, problems);
    ParsedConfig run =
        ParsedConfig.parse("", List.of(SyncOptions.SYNC_ID, SyncOptions.DRY_RUN), texts, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new DestinationSpec(
        provider.open(config), run.find(SyncOptions.SYNC_ID), run.get(SyncOptions.DRY_RUN));
  }

  public Destination destination() {
    return destination;
  }

  /** Empty when none was named. */
  public Optional<String> syncId() {
    return syncId;
  }

  /** Whether nothing may be changed. */
  boolean dryRun() {
    return dryRun;
  }

  @Override
  public String toString() {
    return syncId.map(id -> id + " in ").orElse("") + destination.description();
  }
}
