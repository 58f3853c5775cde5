package io.deltaflow.internal;

import io.deltaflow.spi.Split;
import java.io.Serializable;

/** One split to read: the element that a reader works on. */
record SplitTask(int source, int index, Split split) implements Serializable {}
