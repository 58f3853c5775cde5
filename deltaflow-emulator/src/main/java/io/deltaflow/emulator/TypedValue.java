package io.deltaflow.emulator;

import com.google.zetasql.Type;

/**
 * A value of a query parameter, a script variable or an expression, in the Java types of {@link
 * CellValues}.
 */
record TypedValue(Type type, Object value) {}
