package io.deltaflow.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The splits of a run, kept in a file since a job graph's size is limited. */
final class SplitPlan {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SplitPlan() {}

  /** Launcher. */
  static void write(String path, List<List<Split>> splitsBySource) {
    List<Entry> entries = new ArrayList<>();
    for (int source = 0; source < splitsBySource.size(); source++) {
      List<Split> splits = splitsBySource.get(source);
      for (int i = 0; i < splits.size(); i++) {
        entries.add(new Entry(source, i, splits.get(i).spec(), splits.get(i).estimatedRows()));
      }
    }
    try {
      RunFiles.write(path, JSON.writeValueAsBytes(entries));
    } catch (IOException e) {
      throw RunFileException.written(path, e);
    }
  }

  /** Worker. */
  static List<SplitTask> read(String path) {
    List<SplitTask> tasks = new ArrayList<>();
    try {
      for (Entry e : JSON.readValue(RunFiles.read(path), Entry[].class)) {
        tasks.add(new SplitTask(e.source, e.index, new Split(e.spec, e.estimatedRows)));
      }
    } catch (JsonProcessingException e) {
      throw new InternalException("the run's plan " + path + " is not one", e);
    } catch (IOException e) {
      throw RunFileException.read(path, e);
    }
    return tasks;
  }

  private record Entry(
      @JsonProperty("source") int source,
      @JsonProperty("index") int index,
      @JsonProperty("spec") String spec,
      @JsonProperty("rows") long estimatedRows) {}
}
