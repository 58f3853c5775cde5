package io.deltaflow.destination;

import java.time.temporal.ChronoUnit;

/**
 * How many partitions the target can have.
 *
 * @param field of the source, whose values decide on the partition
 * @param unit of time of UTC that shares one partition: HOURS, DAYS, MONTHS or YEARS
 * @param most partitions of a table
 */
public record PartitionLimit(String field, ChronoUnit unit, long most) {}
