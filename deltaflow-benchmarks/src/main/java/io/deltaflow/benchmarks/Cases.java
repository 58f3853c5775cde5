package io.deltaflow.benchmarks;

import io.deltaflow.RunReport;
import io.deltaflow.emulator.BigQueryEmulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is measured. */
final class Cases {
  static final String PROJECT = "bench-project";
  static final String DATASET = "shop";

  static final String COPY_ONE = "COPY drained, 1 connection";
  static final String COPY_TWO = "COPY drained, 2 connections";
  static final String EXTRACT = "extract to load files";
  static final String ENCRYPTED = "extract over TLS";
  static final String STEPS = "extract with steps on rows";
  static final String WHOLE_RUN = "whole run into the emulator";
  static final String DELTA = "delta of 0.1 %";
  static final String NOTHING_NEW = "run without anything new";
  static final String LIBRARY = "PCollection<Row>, direct runner";
  static final String FLINK_EXTRACT = "extract to load files, Flink";
  static final String FLINK_LIBRARY = "PCollection<Row>, Flink";
  static final String JDBC_IO = "Beam JdbcIO to Avro files";

  /** Phases of a run that wait for the destination. */
  private static final Set<String> OF_THE_DESTINATION =
      Set.of("inspect", "create", "load", "verify", "publish", "clean_up");

  /** Elements of a bundle are all in memory in the direct runner. */
  private static final List<String> BEAM_HEAP = List.of("-Xmx2g");

  /**
   * A Flink in the same process, as wide as the direct runner here; it opens up what Java closes.
   */
  private static final List<String> FLINK_JVM =
      List.of(
          "-Xmx2g",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED");

  private static final List<String> FLINK =
      List.of("--runner=FlinkRunner", "--flinkMaster=[local]", "--parallelism=2");

  private final BenchOptions options;
  private final OrdersTable orders;
  private final OrdersTable few;
  private final BigQueryEmulator emulator;
  private final Path folder;
  private final Set<String> loaded = new HashSet<>();
  private int files;
  private int tables;

  Cases(
      BenchOptions options,
      OrdersTable orders,
      OrdersTable few,
      BigQueryEmulator emulator,
      Path folder) {
    this.options = options;
    this.orders = orders;
    this.few = few;
    this.emulator = emulator;
    this.folder = folder;
  }

  /** One process. */
  interface Case {
    Measurement run() throws IOException, InterruptedException;
  }

  /** Takes a case. */
  interface Taker {
    void take(String name, Case one) throws IOException, InterruptedException;
  }

  /** In the order in which they are measured. */
  void forEach(Taker taker) throws IOException, InterruptedException {
    taker.take(COPY_ONE, () -> drain(1));
    taker.take(COPY_TWO, () -> drain(2));
    taker.take(EXTRACT, () -> extract(a -> direct(options.runOptions(), a), "plain"));
    taker.take(ENCRYPTED, this::encrypted);
    taker.take(STEPS, () -> extract(a -> direct(options.rowsOptions(), a), "steps"));
    if (!options.launcher().isEmpty()) {
      String table = "orders" + tables++;
      taker.take(WHOLE_RUN, () -> sync(table, orders.rows()));
      long changed = Math.max(1, orders.rows() / 1000);
      taker.take(DELTA, () -> delta(table, changed));
      taker.take(NOTHING_NEW, () -> nothingNew(table));
    }
    taker.take(
        LIBRARY,
        () ->
            ChildProcess.java(
                    RowsRead.class,
                    BEAM_HEAP,
                    source(
                        few,
                        folder.resolve("rows").toString(),
                        "--enforceImmutability=false",
                        "--enforceEncodability=false"))
                .run()
                .measured());
    if (!options.jdbcIo().isEmpty()) {
      taker.take(JDBC_IO, this::jdbcIo);
    }
    if (!options.flink().isEmpty()) {
      taker.take(FLINK_EXTRACT, () -> extract(this::onFlink, "plain"));
      taker.take(
          FLINK_LIBRARY,
          () -> flink(RowsRead.class, source(few, folder.resolve("flink").toString())));
    }
  }

  private static List<String> source(OrdersTable table, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                String.valueOf(table.server().port()),
                table.server().username(),
                table.server().password(),
                table.name()));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private Measurement drain(int connections) throws IOException, InterruptedException {
    List<String> arguments =
        source(orders, String.valueOf(orders.rows()), String.valueOf(connections));
    return ChildProcess.java(Drain.class, List.of(), arguments).run().measured();
  }

  /** As the command line starts a run: from an archive of its classes. */
  private List<String> archived(List<String> runOptions) throws IOException, InterruptedException {
    Path archive = folder.resolve("extract.jsa");
    List<String> all = new ArrayList<>(runOptions);
    if (!Files.exists(archive)) {
      Path kept = Files.createDirectory(folder.resolve("archived"));
      List<String> making = new ArrayList<>(all);
      making.add("-XX:ArchiveClassesAtExit=" + archive);
      making.addAll(List.of("-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
      ChildProcess.java(Extract.class, making, source(few, kept.toString(), "plain")).run();
    }
    all.add("-XX:SharedArchiveFile=" + archive);
    return all;
  }

  private interface Extraction {
    Measurement run(List<String> arguments) throws IOException, InterruptedException;
  }

  private Measurement direct(List<String> runOptions, List<String> arguments)
      throws IOException, InterruptedException {
    return ChildProcess.java(Extract.class, archived(runOptions), arguments).run().measured();
  }

  private Measurement onFlink(List<String> arguments) throws IOException, InterruptedException {
    return flink(Extract.class, arguments);
  }

  private Measurement flink(Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(FLINK);
    return ChildProcess.java(options.flink(), main.getName(), FLINK_JVM, all).run().measured();
  }

  /** The first files of all are compared with the source. */
  private Measurement extract(Extraction extraction, String kind)
      throws IOException, InterruptedException {
    Path kept = Files.createDirectory(folder.resolve("files" + files++));
    Measurement measured = extraction.run(source(orders, kept.toString(), kind));
    if (measured.rows() != orders.rows()) {
      throw new IllegalStateException(measured.rows() + " rows of " + orders.rows());
    }
    if (kind.equals("plain") && kept.endsWith("files0")) {
      new LoadFilesCheck(orders, kept).run();
      System.err.println("  the files hold exactly the source's rows");
    }
    for (Path file : filesOf(kept)) {
      Files.delete(file);
    }
    return measured;
  }

  private Measurement encrypted() throws IOException, InterruptedException {
    orders.encrypt(true);
    try {
      return extract(a -> direct(options.runOptions(), a), "encrypted");
    } finally {
      orders.encrypt(false);
    }
  }

  private static List<Path> filesOf(Path kept) throws IOException {
    try (var all = Files.list(kept)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private Measurement delta(String table, long changed) throws IOException, InterruptedException {
    load(table);
    orders.touch(changed);
    return sync(table, changed);
  }

  private Measurement nothingNew(String table) throws IOException, InterruptedException {
    load(table);
    return sync(table, 0);
  }

  /** Unless the case of a whole run has done it. */
  private void load(String table) throws IOException, InterruptedException {
    if (!loaded.contains(table)) {
      sync(table, orders.rows());
    }
  }

  /** By the command line; what counts is all but waiting for the destination. */
  private Measurement sync(String table, long expected) throws IOException, InterruptedException {
    Path report = folder.resolve("report.json");
    List<String> command = new ArrayList<>(List.of(options.launcher(), "run"));
    flags(table).forEach((name, value) -> command.add("--" + name + "=" + value));
    command.add("--report=" + report);
    ChildProcess.Ended ended =
        new ChildProcess(command, List.of("DELTAFLOW_JAVA_OPTS=-Xmx256m")).run();
    RunReport run = RunReport.fromJson(Files.readString(report));
    if (run.rows().read() != expected) {
      throw new IllegalStateException(
          "a run read " + run.rows().read() + " rows, expected " + expected);
    }
    loaded.add(table);
    double waited =
        run.phases().entrySet().stream()
            .filter(e -> OF_THE_DESTINATION.contains(e.getKey()))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    return new Measurement(
        expected, ended.wall() - waited, ended.wall(), ended.cpu(), ended.peakMegabytes());
  }

  private Map<String, String> flags(String table) {
    return Map.ofEntries(
        Map.entry("data_source", "postgresql"),
        Map.entry("postgresql_host", "127.0.0.1"),
        Map.entry("postgresql_port", String.valueOf(orders.server().port())),
        Map.entry("postgresql_username", orders.server().username()),
        Map.entry("postgresql_password", orders.server().password()),
        Map.entry("postgresql_database", OrdersTable.DATABASE),
        Map.entry("postgresql_table", orders.name()),
        Map.entry("enable_smart_sync", "true"),
        Map.entry("smart_sync_timestamp_column", "updated_at"),
        Map.entry("write_disposition", "WRITE_MERGE"),
        Map.entry("destination_bigquery_project", PROJECT),
        Map.entry("destination_bigquery_dataset", DATASET),
        Map.entry("destination_bigquery_table", table),
        Map.entry("bigQueryEndpoint", emulator.bigQueryEndpoint()),
        Map.entry("gcsEndpoint", emulator.gcsEndpoint()));
  }

  private Measurement jdbcIo() throws IOException, InterruptedException {
    Path out = Files.createDirectory(folder.resolve("jdbcio" + files++));
    Measurement measured =
        ChildProcess.java(
                options.jdbcIo(),
                "io.deltaflow.benchmarks.jdbcio.JdbcIoToAvro",
                BEAM_HEAP,
                source(few, String.valueOf(few.rows()), out.toString()))
            .run()
            .measured();
    for (Path file : filesOf(out)) {
      Files.delete(file);
    }
    return measured;
  }
}
