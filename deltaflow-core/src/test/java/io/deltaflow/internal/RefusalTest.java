package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.error.DestinationException;
import io.deltaflow.spi.error.RefusedRunException;
import io.deltaflow.spi.error.StaleRunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalTest {
  @TempDir private Path folder;

  private Refusal attempt() {
    return new Refusal(folder + "/");
  }

  @Test
  void attemptsAfterARefusalFailWithItsReasonAtOnce() {
    assertThatCode(() -> attempt().check()).doesNotThrowAnyException();
    assertThat(attempt().settle(new StaleRunException("another run was first"))).isPresent();
    assertThatThrownBy(() -> attempt().check())
        .isInstanceOf(RefusedRunException.class)
        .hasMessage("another run was first");
  }

  @Test
  void aRefusalThatCannotBeWrittenDownIsNotFinalAndHidesNothing() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    RefusedRunException refused = new RefusedRunException("the table has rows");
    assertThat(new Refusal(file + "/").settle(refused)).isEmpty();
    assertThat(refused.getSuppressed()).hasSize(1);
  }

  @Test
  void anAttemptThatMissesItsStagingTellsTheReasonOfTheRefusal() {
    DestinationException gone = new DestinationException("the staging table t is gone");
    assertThat(attempt().settle(gone)).isEmpty();
    attempt().settle(new RefusedRunException("the table has rows"));
    assertThat(attempt().settle(gone))
        .get()
        .satisfies(r -> assertThat(r).hasMessage("the table has rows").hasCauseReference(gone));
  }
}
