package io.deltaflow.spi;

import java.io.Serializable;

/**
 * A part of a read that one reader reads alone. Written to the run's plan as text, so keep it to a
 * few hundred characters; no secrets.
 *
 * @param spec what the source needs to find the rows again, in a form of its own
 * @param estimatedRows negative when unknown
 */
public record Split(String spec, long estimatedRows) implements Serializable {}
