package io.deltaflow.runner.spark;

import io.deltaflow.runner.testing.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * A master, and workers that start one executor of one core for a job, in processes of their own on
 * free ports of 127.0.0.1.
 */
final class SparkCluster implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Pattern MASTER =
      Pattern.compile("Starting Spark master at (spark://127\\.0\\.0\\.1:\\d+)");
  private static final Pattern WORKER = Pattern.compile("(Successfully registered with master)");

  private final Path home;
  private final JavaProcess master;
  private final String url;
  private final List<JavaProcess> workers = new CopyOnWriteArrayList<>();

  private SparkCluster(Path home, JavaProcess master, String url) {
    this.home = home;
    this.master = master;
    this.url = url;
  }

  /** A master alone. */
  static SparkCluster start() {
    Path home = home();
    JavaProcess master =
        start(
            home,
            "master",
            "org.apache.spark.deploy.master.Master",
            List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"));
    try {
      return new SparkCluster(home, master, master.awaitOutput(MASTER, START));
    } catch (RuntimeException | Error e) {
      master.close();
      throw e;
    }
  }

  /** What a worker starts an executor with: a folder {@code jars}, as Spark's distribution has. */
  private static Path home() {
    try {
      Path home = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "spark");
      Path jars = Files.createDirectory(home.resolve("jars"));
      for (String jar :
          System.getProperty("deltaflow.cluster.classpath").split(File.pathSeparator)) {
        Path path = Path.of(jar);
        Files.createSymbolicLink(jars.resolve(path.getFileName()), path);
      }
      return home.toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JavaProcess start(Path home, String name, String main, List<String> arguments) {
    return JavaProcess.start(
        name,
        home + "/jars/*",
        List.of("-Xmx256m"),
        main,
        arguments,
        Map.of(
            "SPARK_HOME", home.toString(),
            "SPARK_SCALA_VERSION", "2.12",
            "SPARK_LOCAL_IP", "127.0.0.1"));
  }

  /** Adds workers and waits until they are all there. */
  void startWorkers(int more) {
    for (int i = 0; i < more; i++) {
      workers.add(
          start(
              home,
              "worker",
              "org.apache.spark.deploy.worker.Worker",
              List.of(
                  url,
                  "--host",
                  "127.0.0.1",
                  "--webui-port",
                  "0",
                  "--cores",
                  "1",
                  "--memory",
                  "1g",
                  "--work-dir",
                  home + "/work")));
    }
    workers.forEach(w -> w.awaitOutput(WORKER, START));
  }

  /** In the order in which they were started. */
  List<JavaProcess> workers() {
    return List.copyOf(workers);
  }

  /** As a power cut would, with its executor. */
  void kill(JavaProcess worker) {
    worker.kill();
    workers.remove(worker);
  }

  /** For {@code --sparkMaster}. */
  String url() {
    return url;
  }

  @Override
  public void close() {
    workers.forEach(JavaProcess::close);
    master.close();
  }
}
