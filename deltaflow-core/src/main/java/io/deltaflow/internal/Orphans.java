package io.deltaflow.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;

/** Folders of runs that ended without cleaning up: files that nobody loads, and sealed secrets. */
final class Orphans {
  /** Far longer than any run takes; a Dataflow job may live for ten days only when it streams. */
  private static final Duration AGE = Duration.ofDays(7);

  private Orphans() {}

  /**
   * Deletes what is old enough. Launcher.
   *
   * @param warnings takes a line when something could not be deleted
   */
  static void sweep(String tempLocation, Instant now, List<String> warnings) {
    String root = RunLayout.root(tempLocation);
    try {
      Set<String> folders = new TreeSet<>();
      for (String pattern : List.of("*/*", "*/*/*")) {
        int depth = pattern.split("/").length;
        for (MatchResult.Metadata file :
            FileSystems.match(root + pattern, EmptyMatchTreatment.ALLOW).metadata()) {
          String[] path = file.resourceId().toString().split("/");
          folders.add(path[path.length - depth]);
        }
      }
      for (String folder : folders) {
        if (RunLayout.launched(folder).filter(t -> t.isBefore(now.minus(AGE))).isPresent()) {
          RunFiles.deleteFolder(root + folder + "/", "");
        }
      }
    } catch (IOException e) {
      warnings.add("old files below " + root + " could not be deleted: " + e.getMessage());
    }
  }
}
