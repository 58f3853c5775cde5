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
   * A fault of an HTTP call, or of one of the Storage Read API.
   *
   * @param method such as GET, {@code CreateReadSession} or {@code ReadRows}, which counts each
   *     message of rows; or {@code *} for any
   * @param path a regular expression for the whole path without the query; a BigQuery path is also
   *     tried without its {@code /bigquery/v2} prefix. Of {@code CreateReadSession} the path is the
   *     table's name, of {@code ReadRows} the stream's
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

  /**
   * A fault of a statement, in a script or alone: failing means that the job ends there as if its
   * server had died, so no handler of the script hears of it and what is open is rolled back.
   * Statements inside blocks and loops count one by one; of an IF the condition counts, written
   * {@code IF condition}.
   *
   * @param job a regular expression for the whole job id
   * @param text a regular expression for a part of the statement; empty for any
   */
  public Fault onStatement(String job, String text) {
    return new Fault(Pattern.compile(job), Pattern.compile(text));
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
    return actOn(request.method(), request.path());
  }

  Action actOn(String method, String path) {
    String bare = BigQueryPaths.bare(path);
    for (Fault fault : faults) {
      if (fault.path != null
          && (fault.method.equals("*") || fault.method.equalsIgnoreCase(method))
          && (fault.path.matcher(path).matches() || fault.path.matcher(bare).matches())
          && fault.isDue()) {
        fault.waitBefore();
        return new Action(
            fault.reason == null ? null : new ApiError(fault.reason, fault.message), fault.drops);
      }
    }
    return Action.NONE;
  }

  /**
   * Delays the job, or fails it.
   *
   * @return the number of the file that a load shall not read, from 1; 0 for none
   */
  int beforeJob(String kind) {
    for (Fault fault : faults) {
      if (kind.equals(fault.jobKind) && fault.isDue()) {
        fault.waitBefore();
        fault.failIfMeantTo();
        return fault.ignoredFile;
      }
    }
    return 0;
  }

  /** Delays the statement, or fails it. */
  void beforeStatement(String job, String text) {
    for (Fault fault : faults) {
      if (fault.statement != null
          && fault.job.matcher(job).matches()
          && fault.statement.matcher(text).find()
          && fault.isDue()) {
        fault.waitBefore();
        fault.failIfMeantTo();
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

  /**
   * One fault; it is armed by its last call: fail, delay, meanwhile, ignoreFile or dropResponse.
   */
  public final class Fault {
    private final String method;
    private final Pattern path;
    private final String jobKind;
    private final Pattern job;
    private final Pattern statement;
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger fired = new AtomicInteger();
    private int first = 1;
    private int times = 1;
    private Duration delay;
    private String reason;
    private String message;
    private List<String> details = List.of();
    private boolean drops;
    private Runnable action;
    private int ignoredFile;

    private Fault(String method, Pattern path, String jobKind) {
      this.method = method;
      this.path = path;
      this.jobKind = jobKind;
      this.job = null;
      this.statement = null;
    }

    private Fault(Pattern job, Pattern statement) {
      this.method = null;
      this.path = null;
      this.jobKind = null;
      this.job = job;
      this.statement = statement;
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

    /**
     * Fails with a reason and a message, and does nothing else.
     *
     * @param further messages that a job lists in its status beside the one that ended it
     */
    public Fault fail(String errorReason, String errorMessage, String... further) {
      this.reason = errorReason;
      this.message = errorMessage;
      this.details = List.of(further);
      return arm();
    }

    /** Waits before doing what was asked. */
    public Fault delay(Duration duration) {
      this.delay = duration;
      return arm();
    }

    /**
     * Runs something before doing what was asked, in the emulator's thread: what was asked waits
     * until it returns. For what must happen at just this moment, or for a latch.
     */
    public Fault meanwhile(Runnable something) {
      this.action = something;
      return arm();
    }

    /**
     * A load reads all of its files but one and says nothing of it.
     *
     * @param number in the order of the job's URIs, from 1
     */
    public Fault ignoreFile(int number) {
      if (!"load".equals(jobKind)) {
        throw new IllegalArgumentException("Only a load has files; use onJob(\"load\").");
      }
      this.ignoredFile = number;
      return arm();
    }

    /** Does what was asked, then cuts the connection without an answer. */
    public Fault dropResponse() {
      if (path == null) {
        throw new IllegalArgumentException(
            "Only a call has a response to drop; use onCall(\"POST\", \"/projects/[^/]+/jobs\").");
      }
      this.drops = true;
      return arm();
    }

    /** How many times it has acted. */
    public int fired() {
      return fired.get();
    }

    private void waitBefore() {
      pause(delay);
      if (action != null) {
        action.run();
      }
    }

    private void failIfMeantTo() {
      if (reason != null) {
        throw new BigQueryError(reason, message, details);
      }
    }

    private Fault arm() {
      faults.remove(this);
      faults.add(this);
      return this;
    }

    private boolean isDue() {
      int count = seen.incrementAndGet();
      boolean due = count >= first && count - first < times;
      if (due) {
        fired.incrementAndGet();
      }
      return due;
    }
  }
}
