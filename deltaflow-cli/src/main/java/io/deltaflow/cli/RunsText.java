package io.deltaflow.cli;

import io.deltaflow.LedgerEntry;
import io.deltaflow.LedgerEntry.Outcome;
import io.deltaflow.LedgerEntry.SourceRead;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The ledger for people: a table where it fits, else a block of lines for each run. */
final class RunsText {
  private static final int LONGEST_SYNC = 40;
  private static final int NARROWEST = 40;
  private static final String INDENT = " ".repeat(14);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final List<String> HEADS =
      List.of(
          "ended (UTC)",
          "outcome",
          "sync",
          "read",
          "staged",
          "inserted",
          "updated",
          "deleted",
          "dead",
          "bytes",
          "lookup",
          "merge",
          "time",
          "window or reason");
  private static final int FIRST_NUMBER = 3;
  private static final int LAST_NUMBER = 12;

  private final List<LedgerEntry> runs;
  private final String destination;

  /**
   * The newest first.
   *
   * @param destination the end of the syncs' names, which says nothing here
   */
  RunsText(List<LedgerEntry> runs, String destination) {
    this.runs = runs;
    this.destination = destination;
  }

  /** For so many columns; 0 when there is no limit. */
  String fitting(int columns) {
    List<String> table = table();
    int width = table.stream().mapToInt(String::length).max().orElse(0);
    if (columns == 0 || width <= columns) {
      return table.stream().map(l -> l + "\n").collect(Collectors.joining());
    }
    return runs.stream()
        .map(r -> block(r, Math.max(columns, NARROWEST)))
        .collect(Collectors.joining("\n"));
  }

  private List<String> table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADS);
    runs.forEach(r -> rows.add(cells(r)));
    int[] widths = new int[HEADS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(r -> line(r, widths)).toList();
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - cells.get(i).length());
      boolean right = i >= FIRST_NUMBER && i <= LAST_NUMBER;
      line.append(right ? space + cells.get(i) : cells.get(i) + space).append("  ");
    }
    return line.toString().stripTrailing();
  }

  private List<String> cells(LedgerEntry run) {
    LedgerEntry.Rows rows = run.rows();
    boolean published = run.outcome() == Outcome.PUBLISHED;
    boolean isRun = published || run.outcome() == Outcome.REFUSED;
    return List.of(
        ended(run),
        run.outcome().text(),
        shortened(sync(run)),
        isRun ? count(rows.read()) : "-",
        published ? count(rows.staged()) : "-",
        published ? count(rows.inserted()) : "-",
        published ? count(rows.updated()) : "-",
        published ? count(rows.deleted()) : "-",
        published ? count(rows.deadLettered()) : "-",
        published ? bytes(run.bytes().staged()) : "-",
        published ? bytes(run.bytes().lookup()) : "-",
        published ? bytes(run.bytes().merge()) : "-",
        isRun ? time(run) : "-",
        run.detail() == null ? window(run) : reason(run));
  }

  private String block(LedgerEntry run, int columns) {
    boolean published = run.outcome() == Outcome.PUBLISHED;
    boolean isRun = published || run.outcome() == Outcome.REFUSED;
    StringBuilder out = new StringBuilder();
    out.append(ended(run)).append(" UTC  ").append(run.outcome().text());
    out.append(isRun ? " after " + time(run) : "").append('\n');
    add(out, "Sync", sync(run), columns);
    if (run.detail() != null) {
      add(out, run.outcome() == Outcome.REFUSED ? "Reason" : "Detail", run.detail(), columns);
    }
    if (!run.sources().isEmpty()) {
      add(out, "Window", window(run), columns);
    }
    if (isRun) {
      add(out, "Rows", published ? rows(run.rows()) : count(run.rows().read()) + " read", columns);
    }
    if (published) {
      add(out, "Bytes", bytes(run.bytes()), columns);
    }
    return out.toString();
  }

  /** A label and a text, wrapped between words. */
  private static void add(StringBuilder out, String label, String text, int columns) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-12s", label));
    boolean empty = true;
    for (String word : text.split("\\s+")) {
      if (!empty && line.length() + 1 + word.length() > columns) {
        out.append(line).append('\n');
        line = new StringBuilder(INDENT);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    out.append(line).append('\n');
  }

  private static String rows(LedgerEntry.Rows rows) {
    String text =
        String.format(
            Locale.ROOT,
            "%,d read, %,d staged, %,d inserted, %,d updated, %,d deleted",
            rows.read(),
            rows.staged(),
            rows.inserted(),
            rows.updated(),
            rows.deleted());
    return rows.deadLettered() == 0
        ? text
        : text + String.format(Locale.ROOT, ", %,d kept out as dead letters", rows.deadLettered());
  }

  private static String ended(LedgerEntry run) {
    return run.ended() == null ? "-" : TIME.format(run.ended());
  }

  private String sync(LedgerEntry run) {
    String end = " -> " + destination;
    String id = run.syncId();
    return id.endsWith(end) ? id.substring(0, id.length() - end.length()) : id;
  }

  private static String shortened(String sync) {
    return sync.length() <= LONGEST_SYNC ? sync : sync.substring(0, LONGEST_SYNC - 3) + "...";
  }

  private static String reason(LedgerEntry run) {
    String detail = run.detail().replaceAll("\\s+", " ");
    return run.outcome() == Outcome.ADOPTED ? window(run) + ", " + detail : detail;
  }

  private static String window(LedgerEntry run) {
    return run.sources().stream().map(RunsText::window).collect(Collectors.joining("; "));
  }

  private static String window(SourceRead source) {
    if (source.cursor() == null) {
      return "everything";
    }
    String lo = source.lo() == null ? "" : "from " + source.lo() + " ";
    return source.cursor() + " " + lo + "below " + source.hi();
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private static String bytes(LedgerEntry.Bytes bytes) {
    return bytes(bytes.staged())
        + " loaded, "
        + bytes(bytes.lookup())
        + " looked up, "
        + bytes(bytes.merge())
        + " merged";
  }

  private static String bytes(long bytes) {
    String[] units = {"kB", "MB", "GB", "TB"};
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /** From one machine's clock to another's. */
  private static String time(LedgerEntry run) {
    Instant from = run.started();
    if (from == null || run.ended() == null || run.ended().isBefore(from)) {
      return "-";
    }
    Duration time = Duration.between(from, run.ended());
    if (time.toMinutes() == 0) {
      return String.format(Locale.ROOT, "%.1f s", Math.min(59.9, time.toMillis() / 1000.0));
    }
    return time.toHours() == 0
        ? String.format(Locale.ROOT, "%d min %d s", time.toMinutes(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d h %d min", time.toHours(), time.toMinutesPart());
  }
}
