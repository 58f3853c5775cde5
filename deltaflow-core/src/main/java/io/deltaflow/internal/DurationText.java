package io.deltaflow.internal;

import java.time.Duration;

/** Durations as people say them. */
final class DurationText {
  private DurationText() {}

  /** In the largest unit that leaves nothing: {@code 2 h}, {@code 90 min}. */
  static String of(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds > 0 && seconds % 86_400 == 0) {
      return seconds / 86_400 + " d";
    }
    if (seconds > 0 && seconds % 3_600 == 0) {
      return seconds / 3_600 + " h";
    }
    return seconds > 0 && seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
