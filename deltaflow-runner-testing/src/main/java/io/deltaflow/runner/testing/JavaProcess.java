package io.deltaflow.runner.testing;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Java process that ends with this one; what it writes goes to a file below {@code target}. */
public final class JavaProcess implements AutoCloseable {
  private static final Path LOGS = Path.of("target", "processes");

  private final String name;
  private final Process process;
  private final Path log;

  private JavaProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param classPath of the process, which gets one small class of ours besides
   * @param options of the Java virtual machine
   */
  public static JavaProcess start(
      String name, String classPath, List<String> options, String main, List<String> arguments) {
    return start(name, classPath, options, main, arguments, Map.of());
  }

  /**
   * The same.
   *
   * @param environment added to this process's
   */
  public static JavaProcess start(
      String name,
      String classPath,
      List<String> options,
      String main,
      List<String> arguments,
      Map<String, String> environment) {
    try {
      Path log = Files.createTempFile(Files.createDirectories(LOGS), name + "-", ".log");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(options);
      command.addAll(
          List.of(
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-cp",
              classPath + File.pathSeparator + ownClasses(),
              TiedProcess.class.getName(),
              main));
      command.addAll(arguments);
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      return new JavaProcess(name, builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " could not be started", e);
    }
  }

  private static Path ownClasses() {
    try {
      return Path.of(TiedProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What it has written so far, on both streams. */
  public String output() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits until it has written something.
   *
   * @return the first group
   */
  public String awaitOutput(Pattern pattern, Duration limit) {
    return await()
        .atMost(limit)
        .until(
            () -> {
              requireAlive();
              Matcher found = pattern.matcher(output());
              return found.find() ? found.group(1) : "";
            },
            text -> !text.isEmpty());
  }

  /** Throws what it has written when it has ended. */
  public void requireAlive() {
    if (!isAlive()) {
      throw new IllegalStateException(name + " has ended:\n" + output());
    }
  }

  /** Ends it and those that it has started, as a power cut would, and waits until it has gone. */
  public void kill() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    awaitExit(Duration.ofSeconds(30));
  }

  /**
   * Its status.
   *
   * @throws AssertionError with its output when it goes on for longer
   */
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(name + " runs longer than " + limit + ":\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + name + " runs", e);
    }
  }

  @Override
  public void close() {
    kill();
  }

  @Override
  public String toString() {
    return name;
  }
}
