package io.deltaflow.internal;

import io.deltaflow.spi.Source;

/**
 * A source of a run.
 *
 * @param name of its connector
 */
public record NamedSource(String name, Source source) {}
