package io.deltaflow;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Names that a user may have meant. */
public final class NearNames {
  private NearNames() {}

  /** Up to three, the nearest first; empty when nothing is near. */
  public static List<String> of(String name, Collection<String> candidates) {
    return of(name, candidates, Function.identity());
  }

  /** The same for things that have names. */
  public static <T> List<T> of(String name, Collection<T> candidates, Function<T, String> toName) {
    String wanted = name.toLowerCase(Locale.ROOT);
    int limit = Math.max(2, name.length() / 3);
    List<Candidate<T>> near =
        candidates.stream()
            .map(c -> Candidate.of(wanted, c, toName.apply(c).toLowerCase(Locale.ROOT)))
            .filter(c -> c.distance <= limit || isPart(wanted, c.name))
            .sorted(
                Comparator.<Candidate<T>>comparingInt(Candidate::distance)
                    .thenComparing(Candidate::name))
            .limit(3)
            .toList();
    // Next to a slip of the finger, what is merely similar only distracts.
    return near.stream()
        .filter(c -> c.distance <= near.get(0).distance + 2)
        .map(Candidate::value)
        .toList();
  }

  private record Candidate<T>(T value, String name, int distance) {
    static <T> Candidate<T> of(String wanted, T value, String name) {
      return new Candidate<>(value, name, NearNames.distance(wanted, name));
    }
  }

  /** {@code ; did you mean 'a' or 'b'?} or nothing, to end a message with. */
  public static String hint(String name, Collection<String> candidates) {
    List<String> near = of(name, candidates);
    return near.isEmpty() ? "" : "; did you mean '" + String.join("' or '", near) + "'?";
  }

  private static boolean isPart(String wanted, String candidate) {
    return wanted.length() >= 4 && (candidate.contains(wanted) || wanted.contains(candidate));
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
