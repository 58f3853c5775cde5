package io.deltaflow.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Steps of a run at which a test may halt the process, as a power cut would, or do something else.
 *
 * <p>The system property {@value #PROPERTY} names the point to halt at, as {@code name}, or {@code
 * name:n} for the n-th time that it is reached in the process. A test that runs in the same process
 * gives an action instead: {@link #on}. Without either a call costs two comparisons.
 *
 * <p>Connectors may use the points here for steps of their own, or names that begin with their own.
 */
public final class CrashPoints {
  /** {@code name} or {@code name:n}. */
  public static final String PROPERTY = "deltaflow.crash";

  /** The status of a process that was halted at a point; that of one that was killed. */
  public static final int EXIT_STATUS = 137;

  /** Launcher: state, ledger and target are there, nothing else is. */
  public static final String AFTER_CREATE = "after-create";

  /** Launcher: plan and secrets are written, the pipeline is not submitted. */
  public static final String AFTER_PLAN = "after-plan";

  /**
   * Worker: after every thousand rows of a split, and after its last before its files are whole.
   */
  public static final String MID_SPLIT = "mid-split";

  /** Worker: the files of a split are whole, their names not yet committed. */
  public static final String AFTER_SPLIT = "after-split";

  /** Worker: the list of files is settled, nothing is loaded. */
  public static final String AFTER_SETTLE = "after-settle";

  /** Worker: the rows that do not fit are in their table; reached when there are some. */
  public static final String AFTER_DEAD_LETTERS = "after-dead-letters";

  /** Worker: a load job was begun. */
  public static final String AFTER_LOAD_BEGUN = "after-load-begun";

  /** Worker: half of the load jobs, at least one, were begun. */
  public static final String HALF_LOADS_BEGUN = "half-loads-begun";

  /** Worker: parts of files that were refused are being loaded, to find the rows; reached then. */
  public static final String AFTER_PARTS_BEGUN = "after-parts-begun";

  /** Worker: the load of what was not refused was begun. */
  public static final String AFTER_REST_BEGUN = "after-rest-begun";

  /** Worker: the rows that the destination refused are in their table; reached when there are. */
  public static final String AFTER_REFUSED_ROWS = "after-refused-rows";

  /** Worker: all load jobs have ended well. */
  public static final String BEFORE_VERIFY = "before-verify";

  /** Worker: files, load jobs and staging agree. */
  public static final String AFTER_VERIFY = "after-verify";

  /** Worker: the job that commits was accepted, how it ends is not known. */
  public static final String AFTER_PUBLISH_BEGUN = "after-publish-begun";

  /** Worker: the rows are visible, or a new table waits to take the target's place. */
  public static final String AFTER_COMMIT = "after-commit";

  /** Worker or launcher: the old table was dropped, the new one is not yet in its place. */
  public static final String AFTER_TARGET_DROPPED = "after-target-dropped";

  /** Worker or launcher: the new table is in the target's place, the state does not say so yet. */
  public static final String AFTER_TARGET_SWAPPED = "after-target-swapped";

  /** Worker: nothing but clean-up and the report is left. */
  public static final String AFTER_PUBLISH = "after-publish";

  /** Worker: staging is dropped, the run's files are there. */
  public static final String MID_CLEAN_UP = "mid-clean-up";

  /** Worker: all is cleaned up, the report is not written. */
  public static final String AFTER_CLEAN_UP = "after-clean-up";

  /** Every point of the engine and of the BigQuery destination, in the order of a run. */
  public static final List<String> ALL =
      List.of(
          AFTER_CREATE,
          AFTER_PLAN,
          MID_SPLIT,
          AFTER_SPLIT,
          AFTER_SETTLE,
          AFTER_DEAD_LETTERS,
          AFTER_LOAD_BEGUN,
          HALF_LOADS_BEGUN,
          AFTER_PARTS_BEGUN,
          AFTER_REST_BEGUN,
          AFTER_REFUSED_ROWS,
          BEFORE_VERIFY,
          AFTER_VERIFY,
          AFTER_PUBLISH_BEGUN,
          AFTER_COMMIT,
          AFTER_TARGET_DROPPED,
          AFTER_TARGET_SWAPPED,
          AFTER_PUBLISH,
          MID_CLEAN_UP,
          AFTER_CLEAN_UP);

  private static final String HALT_AT = System.getProperty(PROPERTY);
  private static final AtomicLong LEFT = new AtomicLong(times(HALT_AT));
  private static final List<Action> ACTIONS = new CopyOnWriteArrayList<>();

  private CrashPoints() {}

  /** An action until it is closed. */
  public interface Hook extends AutoCloseable {
    @Override
    void close();
  }

  private record Action(String point, Runnable what) implements Hook {
    @Override
    public void close() {
      ACTIONS.removeIf(a -> a == this);
    }
  }

  /**
   * The process has come to a point. Called by the engine, destinations and sources.
   *
   * @throws RuntimeException what an action of a test throws
   */
  public static void reach(String point) {
    if (HALT_AT != null && point.equals(name(HALT_AT)) && LEFT.decrementAndGet() == 0) {
      Runtime.getRuntime().halt(EXIT_STATUS);
    }
    if (!ACTIONS.isEmpty()) {
      ACTIONS.stream().filter(a -> a.point.equals(point)).forEach(a -> a.what.run());
    }
  }

  /**
   * Runs an action in this process each time a point is reached, on the thread that reaches it,
   * until closed. What it throws is the step's failure.
   */
  public static Hook on(String point, Runnable action) {
    Action added = new Action(point, action);
    ACTIONS.add(added);
    return added;
  }

  private static String name(String value) {
    int colon = value.indexOf(':');
    return colon < 0 ? value : value.substring(0, colon);
  }

  private static long times(String value) {
    return value == null || value.indexOf(':') < 0
        ? 1
        : Long.parseLong(value.substring(value.indexOf(':') + 1));
  }
}
