package io.deltaflow.emulator;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Failures on demand, for tests of what a client does about them. A fault waits for the n-th call,
 * or the n-th job, that matches from the moment it is set up, then acts once (or as often as {@link
 * Fault#times} says). Thread-safe.
 *
 * <pre>{@code
 * emulator.faults().onCall("GET", "/projects/[^/]+/jobs/.*").fail("backendError");
 * emulator.faults().onJob("query").nth(2).fail("rateLimitExceeded");
 * emulator.faults().onCall("POST", "/projects/[^/]+/jobs").dropResponse();
 * }</pre>
 */
public final class Faults {
  private final List<Fault> faults = new CopyOnWriteArrayList<>();

  Faults() {}

  /**
   * A fault of an HTTP call.
   *
   * @param method such as GET, or {@code *} for any
   * @param path a regular expression for the whole path without the query; a BigQuery path is also
   *     tried without its {@code /bigquery/v2} prefix
   */
  public Fault onCall(String method, String path) {
    return new Fault(method, Pattern.compile(path), null);
  }

  /**
   * A fault of a job, whoever inserts it: failing means that the job ends with the error, without
   * effect; delaying means that it stays in the state RUNNING for longer; dropping the response is
   * not possible, use {@link #onCall}.
   *
   * @param kind load, query, copy or extract
   */
  public Fault onJob(String kind) {
    return new Fault(null, null, kind.toLowerCase(Locale.ROOT));
  }

  /** Forgets all faults. */
  public void clear() {
    faults.clear();
  }

  /** What becomes of a call. */
  record Action(ApiError failure, boolean dropsResponse) {
    static final Action NONE = new Action(null, false);
  }

  Action actOn(WireRequest request) {
    String bare = BigQueryPaths.bare(request.path());
    for (Fault fault : faults) {
      if (fault.path != null
          && (fault.method.equals("*") || fault.method.equalsIgnoreCase(request.method()))
          && (fault.path.matcher(request.path()).matches() || fault.path.matcher(bare).matches())
          && fault.isDue()) {
        pause(fault.delay);
        return new Action(
            fault.reason == null ? null : new ApiError(fault.reason, fault.message), fault.drops);
      }
    }
    return Action.NONE;
  }

  /** Delays the job, or fails it. */
  void beforeJob(String kind) {
    for (Fault fault : faults) {
      if (kind.equals(fault.jobKind) && fault.isDue()) {
        pause(fault.delay);
        if (fault.reason != null) {
          throw new BigQueryError(fault.reason, fault.message);
        }
        return;
      }
    }
  }

  private static void pause(Duration delay) {
    if (delay == null) {
      return;
    }
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One fault; it is armed by its last call: fail, delay or dropResponse. */
  public final class Fault {
    private final String method;
    private final Pattern path;
    private final String jobKind;
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger fired = new AtomicInteger();
    private int first = 1;
    private int times = 1;
    private Duration delay;
    private String reason;
    private String message;
    private boolean drops;

    private Fault(String method, Pattern path, String jobKind) {
      this.method = method;
      this.path = path;
      this.jobKind = jobKind;
    }

    /** Acts on the n-th match, counted from 1. The default is the first. */
    public Fault nth(int n) {
      this.first = n;
      return this;
    }

    /** Acts on so many matches in a row. The default is 1. */
    public Fault times(int count) {
      this.times = count;
      return this;
    }

    /** Fails with one of BigQuery's reasons, such as backendError, and does nothing else. */
    public Fault fail(String errorReason) {
      return fail(errorReason, "Fault on demand: " + errorReason);
    }

    /** Fails with a reason and a message, and does nothing else. */
    public Fault fail(String errorReason, String errorMessage) {
      this.reason = errorReason;
      this.message = errorMessage;
      return arm();
    }

    /** Waits before doing what was asked. */
    public Fault delay(Duration duration) {
      this.delay = duration;
      return arm();
    }

    /** Does what was asked, then cuts the connection without an answer. */
    public Fault dropResponse() {
      if (path == null) {
        throw new IllegalArgumentException(
            "A job has no response to drop; use onCall(\"POST\", \"/projects/[^/]+/jobs\").");
      }
      this.drops = true;
      return arm();
    }

    /** How many times it has acted. */
    public int fired() {
      return fired.get();
    }

    private Fault arm() {
      faults.remove(this);
      faults.add(this);
      return this;
    }

    private boolean isDue() {
      int count = seen.incrementAndGet();
      boolean due = count >= first && count < first + times;
      if (due) {
        fired.incrementAndGet();
      }
      return due;
    }
  }
}
