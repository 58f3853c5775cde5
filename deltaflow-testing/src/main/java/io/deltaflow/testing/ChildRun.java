package io.deltaflow.testing;

import io.deltaflow.RunReport;
import io.deltaflow.fault.CrashPoints;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A run in a process of its own, which may be halted at a {@linkplain CrashPoints crash point} or
 * killed without harm to the test. It has the test's class path and heap limit; flags go through
 * its standard input, so that no password is in a list of processes. Immutable.
 *
 * <pre>{@code
 * ChildRun run = ChildRun.of(flags, server.pipelineArguments());
 * assertThat(run.crashAt(CrashPoints.AFTER_SETTLE).run().isCrashed()).isTrue();
 * assertThat(run.run().report().rows().inserted()).isEqualTo(10);
 * }</pre>
 */
public final class ChildRun {
  private static final Duration TIME_LIMIT = Duration.ofMinutes(3);

  private final Map<String, String> flags;
  private final List<String> pipelineArguments;
  private final Map<String, String> properties;
  private final String before;
  private final Duration timeLimit;

  private ChildRun(
      Map<String, String> flags,
      List<String> pipelineArguments,
      Map<String, String> properties,
      String before,
      Duration timeLimit) {
    this.flags = Map.copyOf(flags);
    this.pipelineArguments = List.copyOf(pipelineArguments);
    this.properties = Map.copyOf(properties);
    this.before = before;
    this.timeLimit = timeLimit;
  }

  /**
   * A run of a sync.
   *
   * @param flags DeltaFlow's, by name without dashes, of any connector on the class path
   * @param pipelineArguments Beam's, as {@code --name=value}
   */
  public static ChildRun of(Map<String, String> flags, List<String> pipelineArguments) {
    return new ChildRun(flags, pipelineArguments, Map.of(), "", TIME_LIMIT);
  }

  /** Halts the first time a point is reached. */
  public ChildRun crashAt(String point) {
    return crashAt(point, 1);
  }

  /** Halts the n-th time a point is reached. */
  public ChildRun crashAt(String point, int n) {
    return withProperty(CrashPoints.PROPERTY, point + ":" + n);
  }

  /** With a system property. */
  public ChildRun withProperty(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(properties);
    more.put(name, value);
    return new ChildRun(flags, pipelineArguments, more, before, timeLimit);
  }

  /**
   * Runs something in the child before the run, such as filling a {@link ValuesTable}.
   *
   * @param action has a constructor without parameters
   */
  public ChildRun withPreparation(Class<? extends Runnable> action) {
    return new ChildRun(flags, pipelineArguments, properties, action.getName(), timeLimit);
  }

  /** How long the child may live; three minutes unless told otherwise. */
  public ChildRun withTimeLimit(Duration limit) {
    return new ChildRun(flags, pipelineArguments, properties, before, limit);
  }

  /** Runs it to its end. */
  public Ended run() {
    try (Child child = start()) {
      return child.await();
    }
  }

  /** Starts it. */
  public Child start() {
    try {
      Path output = Files.createTempFile("deltaflow-child", ".log");
      Path report = Files.createTempFile("deltaflow-child", ".json");
      Process process =
          new ProcessBuilder(command(report))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      Child child = new Child(process, output, report, timeLimit);
      try (OutputStream in = process.getOutputStream()) {
        in.write(ChildMain.order(flags, pipelineArguments));
      }
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException("the child process could not be started", e);
    }
  }

  private List<String> command(Path report) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It does little, and compiling that well would take longer.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.add("-Xmx" + Runtime.getRuntime().maxMemory());
    String logging = System.getProperty("java.util.logging.config.file");
    if (logging != null) {
      command.add("-Djava.util.logging.config.file=" + logging);
    }
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(ChildMain.class.getName());
    command.add(report.toString());
    command.add(before);
    return command;
  }

  /**
   * How a child ended.
   *
   * @param status of the process; 0 when the run ended well
   * @param output of both streams
   * @param found the run's report; empty when it did not end well
   */
  public record Ended(int status, String output, Optional<RunReport> found) {
    /** Whether it was halted at a crash point, or killed. */
    public boolean isCrashed() {
      return status == CrashPoints.EXIT_STATUS;
    }

    /**
     * Of a run that ended well.
     *
     * @throws AssertionError with the output when it did not
     */
    public RunReport report() {
      return found.orElseThrow(
          () -> new AssertionError("the child ended with status " + status + ":\n" + output));
    }
  }

  /** A running child; killed when it is closed. */
  public static final class Child implements AutoCloseable {
    private final Process process;
    private final Path output;
    private final Path report;
    private final Duration limit;

    private Child(Process process, Path output, Path report, Duration limit) {
      this.process = process;
      this.output = output;
      this.report = report;
      this.limit = limit;
    }

    /** What it has written so far, on both streams. */
    public String output() {
      return text(output);
    }

    /** Ends it at once, as a power cut would. */
    public void kill() {
      process.destroyForcibly();
    }

    /**
     * Waits for its end.
     *
     * @throws AssertionError with the output when it takes longer than the time limit
     */
    public Ended await() {
      try {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new AssertionError("the child runs longer than " + limit + ":\n" + output());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a child runs", e);
      }
      String json = text(report);
      return new Ended(
          process.exitValue(),
          output(),
          json.isEmpty() ? Optional.empty() : Optional.of(RunReport.fromJson(json)));
    }

    @Override
    public void close() {
      kill();
      try {
        Files.deleteIfExists(output);
        Files.deleteIfExists(report);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String text(Path file) {
      try {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
