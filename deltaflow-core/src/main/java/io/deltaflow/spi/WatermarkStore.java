package io.deltaflow.spi;

import java.io.Serializable;
import java.util.Optional;

/**
 * Where the last watermark is read; launcher. Committing it is part of the destination's publish,
 * never a call of its own, so that data and watermark move together or not at all.
 */
public interface WatermarkStore extends Serializable {
  /**
   * The last published watermark.
   *
   * @return empty only when it is certain that there is none
   * @throws io.deltaflow.spi.error.DestinationException when it cannot be read, which is never
   *     taken for «none»
   */
  Optional<StoredWatermark> load(WatermarkKey key);
}
