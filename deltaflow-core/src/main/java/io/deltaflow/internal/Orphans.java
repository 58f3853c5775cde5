package io.deltaflow.internal;

import io.deltaflow.spi.error.ConfigurationException;
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
   * @throws ConfigurationException when there is no such bucket
   */
  static void sweep(String tempLocation, Instant now, List<String> warnings) {
    String root = RunLayout.root(tempLocation);
    try {
      for (String folder : find(tempLocation, now)) {
        RunFiles.deleteFolder(root + folder + "/", "");
      }
    } catch (IOException e) {
      warnings.add("old files below " + root + " could not be deleted: " + e.getMessage());
    }
  }

  /**
   * The names of the folders that are old enough.
   *
   * @throws ConfigurationException when there is no such bucket
   */
  static List<String> find(String tempLocation, Instant now) throws IOException {
    String root = RunLayout.root(tempLocation);
    Set<String> folders = new TreeSet<>();
    try {
      for (String pattern : List.of("*/*", "*/*/*")) {
        int depth = pattern.split("/").length;
        for (MatchResult.Metadata file :
            FileSystems.match(root + pattern, EmptyMatchTreatment.ALLOW).metadata()) {
          String[] path = file.resourceId().toString().split("/");
          folders.add(path[path.length - depth]);
        }
      }
    } catch (IOException e) {
      if (isNoBucket(e)) {
        throw new ConfigurationException(
            "--tempLocation: " + tempLocation + " is in a bucket that does not exist; create it",
            e);
      }
      throw e;
    }
    return folders.stream()
        .filter(f -> RunLayout.launched(f).filter(t -> t.isBefore(now.minus(AGE))).isPresent())
        .toList();
  }

  /** Of a list nothing else can be missing; the answer's text is all that Beam lets through. */
  private static boolean isNoBucket(IOException failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (String.valueOf(t.getMessage()).startsWith("404 ")) {
        return true;
      }
    }
    return false;
  }
}
