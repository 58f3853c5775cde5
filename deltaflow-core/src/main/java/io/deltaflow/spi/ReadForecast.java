package io.deltaflow.spi;

import java.util.List;

/**
 * How a read would be cut.
 *
 * @param splits how many; negative when only the read itself tells
 * @param cut by what, in a few words for people, such as {@code ranges of id}
 * @param estimatedRows of all splits; negative when not known
 */
public record ReadForecast(int splits, String cut, long estimatedRows) {
  /** Of splits that were made. */
  public static ReadForecast of(List<Split> splits, String cut) {
    boolean known = splits.stream().allMatch(s -> s.estimatedRows() >= 0);
    return new ReadForecast(
        splits.size(), cut, known ? splits.stream().mapToLong(Split::estimatedRows).sum() : -1);
  }
}
