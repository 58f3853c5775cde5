package io.deltaflow.transform;

/** Makes one value of a column another one. Safe for use by several threads. */
@FunctionalInterface
interface Step {
  /**
   * @param value never null
   * @return may be null
   * @throws io.deltaflow.spi.error.BadValueException when this value has no counterpart
   */
  Object apply(Object value);
}
