package io.deltaflow.destination.bigquery;

import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.LoadFiles;
import io.deltaflow.destination.RefusedRow;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.spi.error.RefusedRunException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the rows for which BigQuery refuses a load, whose error does not say which they are: loads
 * parts of its files, then parts of those that are refused, until each is one row. What a part came
 * to is the word of one job, under an id that the part's place gives it, so that whoever repeats
 * the search, also at the same time, finds the same rows.
 */
final class RefusedRowSearch {
  /** With four parts as many loads as with two, and half as many rounds. */
  private static final int PARTS = 4;

  /** Of one search: what a project may start in a day is 100,000. */
  static final int MOST_LOADS = 2_000;

  private static final int MOST_REASONS = 3;
  private static final Pattern PLACE = Pattern.compile("\\s*(File: )?\\bgs://\\S+");
  private static final Pattern NAMED =
      Pattern.compile("\\b(?:column|field)\\b[:\\s]*['\"`]?(\\w+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern MENTIONED = Pattern.compile("(?<![\\w.])(\\w+)");
  private static final Logger LOG = LoggerFactory.getLogger(RefusedRowSearch.class);

  private final TableName target;
  private final PartLoads loads;
  private final LoadFiles files;
  private final long most;

  /**
   * @param target for messages
   * @param most how many rows may be found
   */
  RefusedRowSearch(TableName target, PartLoads loads, LoadFiles files, long most) {
    this.target = target;
    this.loads = loads;
    this.files = files;
    this.most = most;
  }

  /** Successive rows of a file, in a file of their own. */
  private record Rows(LoadFile file, LoadFile original, long first) {}

  /** Some of a refused load's rows. */
  private record Piece(String id, List<Rows> rows, JobFailedException refusal) {
    boolean isOneRow() {
      return rows.size() == 1 && rows.get(0).file.rows() == 1;
    }

    Piece refused(JobFailedException why) {
      return new Piece(id, rows, why);
    }

    /** The id of the piece that it is a part of. */
    String parent() {
      return id.substring(0, id.lastIndexOf('-'));
    }
  }

  /**
   * @param id of the load, for the ids of its parts
   * @return always in the same order
   */
  List<RefusedRow> find(String id, List<LoadFile> loaded, JobFailedException refusal) {
    List<Rows> all = loaded.stream().map(f -> new Rows(f, f, 0)).toList();
    List<Piece> refused = List.of(new Piece(id, all, refusal));
    List<Piece> found = new ArrayList<>();
    int begun = 0;
    while (!refused.isEmpty()) {
      requireFew(found, refused);
      List<Piece> parts = new ArrayList<>();
      for (Piece piece : refused) {
        if (piece.isOneRow()) {
          found.add(piece);
        } else {
          parts.addAll(divide(piece));
        }
      }
      begun += parts.size();
      if (begun > MOST_LOADS) {
        throw tooManyLoads(refused);
      }
      LOG.info(
          "Looking for the rows that BigQuery refuses for {}: {} found, {} parts to load",
          target,
          found.size(),
          parts.size());
      refused = load(parts, refused);
    }
    return found.stream().map(this::row).toList();
  }

  private List<Piece> divide(Piece piece) {
    List<List<Rows>> parts = new ArrayList<>();
    if (piece.rows.size() > 1) {
      int size = piece.rows.size();
      int count = Math.min(PARTS, size);
      for (int i = 0; i < count; i++) {
        parts.add(piece.rows.subList(size * i / count, size * (i + 1) / count));
      }
    } else {
      Rows rows = piece.rows.get(0);
      long first = rows.first;
      for (LoadFile file : files.divide(rows.file, PARTS)) {
        parts.add(List.of(new Rows(file, rows.original, first)));
        first += file.rows();
      }
    }
    List<Piece> pieces = new ArrayList<>();
    for (List<Rows> part : parts) {
      pieces.add(new Piece(piece.id + "-" + pieces.size(), part, null));
    }
    return pieces;
  }

  /**
   * @param of the pieces that they are parts of
   * @return those that are refused
   */
  private List<Piece> load(List<Piece> parts, List<Piece> of) {
    if (parts.isEmpty()) {
      return List.of();
    }
    List<PartLoads.Load> begun = new ArrayList<>();
    for (Piece part : parts) {
      begun.add(loads.begin(part.id, part.rows.stream().map(Rows::file).toList()));
    }
    CrashPoints.reach(CrashPoints.AFTER_PARTS_BEGUN);
    List<Piece> refused = new ArrayList<>();
    Set<String> explained = new HashSet<>();
    for (int i = 0; i < parts.size(); i++) {
      Piece part = parts.get(i);
      loads
          .refusal(begun.get(i))
          .ifPresent(
              why -> {
                refused.add(part.refused(why));
                explained.add(part.parent());
              });
    }
    for (Piece whole : of) {
      if (!whole.isOneRow() && !explained.contains(whole.id)) {
        throw loads.failed(
            whole.refusal,
            "; it takes each part of these files alone, so no single row is the reason");
      }
    }
    return refused;
  }

  private void requireFew(List<Piece> found, List<Piece> refused) {
    int atLeast = found.size() + refused.size();
    if (atLeast <= most) {
      return;
    }
    long limit = loads.run().deadLetters().orElseThrow().most();
    long before = limit - most;
    List<Piece> all = new ArrayList<>(found);
    all.addAll(refused);
    throw new RefusedRunException(
        "BigQuery refuses at least "
            + rows(atLeast)
            + " for "
            + target
            + (before > 0 ? " and " + rows(before) + " did not fit before" : "")
            + ", and --max_bad_records is "
            + limit
            + "; nothing was published; correct them, or allow more. First: "
            + reasons(all));
  }

  private static String rows(long count) {
    return count == 1 ? "1 row" : count + " rows";
  }

  private RefusedRunException tooManyLoads(List<Piece> refused) {
    return new RefusedRunException(
        "BigQuery refuses so many rows for "
            + target
            + " that more than "
            + MOST_LOADS
            + " loads would be needed to find them; nothing was published; correct them. First: "
            + reasons(refused));
  }

  private static String reasons(List<Piece> pieces) {
    return pieces.stream()
        .map(p -> reason(p.refusal))
        .distinct()
        .limit(MOST_REASONS)
        .collect(Collectors.joining("; "));
  }

  private RefusedRow row(Piece piece) {
    Rows rows = piece.rows.get(0);
    String reason = reason(piece.refusal);
    return new RefusedRow(rows.original, rows.first, rows.file, field(reason), reason);
  }

  /** BigQuery's words, without the names of files that nobody will find. */
  private static String reason(JobFailedException refusal) {
    return PLACE.matcher(refusal.replyWithDetails()).replaceAll("").strip();
  }

  /**
   * The column that BigQuery names, among the parts of the value that it shows; null when that is
   * not clear. Load columns have names that are no words.
   */
  private String field(String reason) {
    List<String> named = fields(NAMED, reason);
    if (!named.isEmpty()) {
      return named.get(named.size() - 1);
    }
    Set<String> mentioned = new HashSet<>(fields(MENTIONED, reason));
    return mentioned.size() == 1 ? mentioned.iterator().next() : null;
  }

  private List<String> fields(Pattern pattern, String reason) {
    List<String> found = new ArrayList<>();
    Matcher names = pattern.matcher(reason);
    while (names.find()) {
      loads.run().target().columns().stream()
          .filter(c -> c.loadName().equals(names.group(1)))
          .forEach(c -> found.add(c.field()));
    }
    return found;
  }
}
