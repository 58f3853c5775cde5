package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.SyncOptions.ValuePolicy;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.error.BadValueException;
import java.io.Serializable;
import java.util.Set;

/**
 * Which rows that do not fit are kept as dead letters; any other fails the run at once.
 *
 * @param most rows that a run may keep out
 * @param kept columns whose unfit values always make a dead letter
 * @param failing columns whose unfit values always fail the run
 * @param keepsFailed whether a check keeps rows out
 */
record BadRowPolicy(long most, Set<String> kept, Set<String> failing, boolean keepsFailed)
    implements Serializable {
  /** How many more a split keeps of a run that will be refused anyway, for people to look at. */
  private static final long MORE = 100;

  BadRowPolicy {
    kept = Set.copyOf(kept);
    failing = Set.copyOf(failing);
  }

  static BadRowPolicy of(ConnectorConfig options, ValuePolicies policies, DetectedSources sources) {
    return new BadRowPolicy(
        options.get(SyncOptions.MAX_BAD_RECORDS),
        sources.fields(policies, ValuePolicy.DEAD_LETTER),
        sources.fields(policies, ValuePolicy.FAIL),
        sources.checks().keepsRowsOut());
  }

  /** Whether there can be dead letters at all. */
  boolean keepsAny() {
    return most > 0 || !kept.isEmpty() || keepsFailed;
  }

  boolean keeps(BadValueException failure) {
    return kept.contains(failure.column()) || most > 0 && !failing.contains(failure.column());
  }

  /** Whether a split with so many need not be read on. */
  boolean isHopeless(long bad) {
    return bad - MORE >= most;
  }
}
