package io.deltaflow.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What a child process measured itself, as a line of its output.
 *
 * @param seconds of the part that counts
 */
record Figures(@JsonProperty("rows") long rows, @JsonProperty("seconds") double seconds) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Figures of(long rows, double seconds) {
    return new Figures(rows, seconds);
  }

  static Figures parse(String output) {
    // Runners have their say when a process ends.
    String line =
        output
            .lines()
            .filter(l -> l.startsWith("{"))
            .findFirst()
            .orElseThrow(
                () -> new IllegalStateException("a child process has no figures:\n" + output));
    try {
      return JSON.readValue(line, Figures.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a child process printed '" + line + "'", e);
    }
  }

  void print() throws JsonProcessingException {
    System.out.println(JSON.writeValueAsString(this));
  }
}
