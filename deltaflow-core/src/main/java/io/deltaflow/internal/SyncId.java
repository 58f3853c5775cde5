package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.destination.Destination;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.Source;

/** The name under which the destination keeps a sync's watermark. */
public final class SyncId {
  private SyncId() {}

  /** As given, or made of source and destination. */
  public static String of(ConnectorConfig options, Source source, Destination destination) {
    return options
        .find(SyncOptions.SYNC_ID)
        .orElse(source.identity() + " -> " + destination.identity());
  }
}
