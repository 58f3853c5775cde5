package io.deltaflow.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One process, or the medians of several.
 *
 * @param rows it handled
 * @param seconds of the part that counts, by its own clock
 * @param wall seconds from its start to its end
 * @param cpu seconds of its threads; without PostgreSQL's and the emulator's
 * @param peakMegabytes the most memory that was resident
 */
record Measurement(long rows, double seconds, double wall, double cpu, double peakMegabytes) {
  double rowsPerSecond() {
    return rows / seconds;
  }

  static Measurement median(Collection<Measurement> all) {
    List<Measurement> runs = List.copyOf(all);
    return new Measurement(
        runs.get(0).rows,
        median(runs, Measurement::seconds),
        median(runs, Measurement::wall),
        median(runs, Measurement::cpu),
        median(runs, Measurement::peakMegabytes));
  }

  private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> figure) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    return Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1)
        .average()
        .orElseThrow();
  }
}
