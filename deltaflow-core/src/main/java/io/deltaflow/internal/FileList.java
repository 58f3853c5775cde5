package io.deltaflow.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files that a run loads, settled once: whoever comes first writes the list, whoever finds it
 * uses it. So a runner that computes the graph again, with files of other names, still loads the
 * same rows.
 */
record FileList(
    @JsonProperty("rows_read") long rowsRead,
    @JsonProperty("rows_by_source") List<Long> rowsBySource,
    @JsonProperty("rounded") long rounded,
    @JsonProperty("files") List<LoadFile> files,
    @JsonProperty("bad") BadRows bad,
    @JsonProperty("warned") Map<String, Long> warned) {
  private static final ObjectMapper JSON = new ObjectMapper();

  FileList {
    rowsBySource = List.copyOf(rowsBySource);
    files = List.copyOf(files);
    warned = Map.copyOf(warned);
  }

  /** Of complete results: exactly one for each split of the plan. */
  static FileList of(Iterable<SplitResult> results, List<Integer> splitsBySource) {
    List<LoadFile> files = new ArrayList<>();
    List<boolean[]> seen = splitsBySource.stream().map(boolean[]::new).toList();
    long rows = 0;
    long[] bySource = new long[splitsBySource.size()];
    long rounded = 0;
    BadRows bad = BadRows.NONE;
    Map<String, Long> warned = new TreeMap<>();
    int found = 0;
    for (SplitResult r : results) {
      if (seen.get(r.source())[r.index()]) {
        throw new InternalException(
            "split " + r.index() + " of source " + r.source() + " arrived twice at the publish");
      }
      seen.get(r.source())[r.index()] = true;
      found++;
      rows += r.rowsRead();
      bySource[r.source()] += r.rowsRead();
      rounded += r.rounded();
      files.addAll(r.files());
      bad = bad.plus(r.bad());
      r.warned().forEach((check, n) -> warned.merge(check, n, Long::sum));
    }
    int expected = splitsBySource.stream().mapToInt(Integer::intValue).sum();
    if (found != expected) {
      throw new InternalException(
          found + " of " + expected + " splits arrived at the publish; nothing was published");
    }
    long staged = files.stream().mapToLong(LoadFile::rows).sum();
    if (staged + bad.count() != rows) {
      throw new InternalException(
          rows
              + " rows were read, "
              + staged
              + " are in files and "
              + bad.count()
              + " are dead letters; nothing was published");
    }
    files.sort(Comparator.comparing(LoadFile::path));
    return new FileList(
        rows, Arrays.stream(bySource).boxed().toList(), rounded, files, bad, warned);
  }

  /** With rows of its files that are kept out as well. */
  FileList keepingOut(BadRows more) {
    return new FileList(rowsRead, rowsBySource, rounded, files, bad.plus(more), warned);
  }

  /** This list, or the one that was written before it. */
  FileList settle(String path) {
    try {
      return JSON.readValue(RunFiles.writeOnce(path, JSON.writeValueAsBytes(this)), FileList.class);
    } catch (JsonProcessingException e) {
      throw new InternalException("the run's file list " + path + " is not one", e);
    } catch (IOException e) {
      throw RunFileException.written(path, e);
    }
  }
}
