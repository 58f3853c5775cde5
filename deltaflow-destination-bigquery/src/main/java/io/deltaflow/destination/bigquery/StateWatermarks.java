package io.deltaflow.destination.bigquery;

import io.deltaflow.spi.StoredWatermark;
import io.deltaflow.spi.WatermarkKey;
import io.deltaflow.spi.WatermarkStore;
import io.deltaflow.spi.error.InternalException;
import java.time.Duration;
import java.util.Optional;
import org.apache.beam.sdk.options.PipelineOptions;

/** Reads watermarks from the state table. Used on the launcher, where it was made. */
final class StateWatermarks implements WatermarkStore {
  private static final long serialVersionUID = 1L;

  private final Tables tables;
  private final Duration patience;
  private final transient PipelineOptions options;

  StateWatermarks(Tables tables, Duration patience, PipelineOptions options) {
    this.tables = tables;
    this.patience = patience;
    this.options = options;
  }

  @Override
  public Optional<StoredWatermark> load(WatermarkKey key) {
    if (options == null) {
      throw new InternalException("watermarks are read on the launcher only");
    }
    BigQueryApi api = BigQueryApi.of(options, tables.target().project(), patience);
    return new StateStore(api, tables)
        .row(key.syncId())
        .flatMap(
            r ->
                Optional.ofNullable(
                    Watermarks.parse(r.watermarks(), r.epoch(), tables.state()).get(key.source())));
  }
}
