package io.deltaflow.spi;

import java.io.Serializable;

/**
 * Whose watermark: one sync, one of its sources.
 *
 * @param syncId the sync
 * @param source {@link Source#identity}
 */
public record WatermarkKey(String syncId, String source) implements Serializable {}
