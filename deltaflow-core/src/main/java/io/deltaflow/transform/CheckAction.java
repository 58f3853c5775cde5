package io.deltaflow.transform;

import java.util.Locale;

/** What a failed check does, the mildest first. */
public enum CheckAction {
  /** It is counted and reported; the row is published. */
  WARN,
  /** The row goes to the dead letters instead of the table. */
  DEAD_LETTER,
  /** The run ends and publishes nothing. */
  FAIL;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
