package io.deltaflow;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names that a user may have meant. */
public final class NearNames {
  private NearNames() {}

  /** Up to three, the nearest first; empty when nothing is near. */
  public static List<String> of(String name, Collection<String> candidates) {
    String wanted = name.toLowerCase(Locale.ROOT);
    int limit = Math.max(2, name.length() / 3);
    record Candidate(String name, int distance) {}
    List<Candidate> near =
        candidates.stream()
            .map(c -> new Candidate(c, distance(wanted, c.toLowerCase(Locale.ROOT))))
            .filter(c -> c.distance <= limit || isPart(wanted, c.name.toLowerCase(Locale.ROOT)))
            .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
            .limit(3)
            .toList();
    // Next to a slip of the finger, what is merely similar only distracts.
    return near.stream()
        .filter(c -> c.distance <= near.get(0).distance + 2)
        .map(Candidate::name)
        .toList();
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
