package io.deltaflow.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command in a process of its own, of which time, CPU and memory are taken.
 *
 * @param environment added to this process's, as {@code NAME=value}
 */
record ChildProcess(List<String> command, List<String> environment) {
  private static final Duration LIMIT = Duration.ofMinutes(60);

  /** A Java class with this process's class path and a heap as small as DeltaFlow needs. */
  static ChildProcess java(Class<?> main, List<String> options, List<String> arguments) {
    String own = System.getProperty("java.class.path");
    // Surefire's own is a jar that only names the others.
    String classPath = System.getProperty("surefire.test.class.path", own);
    return java(classPath, main.getName(), options, arguments);
  }

  static ChildProcess java(
      String classPath, String main, List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:MetaspaceSize=128m"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(arguments);
    return new ChildProcess(command, List.of());
  }

  /** What it printed, and its figures by the watch; {@code rows} and seconds are its own. */
  record Ended(String output, double wall, double cpu, double peakMegabytes) {
    Measurement measured() {
      Figures own = Figures.parse(output);
      return new Measurement(own.rows(), own.seconds(), wall, cpu, peakMegabytes);
    }
  }

  /** Throws with the output when it fails. */
  Ended run() throws IOException, InterruptedException {
    Path output = Files.createTempFile("deltaflow-bench", ".log");
    try {
      return run(output.toFile());
    } finally {
      Files.delete(output);
    }
  }

  private Ended run(File output) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output);
    for (String variable : environment) {
      builder.environment().put(variable.split("=", 2)[0], variable.split("=", 2)[1]);
    }
    long started = System.nanoTime();
    Process process = builder.start();
    try {
      return watch(process, started, output);
    } finally {
      // Of an interrupted benchmark; one that has ended takes no notice.
      process.destroy();
    }
  }

  private Ended watch(Process process, long started, File output)
      throws IOException, InterruptedException {
    double cpu = 0;
    double peak = 0;
    while (!process.waitFor(10, TimeUnit.MILLISECONDS)) {
      cpu = Math.max(cpu, process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9);
      peak = Math.max(peak, peakMegabytes(process.pid()));
      if (System.nanoTime() - started > LIMIT.toNanos()) {
        throw new IllegalStateException("ran for more than " + LIMIT + ": " + command.get(0));
      }
    }
    double wall = (System.nanoTime() - started) / 1e9;
    String text = Files.readString(output.toPath(), StandardCharsets.UTF_8).strip();
    if (process.exitValue() != 0) {
      throw new IllegalStateException("a child process failed:\n" + text);
    }
    return new Ended(text, wall, cpu, peak);
  }

  /** Linux keeps it; 0 elsewhere, and once the process has gone. */
  private static double peakMegabytes(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
