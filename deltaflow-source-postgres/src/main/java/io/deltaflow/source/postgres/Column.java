package io.deltaflow.source.postgres;

/**
 * A column of a table or of a query's result.
 *
 * @param modifier atttypmod, -1 for none
 * @param dimensions as declared for an array; 0 when unknown
 * @param description null for none
 */
record Column(
    String name, int type, int modifier, int dimensions, boolean notNull, String description) {}
