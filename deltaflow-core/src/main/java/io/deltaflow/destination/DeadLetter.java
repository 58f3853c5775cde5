package io.deltaflow.destination;

/**
 * A row that was kept out of the target, and is to be published after all.
 *
 * @param id in the table of dead letters
 * @param source description of the source it came from
 * @param row of that source as a JSON object, as corrected
 */
public record DeadLetter(String id, String source, String row) {}
