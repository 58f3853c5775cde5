package io.deltaflow.testing;

import io.deltaflow.DeltaFlow;
import io.deltaflow.RunReport;
import io.deltaflow.SyncSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** The process of a {@link ChildRun}. */
final class ChildMain {
  private static final String PIPELINE_ARGUMENT = "--";

  private ChildMain() {}

  /** What goes through standard input. */
  static byte[] order(Map<String, String> flags, List<String> pipelineArguments)
      throws IOException {
    Properties order = new Properties();
    order.putAll(flags);
    pipelineArguments.forEach(a -> order.setProperty(a, PIPELINE_ARGUMENT));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    order.store(bytes, null);
    return bytes.toByteArray();
  }

  /**
   * Launches the run and waits for its end.
   *
   * @param args the file that takes the report, and the class to run before
   */
  public static void main(String[] args) throws Exception {
    Properties order = new Properties();
    order.load(System.in);
    Map<String, String> flags = new HashMap<>();
    List<String> pipelineArguments = new ArrayList<>();
    for (String name : order.stringPropertyNames()) {
      if (name.startsWith(PIPELINE_ARGUMENT)) {
        pipelineArguments.add(name);
      } else {
        flags.put(name, order.getProperty(name));
      }
    }
    if (!args[1].isEmpty()) {
      var constructor = Class.forName(args[1]).getDeclaredConstructor();
      constructor.setAccessible(true);
      ((Runnable) constructor.newInstance()).run();
    }
    RunReport report =
        DeltaFlow.launch(
                SyncSpec.fromFlags(flags),
                PipelineOptionsFactory.fromArgs(pipelineArguments.toArray(String[]::new)).create())
            .waitUntilFinish();
    Files.write(Path.of(args[0]), report.toJson().getBytes(StandardCharsets.UTF_8));
    // Pools and clients may have threads that live on.
    System.exit(0);
  }
}
