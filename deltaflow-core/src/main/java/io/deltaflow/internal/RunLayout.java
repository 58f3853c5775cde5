package io.deltaflow.internal;

import java.io.Serializable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Names of a run and of its files. */
record RunLayout(String runId, String folder) implements Serializable {
  static final String REPORT = "report.json";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** A run of its own below the temporary location. */
  static RunLayout create(String tempLocation, Instant now) {
    String runId = newRunId(now);
    return new RunLayout(runId, root(tempLocation) + runId + "/");
  }

  static String newRunId(Instant now) {
    return TIME.format(now) + "_" + UUID.randomUUID().toString().substring(0, 8);
  }

  /** Where all runs of a temporary location keep their folders. */
  static String root(String tempLocation) {
    return (tempLocation.endsWith("/") ? tempLocation : tempLocation + "/") + "deltaflow/";
  }

  /** When the run of a folder was launched, by the launcher's clock; empty when it is no run's. */
  static Optional<Instant> launched(String folderName) {
    int underscore = folderName.indexOf('_');
    try {
      return Optional.of(
          TIME.parse(folderName.substring(0, Math.max(0, underscore)), Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  String plan() {
    return folder + "plan.json";
  }

  String secrets() {
    return folder + "secret";
  }

  String report() {
    return folder + REPORT;
  }

  String files() {
    return folder + "files/";
  }
}
