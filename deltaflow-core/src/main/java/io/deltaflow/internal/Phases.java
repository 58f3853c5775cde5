package io.deltaflow.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long the steps of some work took, in their order, by this JVM's monotonic clock. */
final class Phases {
  private final Map<String, Long> nanos = new LinkedHashMap<>();
  private long since = System.nanoTime();

  /** What was done since the last end, or since this was made, was of this phase. */
  void end(String phase) {
    long now = System.nanoTime();
    nanos.merge(phase, now - since, Long::sum);
    since = now;
  }

  /** Seconds, to the millisecond. */
  Map<String, Double> seconds() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    nanos.forEach((phase, n) -> seconds.put(phase, TimeUnit.NANOSECONDS.toMillis(n) / 1000.0));
    return seconds;
  }
}
