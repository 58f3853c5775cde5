package io.deltaflow.transform;

import java.util.Map;
import java.util.Set;

/** The text of a calculated field, parsed; which types its fields have is not known yet. */
interface Expression {
  /** All names in it, some of which may be no fields. */
  Set<String> names();

  /**
   * @param column the calculated field, for messages
   * @param fields those that there are
   * @throws UnknownFieldException when it uses another
   * @throws IllegalArgumentException when it does not fit the types of its fields
   */
  Calculation compile(String column, Map<String, Calculation.Slot> fields);

  /** An expression uses a field that is not there. */
  final class UnknownFieldException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private final String field;

    UnknownFieldException(String field) {
      super("there is no field '" + field + "'");
      this.field = field;
    }

    String field() {
      return field;
    }
  }
}
