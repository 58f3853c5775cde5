package io.deltaflow.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chance finds what nobody thought of. */
final class SoakTest {
  private static final long SEED = Long.getLong("soak.seed", System.nanoTime());
  private static final Duration MINUTES = Duration.ofMinutes(Long.getLong("soak.minutes", 10));

  private SyncBed bed;

  @BeforeEach
  void start() {
    System.out.println("soak: -Dsoak.seed=" + SEED);
    bed = SyncBed.start();
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  @Test
  @Tag("scenario")
  void aShortSoakLosesAndDoublesNothing() {
    Soak soak = new Soak(bed, "postgresql", SEED, Duration.ofSeconds(20));
    soak.run(Duration.ZERO);
    assertThat(soak.figures().committed.get()).isPositive();
    assertThat(soak.figures().runs.get()).isPositive();
  }

  @Test
  @Tag("soak")
  void aLongSoakLosesAndDoublesNothing() {
    new Soak(bed, "postgresql", SEED, Duration.ofMinutes(1)).run(MINUTES);
  }

  @Test
  @Tag("scenario")
  void aWindowThatEndsAtThePresentMomentIsFoundOut() {
    Soak soak = new Soak(bed, "unsafe", SEED, Duration.ofSeconds(20));
    assertThatThrownBy(() -> soak.run(Duration.ofMinutes(5)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("rows lost");
  }
}
