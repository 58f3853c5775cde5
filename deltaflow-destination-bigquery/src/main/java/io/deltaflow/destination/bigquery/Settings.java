package io.deltaflow.destination.bigquery;

import java.io.Serializable;
import java.time.Duration;

/**
 * What {@link BigQueryDestinationOptions} say beside the names.
 *
 * @param maximumBytesBilled for one query job; null without a limit
 * @param partitionFieldImmutable whether updates leave rows in their partitions
 */
record Settings(Duration stagingExpiry, Long maximumBytesBilled, boolean partitionFieldImmutable)
    implements Serializable {}
