package io.deltaflow.runner.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.runner.testing.JavaProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * A job manager and task managers of two slots each, in processes of their own, on free ports of
 * 127.0.0.1. A job that fails is begun again, five times.
 */
final class FlinkCluster implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Pattern RPC = Pattern.compile("pekko\\.tcp://flink@127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern REST =
      Pattern.compile("Rest endpoint listening at 127\\.0\\.0\\.1:(\\d+)");

  /** Where task managers of one machine need little. */
  private static final String CONFIGURATION =
      """
      jobmanager.rpc.address: 127.0.0.1
      jobmanager.rpc.port: %d
      jobmanager.bind-host: 127.0.0.1
      jobmanager.memory.jvm-metaspace.size: 256m
      rest.address: 127.0.0.1
      rest.bind-address: 127.0.0.1
      rest.bind-port: 0
      taskmanager.host: 127.0.0.1
      taskmanager.bind-host: 127.0.0.1
      taskmanager.numberOfTaskSlots: 2
      taskmanager.cpu.cores: 1
      taskmanager.memory.framework.heap.size: 128m
      taskmanager.memory.framework.off-heap.size: 128m
      taskmanager.memory.task.heap.size: 256m
      taskmanager.memory.task.off-heap.size: 0m
      taskmanager.memory.managed.size: 64m
      taskmanager.memory.network.min: 32m
      taskmanager.memory.network.max: 32m
      taskmanager.memory.jvm-metaspace.size: 256m
      taskmanager.memory.jvm-overhead.min: 128m
      taskmanager.memory.jvm-overhead.max: 128m
      taskmanager.load-balance.mode: SLOTS
      restart-strategy.type: fixed-delay
      restart-strategy.fixed-delay.attempts: 5
      restart-strategy.fixed-delay.delay: 1s
      heartbeat.interval: 1000
      io.tmp.dirs: %s
      """;

  private final JavaProcess jobManager;
  private final String rest;
  private final Path configuration;
  private final List<String> workerOptions;
  private final List<JavaProcess> taskManagers = new CopyOnWriteArrayList<>();

  private FlinkCluster(
      JavaProcess jobManager, String rest, Path configuration, List<String> workerOptions) {
    this.jobManager = jobManager;
    this.rest = rest;
    this.configuration = configuration;
    this.workerOptions = workerOptions;
  }

  /**
   * A job manager alone.
   *
   * @param workerOptions of the Java virtual machines of task managers
   */
  static FlinkCluster start(String... workerOptions) {
    JavaProcess jobManager =
        start(
            "job-manager",
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            configuration(0),
            List.of());
    try {
      String rpc = jobManager.awaitOutput(RPC, START);
      return new FlinkCluster(
          jobManager,
          "127.0.0.1:" + jobManager.awaitOutput(REST, START),
          configuration(Integer.parseInt(rpc)),
          List.of(workerOptions));
    } catch (RuntimeException | Error e) {
      jobManager.close();
      throw e;
    }
  }

  private static JavaProcess start(
      String name, String main, Path configuration, List<String> more) {
    List<String> options = new ArrayList<>(more);
    options.add("-Xmx512m");
    return JavaProcess.start(
        name,
        System.getProperty("deltaflow.cluster.classpath"),
        options,
        main,
        List.of("--configDir", configuration.toString()));
  }

  private static Path configuration(int rpcPort) {
    try {
      Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "flink");
      Files.writeString(
          folder.resolve("flink-conf.yaml"),
          CONFIGURATION.formatted(rpcPort, folder.toAbsolutePath()));
      return folder.toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds task managers and waits until they are all there. */
  void startTaskManagers(int more) {
    for (int i = 0; i < more; i++) {
      taskManagers.add(
          start(
              "task-manager",
              "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
              configuration,
              workerOptions));
    }
    await()
        .atMost(START)
        .until(
            () -> {
              taskManagers.forEach(JavaProcess::requireAlive);
              return registered() >= taskManagers.size();
            });
  }

  /** As a power cut would. */
  void kill(JavaProcess taskManager) {
    taskManager.kill();
    taskManagers.remove(taskManager);
  }

  /** In the order in which they were started. */
  List<JavaProcess> taskManagers() {
    return List.copyOf(taskManagers);
  }

  /** One that was killed counts until its heartbeat is missed. */
  private int registered() {
    return get("/taskmanagers").path("taskmanagers").size();
  }

  /** For {@code --flinkMaster}. */
  String master() {
    return rest;
  }

  /** Why the newest job was begun again, each time. */
  List<String> failures() {
    JsonNode newest = null;
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      if (newest == null || job.path("start-time").asLong() > newest.path("start-time").asLong()) {
        newest = job;
      }
    }
    assertThat(newest).as("jobs").isNotNull();
    return get("/jobs/" + newest.path("jid").asText() + "/exceptions")
        .at("/exceptionHistory/entries")
        .findValuesAsText("exceptionName");
  }

  private JsonNode get(String path) {
    try (InputStream in = URI.create("http://" + rest + path).toURL().openStream()) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    taskManagers.forEach(JavaProcess::close);
    jobManager.close();
  }
}
