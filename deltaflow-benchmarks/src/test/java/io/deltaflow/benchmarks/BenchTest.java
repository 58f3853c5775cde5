package io.deltaflow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchTest {
  private static final long ROWS = 2_000;

  @TempDir Path folder;

  private static Measurement seconds(double seconds) {
    return new Measurement(10, seconds, 2 * seconds, 0, 0);
  }

  private Measurement extract(PostgresServer server, String table) throws Exception {
    List<String> arguments =
        List.of(
            String.valueOf(server.port()),
            server.username(),
            server.password(),
            table,
            folder.toString(),
            "plain");
    return ChildProcess.java(Extract.class, List.of(), arguments).run().measured();
  }

  @Test
  void aMedianIsTheMiddleOneOrTheMeanOfTheMiddleTwo() {
    assertThat(Measurement.median(List.of(seconds(9), seconds(1), seconds(2))).seconds())
        .isEqualTo(2);
    assertThat(Measurement.median(List.of(seconds(1), seconds(4))).seconds()).isEqualTo(2.5);
  }

  @Test
  void anOptionThatIsNoneIsRefused() {
    assertThatThrownBy(() -> BenchOptions.parse(new String[] {"--row=3"}))
        .hasMessageContaining("'--row=3'");
    assertThatThrownBy(() -> BenchOptions.parse(new String[] {"--rows=-3"}))
        .hasMessageContaining("--rows: '-3'");
  }

  @Test
  void theFilesOfAnExtractAreComparedWithTheSource() throws Exception {
    try (PostgresServer server = PostgresServer.start()) {
      server.createDatabase(OrdersTable.DATABASE);
      OrdersTable orders = OrdersTable.create(server, "orders", ROWS);
      Measurement measured = extract(server, "orders");
      assertThat(measured.rows()).isEqualTo(ROWS);
      assertThat(measured.seconds()).isPositive();

      LoadFilesCheck check = new LoadFilesCheck(orders, folder);
      check.run();
      server.executeIn(
          OrdersTable.DATABASE, "UPDATE orders SET amount = amount + 0.01 WHERE id = 7");
      assertThatThrownBy(check::run).hasMessageContaining("the files have");
    }
  }

  @Test
  void valuesOf50MegabytesOfTwoSplitsPassThroughAHeapOf256() throws Exception {
    int size = 50 << 20;
    int rows = 12;
    try (PostgresServer server = PostgresServer.start()) {
      server.createDatabase(OrdersTable.DATABASE);
      server.executeIn(
          OrdersTable.DATABASE,
          "CREATE TABLE wide (id bigint PRIMARY KEY, doc text)",
          "ALTER TABLE wide ALTER COLUMN doc SET STORAGE EXTERNAL",
          "INSERT INTO wide SELECT i, repeat(lpad(i::text, 32, '.'), "
              + size / 32
              + ") FROM generate_series(1, "
              + rows
              + ") AS i",
          "ANALYZE wide");
      Measurement measured = extract(server, "wide");
      assertThat(measured.rows()).isEqualTo(rows);
    }
    Set<Integer> found = new TreeSet<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(f -> f.toString().endsWith(".json")).toList();
    }
    assertThat(files).hasSize(2);
    for (Path file : files) {
      try (Stream<String> lines = Files.lines(file)) {
        lines.forEach(
            line -> {
              int id = Integer.parseInt(line.substring(0, 20).replaceAll("[^0-9]", ""));
              String doc = String.format("%32d", id).replace(' ', '.').repeat(size / 32);
              assertThat(line.endsWith(doc + "\"}")).as("document " + id).isTrue();
              found.add(id);
            });
      }
    }
    assertThat(found).hasSize(rows);
  }
}
