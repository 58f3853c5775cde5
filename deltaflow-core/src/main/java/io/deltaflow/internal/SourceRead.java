package io.deltaflow.internal;

import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Source;
import java.io.Serializable;

/** One source of a run and what to read of it. */
record SourceRead(Source source, ReadRequest request) implements Serializable {}
