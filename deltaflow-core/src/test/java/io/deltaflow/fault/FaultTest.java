package io.deltaflow.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class FaultTest {
  @Test
  void aShiftedClockIsAheadUntilTheShiftEnds() {
    try (MachineClock.Shift week = MachineClock.shift(Duration.ofDays(7))) {
      assertThat(week).isNotNull();
      assertThat(MachineClock.now()).isAfter(Instant.now().plus(Duration.ofDays(6)));
    }
    assertThat(MachineClock.now()).isBefore(Instant.now().plus(Duration.ofDays(1)));
  }

  @Test
  void anActionRunsEachTimeItsPointIsReachedUntilItIsClosed() {
    AtomicInteger reached = new AtomicInteger();
    try (CrashPoints.Hook hook = CrashPoints.on("mine", reached::incrementAndGet)) {
      assertThat(hook).isNotNull();
      CrashPoints.reach("mine");
      CrashPoints.reach("mine-too");
      CrashPoints.reach("mine");
    }
    CrashPoints.reach("mine");
    assertThat(reached).hasValue(2);
  }

  @Test
  void whatAnActionThrowsIsTheStepsFailure() {
    try (CrashPoints.Hook hook =
        CrashPoints.on(
            "mine",
            () -> {
              throw new IllegalStateException("lost");
            })) {
      assertThat(hook).isNotNull();
      assertThatThrownBy(() -> CrashPoints.reach("mine")).hasMessage("lost");
    }
  }
}
