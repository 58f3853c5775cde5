package io.deltaflow.transform;

import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * A calculated field.
 *
 * @param type of its values; null when that shows in each row only
 * @param function what gives them
 */
record Calculation(FieldType type, Function function) {
  /** Safe for use by several threads. */
  @FunctionalInterface
  interface Function {
    /**
     * @param slots all values of the row, see {@link Slot}
     * @throws io.deltaflow.spi.error.BadValueException when these values have no result
     */
    Object value(Object[] slots);
  }

  /**
   * Where an expression finds a field.
   *
   * @param index among all values of a row
   */
  record Slot(int index, FieldType type) {}
}
