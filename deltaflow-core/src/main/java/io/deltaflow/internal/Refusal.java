package io.deltaflow.internal;

import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.InternalException;
import io.deltaflow.spi.error.RefusedRunException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * That a run will not be published, and why: a file in its folder, for attempts that follow or are
 * at work at once.
 */
record Refusal(String folder) {
  /** Fails when an attempt of the run was refused. */
  void check() {
    found()
        .ifPresent(
            why -> {
              throw new RefusedRunException(why);
            });
  }

  /**
   * The refusal that a failure is, or that is its cause; it holds from now on. Empty also when that
   * cannot be told or written down.
   */
  Optional<RefusedRunException> settle(DestinationException failure) {
    try {
      if (failure instanceof RefusedRunException refused) {
        RunFiles.writeOnce(path(), refused.getMessage().getBytes(StandardCharsets.UTF_8));
        return Optional.of(refused);
      }
      return found().map(why -> new RefusedRunException(why, failure));
    } catch (IOException | InternalException e) {
      failure.addSuppressed(e);
      return Optional.empty();
    }
  }

  private Optional<String> found() {
    try {
      return Optional.of(new String(RunFiles.read(path()), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new InternalException("could not read " + path(), e);
    }
  }

  private String path() {
    return folder + "refused.txt";
  }
}
