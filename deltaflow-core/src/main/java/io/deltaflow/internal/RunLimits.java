package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.error.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What numbers make sense. */
final class RunLimits {
  private RunLimits() {}

  static void check(ConnectorConfig options) {
    List<String> problems = new ArrayList<>();
    check(options, SyncOptions.MAX_RETRIES, 0, 100, problems);
    check(options, SyncOptions.BATCH_SIZE, 1, 1_000_000, problems);
    check(options, SyncOptions.MAX_BAD_RECORDS, 0, Long.MAX_VALUE, problems);
    check(options, SyncOptions.SPLITS, 0, 10_000, problems);
    check(options, SyncOptions.FALLBACK_DAYS, 0, 3_000_000, problems);
    check(options, SyncOptions.SMART_SYNC_FALLBACK_HOURS, 0, 72_000_000, problems);
    options.find(SyncOptions.REPORT).ifPresent(path -> checkReport(path, problems));
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /** A slip in a local path should not make folders. */
  private static void checkReport(String path, List<String> problems) {
    if (path.contains("://")) {
      return;
    }
    Path folder = Path.of(path).toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      problems.add("--report=" + path + ": the folder " + folder + " does not exist");
    }
  }

  private static void check(
      ConnectorConfig options,
      ConnectorOption<Long> option,
      long least,
      long most,
      List<String> problems) {
    options
        .find(option)
        .filter(n -> n < least || n > most)
        .ifPresent(
            n ->
                problems.add(
                    "--" + option.name() + ": " + n + " is not between " + least + " and " + most));
  }
}
