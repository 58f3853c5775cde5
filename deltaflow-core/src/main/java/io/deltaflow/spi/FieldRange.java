package io.deltaflow.spi;

/**
 * Values of a field, both of one kind.
 *
 * @param smallest inclusive
 * @param largest inclusive
 */
public record FieldRange(CursorPosition smallest, CursorPosition largest) {}
