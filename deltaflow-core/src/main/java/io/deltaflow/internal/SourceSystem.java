package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.destination.StoredWatermark;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;

/** Whether a watermark is of the system that is read: names alone do not tell two servers apart. */
record SourceSystem(ConnectorConfig options, Source source) {
  private static final String FLAG = "--" + SyncOptions.ACCEPT_SOURCE_SYSTEM.name();

  void check(StoredWatermark stored, UpperBound bound, List<String> warnings) {
    if (stored.system().isEmpty() || stored.system().equals(bound.system())) {
      return;
    }
    String before = stored.system().get();
    if (bound.system().isEmpty()) {
      warnings.add(
          "the identifier of the source's system cannot be read, so it is not known whether this is"
              + " still the system "
              + before
              + ", which the last run read from");
      return;
    }
    String now = bound.system().get();
    String accepted = options.find(SyncOptions.ACCEPT_SOURCE_SYSTEM).orElse("");
    if (!accepted.equals(now)) {
      throw new ConfigurationException(refusal(stored, before, now, accepted));
    }
    warnings.add(
        "the source's system is now " + now + ", and was " + before + ", as " + FLAG + " accepts");
  }

  private String refusal(StoredWatermark stored, String before, String now, String accepted) {
    return source.description()
        + " is read from the system "
        + now
        + ", and this sync's watermark, "
        + stored.position()
        + ", is of the system "
        + before
        + ": on another server it says nothing about which rows are new. If this server holds the"
        + " same data (an upgrade or a move), give "
        + FLAG
        + "="
        + now
        + (accepted.isEmpty() ? "" : " instead of " + accepted)
        + "; else read from the former server, or write to another table";
  }
}
