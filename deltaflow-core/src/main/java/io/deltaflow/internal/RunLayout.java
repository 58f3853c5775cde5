package io.deltaflow.internal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** Names of a run and of its files. */
record RunLayout(String runId, String folder) {
  static final String REPORT = "report.json";

  /** A run of its own below the temporary location. */
  static RunLayout create(String tempLocation, Instant now) {
    String time =
        DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss", Locale.ROOT)
            .withZone(ZoneOffset.UTC)
            .format(now);
    String runId = time + "_" + UUID.randomUUID().toString().substring(0, 8);
    String root = tempLocation.endsWith("/") ? tempLocation : tempLocation + "/";
    return new RunLayout(runId, root + "deltaflow/" + runId + "/");
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
