package io.deltaflow.internal;

import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.SourceException;
import java.io.IOException;
import org.apache.beam.sdk.util.BackOff;
import org.apache.beam.sdk.util.BackOffUtils;
import org.apache.beam.sdk.util.FluentBackoff;
import org.apache.beam.sdk.util.Sleeper;
import org.joda.time.Duration;

/** Reads a split again when it failed for a passing reason. */
final class SplitAttempts {
  private SplitAttempts() {}

  /** One attempt; leaves nothing behind when it fails. */
  interface Attempt<T> {
    T run() throws IOException;
  }

  static <T> T run(String what, int maxRetries, Attempt<T> attempt)
      throws IOException, InterruptedException {
    BackOff backOff =
        FluentBackoff.DEFAULT
            .withInitialBackoff(Duration.millis(200))
            .withMaxRetries(Math.max(0, maxRetries - 1))
            .backoff();
    while (true) {
      try {
        return attempt.run();
      } catch (SourceException e) {
        if (!e.isPassing() || !BackOffUtils.next(Sleeper.DEFAULT, backOff)) {
          throw e;
        }
      } catch (RunFileException e) {
        if (!e.isPassing() || !BackOffUtils.next(Sleeper.DEFAULT, backOff)) {
          throw e;
        }
      } catch (BadValueException e) {
        throw new BadValueException(
            e.column(),
            e.problem()
                + " (in "
                + what
                + "); correct the value, or choose another --value_policies for the column",
            e);
      }
    }
  }
}
