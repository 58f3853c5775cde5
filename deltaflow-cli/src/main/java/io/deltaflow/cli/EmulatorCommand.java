package io.deltaflow.cli;

import io.deltaflow.emulator.BigQueryEmulator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** BigQuery and Cloud Storage on loopback, until told to stop. */
final class EmulatorCommand implements Command {
  private static final int PORT = 9050;
  private static final int STORAGE_PORT = 9060;

  @Override
  public String name() {
    return "emulator";
  }

  @Override
  public String summary() {
    return "run an emulator of BigQuery and Cloud Storage on this machine";
  }

  @Override
  public String help() {
    return """
    Usage: deltaflow emulator [--port=9050] [--storage_port=9060] [--dataset=PROJECT.DATASET]...

    Runs until it is interrupted or terminated. Everything it holds is gone then.

      --port          the port to listen on, on 127.0.0.1; 0 takes a free one; default 9050
      --storage_port  the same of the Storage Read API; default 9060, or a free one with --port=0
      --dataset       a dataset to create at the start; may be repeated
    """;
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) throws Exception {
    CommandOptions options =
        CommandOptions.parse(args, Set.of(), Set.of("port", "storage_port", "dataset"));
    int port = options.integer("port", PORT, 0, 65_535);
    int storagePort = options.integer("storage_port", port == 0 ? 0 : STORAGE_PORT, 0, 65_535);
    List<String[]> datasets = new ArrayList<>();
    for (String name : options.all("dataset")) {
      datasets.add(dataset(name));
    }
    BigQueryEmulator.Builder builder =
        BigQueryEmulator.builder().port(port).storagePort(storagePort);
    datasets.forEach(d -> builder.dataset(d[0], d[1]));
    BigQueryEmulator emulator = builder.build().start();
    terminal.out().print(usage(emulator, datasets));
    terminal.out().flush();
    UntilStopped.hold(emulator);
    return ExitCode.OK;
  }

  private static String[] dataset(String name) throws UsageException {
    int dot = name.replace(':', '.').lastIndexOf('.');
    if (dot <= 0 || dot == name.length() - 1) {
      throw new UsageException("--dataset: '" + name + "' is not PROJECT.DATASET");
    }
    return new String[] {name.substring(0, dot), name.substring(dot + 1)};
  }

  private static String usage(BigQueryEmulator emulator, List<String[]> datasets) {
    String project = datasets.isEmpty() ? "my-project" : datasets.get(0)[0];
    String dataset = datasets.isEmpty() ? "my_dataset" : datasets.get(0)[1];
    return """
    BigQuery       %1$s
    Cloud Storage  %2$s
    Storage Read   %5$s

    bq --api %1$s --oauth_access_token=any --project_id=%3$s \\
      query --nouse_legacy_sql 'SELECT 1'
    curl -s %1$sbigquery/v2/projects/%3$s/queries -H 'Content-Type: application/json' \\
      -d '{"query": "SELECT 1", "useLegacySql": false}'
    ./deltaflow run --bigQueryEndpoint=%1$s --gcsEndpoint=%2$s \\
      --destination_bigquery_project=%3$s --destination_bigquery_dataset=%4$s ...

    Stop with Ctrl-C.
    """
        .formatted(
            emulator.bigQueryEndpoint(),
            emulator.gcsEndpoint(),
            project,
            dataset,
            emulator.storageEndpoint());
  }
}
