package io.deltaflow.fault;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * This machine's clock, which is right only by chance: names of folders, expiries and durations may
 * come from it, windows never do. A test may put it wrong, with {@link #shift} or, for a process of
 * its own, with the system property {@value #PROPERTY}.
 */
public final class MachineClock {
  /** How far the clock is ahead, as an ISO duration such as {@code PT1H} or {@code -P8D}. */
  public static final String PROPERTY = "deltaflow.clock.shift";

  private static final AtomicReference<Duration> AHEAD =
      new AtomicReference<>(Duration.parse(System.getProperty(PROPERTY, "PT0S")));

  private MachineClock() {}

  /** A shift until it is closed. */
  public interface Shift extends AutoCloseable {
    @Override
    void close();
  }

  /** The time that it shows. */
  public static Instant now() {
    return Instant.now().plus(AHEAD.get());
  }

  /** Puts it ahead of the true time, or behind, for this process and until closed. */
  public static Shift shift(Duration ahead) {
    Duration before = AHEAD.getAndSet(ahead);
    return () -> AHEAD.set(before);
  }
}
