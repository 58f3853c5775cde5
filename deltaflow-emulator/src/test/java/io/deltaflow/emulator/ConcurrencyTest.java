package io.deltaflow.emulator;

import static io.deltaflow.emulator.TestEmulator.DATASET;
import static io.deltaflow.emulator.TestEmulator.PROJECT;
import static io.deltaflow.emulator.TestEmulator.field;
import static io.deltaflow.emulator.TestEmulator.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many clients at once, each with tables of its own, as several syncs of one dataset are. */
class ConcurrencyTest {
  private static final int CLIENTS = 8;
  private static final int RUNS = 4;

  @Test
  void clientsOnDifferentTablesDoNotDisturbEachOther() throws Exception {
    try (TestEmulator emulator = new TestEmulator()) {
      ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
      try {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          String name = "client" + i;
          running.add(clients.submit(() -> sync(emulator, name)));
        }
        for (Future<?> client : running) {
          client.get();
        }
      } finally {
        clients.shutdown();
      }
    }
  }

  private static Void sync(TestEmulator emulator, String target) throws Exception {
    emulator.create(target, field("id", "INTEGER"), field("run", "INTEGER"));
    for (int run = 0; run < RUNS; run++) {
      String staging = target + "_staging" + run;
      emulator.create(staging, field("id", "INTEGER"), field("run", "INTEGER"));
      StringBuilder rows = new StringBuilder();
      for (int id = 0; id <= run; id++) {
        rows.append("{\"id\":").append(id).append(",\"run\":").append(run).append("}\n");
      }
      String uri = emulator.put(staging, rows.toString().getBytes(UTF_8));
      succeeds(emulator.load(json(staging, uri)));
      succeeds(
          emulator.query(
              ("BEGIN TRANSACTION;\n"
                      + "MERGE INTO `project.dataset.%1$s` t USING `project.dataset.%2$s` s"
                      + " ON t.id = s.id WHEN MATCHED THEN UPDATE SET run = s.run"
                      + " WHEN NOT MATCHED THEN INSERT (id, run) VALUES (s.id, s.run);\n"
                      + "COMMIT TRANSACTION;")
                  .formatted(target, staging)));
      emulator.rest().tables().delete(PROJECT, DATASET, staging).execute();
    }
    String last = Integer.toString(RUNS - 1);
    assertThat(emulator.rows(target))
        .hasSize(RUNS)
        .allSatisfy(row -> assertThat(row.get(1)).isEqualTo(last));
    return null;
  }

  private static void succeeds(Job job) {
    assertThat(job.getStatus().getErrorResult()).isNull();
  }
}
