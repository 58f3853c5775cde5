package io.deltaflow.destination;

import io.deltaflow.spi.RequiredAccess;
import java.util.List;

/**
 * What a planned run would do to the target.
 *
 * @param effect what becomes of the table, for people
 * @param statements DDL of the target, in the order in which it would be made
 * @param types one per column of the plan, in the target's own notation
 * @param publish what would make the rows visible, with words in braces for what only the run knows
 * @param scan bytes that the publish is expected to process
 * @param access what the run's account needs
 * @param warnings lines for the user
 */
public record RunForecast(
    String effect,
    List<String> statements,
    List<String> types,
    String publish,
    Scan scan,
    List<RequiredAccess> access,
    List<String> warnings) {
  public RunForecast {
    statements = List.copyOf(statements);
    types = List.copyOf(types);
    access = List.copyOf(access);
    warnings = List.copyOf(warnings);
  }

  /**
   * Bytes that a run processes in the destination.
   *
   * @param moved of the source, by the query that moves the rows; 0 when none does
   * @param staged of the new rows, about; negative when not known
   * @param lookup for finding where the rows to merge are now
   * @param mergeLeast of the target for merging, at least
   * @param mergeMost of the target for merging, at most
   */
  public record Scan(long moved, long staged, long lookup, long mergeLeast, long mergeMost) {}
}
