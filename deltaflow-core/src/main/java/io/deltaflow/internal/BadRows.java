package io.deltaflow.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.deltaflow.destination.LoadFile;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Rows that were kept out.
 *
 * @param files that hold them, in the columns of {@link DeadLetters#COLUMNS}
 * @param reasons of the first few
 */
record BadRows(
    @JsonProperty("count") long count,
    @JsonProperty("files") List<LoadFile> files,
    @JsonProperty("reasons") List<String> reasons)
    implements Serializable {
  static final BadRows NONE = new BadRows(0, List.of(), List.of());
  static final int MOST_REASONS = 3;

  BadRows {
    files = List.copyOf(files);
    reasons = reasons.stream().limit(MOST_REASONS).toList();
  }

  BadRows plus(BadRows other) {
    List<LoadFile> all = new ArrayList<>(files);
    all.addAll(other.files);
    return new BadRows(
        count + other.count,
        all,
        Stream.concat(reasons.stream(), other.reasons.stream()).distinct().toList());
  }
}
