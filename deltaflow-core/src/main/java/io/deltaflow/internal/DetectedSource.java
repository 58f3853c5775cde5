package io.deltaflow.internal;

import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.Source;

/**
 * One source of a run, on the launcher.
 *
 * @param name of its connector
 * @param id what its watermark is kept under
 * @param declared as the source gives it
 * @param detected as it is read, after the policies for values
 */
record DetectedSource(
    String name, Source source, String id, DetectedSchema declared, DetectedSchema detected) {}
