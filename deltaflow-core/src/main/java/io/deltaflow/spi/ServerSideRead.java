package io.deltaflow.spi;

import java.io.Serializable;

/**
 * A query that another system may run in the source's place.
 *
 * @param dialect such as {@code googlesql}
 * @param sql the whole query, window included
 * @param location where it must run, such as {@code EU}
 */
public record ServerSideRead(String dialect, String sql, String location) implements Serializable {}
