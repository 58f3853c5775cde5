package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.destination.Destination;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.Source;

/** The names under which the destination keeps watermarks. */
final class SyncId {
  private SyncId() {}

  /** A source's. */
  static String ofSource(Source source, DetectedSchema detected) {
    return detected.identity().orElse(source.identity());
  }

  /** The sync's: as given, or made of source and destination. */
  static String of(ConnectorConfig options, String sourceId, Destination destination) {
    return options.find(SyncOptions.SYNC_ID).orElse(sourceId + " -> " + destination.identity());
  }
}
