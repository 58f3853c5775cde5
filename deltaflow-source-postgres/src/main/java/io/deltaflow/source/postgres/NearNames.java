package io.deltaflow.source.postgres;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Names that a mistyped one may have meant. */
final class NearNames {
  private NearNames() {}

  /** At most three, the nearest first; those that differ in case only are nearest. */
  static <T> List<T> of(String wanted, Collection<T> candidates, Function<T, String> name) {
    String folded = wanted.toLowerCase(Locale.ROOT);
    int limit = Math.max(2, folded.length() / 3);
    record Near<T>(T candidate, int distance) {}
    return candidates.stream()
        .map(c -> new Near<>(c, distance(folded, name.apply(c).toLowerCase(Locale.ROOT), limit)))
        .filter(n -> n.distance <= limit)
        .sorted(Comparator.comparingInt(Near::distance))
        .limit(3)
        .map(Near::candidate)
        .toList();
  }

  static String join(Collection<?> names) {
    return names.stream().map(Object::toString).collect(Collectors.joining(" or "));
  }

  /** Levenshtein's, or more than the limit. */
  private static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) > limit) {
      return limit + 1;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
