package io.deltaflow.destination;

import java.util.List;
import java.util.SortedSet;

/**
 * Makes load files out of rows of others, for a destination that refuses some of them. The engine
 * gives it to {@link Destination#stage}; worker. New files have names of their own and are deleted
 * with the run's.
 */
public interface LoadFiles {
  /**
   * The rows of a file, in their order, in several of about as many rows each.
   *
   * @param parts how many files; fewer where there are fewer rows
   * @return files of at least one row; the same for the same file, but for their names
   */
  List<LoadFile> divide(LoadFile file, int parts);

  /**
   * The rows of a file but for some.
   *
   * @param rows which to leave out, from 0; never all
   */
  LoadFile without(LoadFile file, SortedSet<Long> rows);
}
