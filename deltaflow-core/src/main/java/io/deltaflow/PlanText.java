package io.deltaflow;

import io.deltaflow.SyncPlan.ColumnPlan;
import io.deltaflow.SyncPlan.SourcePlan;
import io.deltaflow.SyncPlan.WindowPlan;
import io.deltaflow.spi.RequiredAccess;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A plan for people. */
final class PlanText {
  private static final int COLUMNS = 100;
  private static final int LABEL = 14;
  private static final BigDecimal TIB = BigDecimal.valueOf(1L << 40);

  /** BigQuery bills no less for a statement. */
  private static final long LEAST_BILLED = 10L << 20;

  private final SyncPlan plan;
  private final BigDecimal usdPerTib;
  private final StringBuilder out = new StringBuilder();

  PlanText(SyncPlan plan, BigDecimal usdPerTib) {
    this.plan = plan;
    this.usdPerTib = usdPerTib;
  }

  String text() {
    line("Plan", "nothing was written, and no job was launched");
    line("Sync", plan.syncId());
    plan.sources().forEach(this::source);
    line("Destination", plan.destination() + " " + plan.effect());
    cost();
    plan.warnings().forEach(w -> line("Warning", w));
    columns();
    access();
    if (!plan.ddl().isEmpty()) {
      head("DDL");
      plan.ddl().forEach(sql -> block(sql + ";"));
    }
    head("Publish, in one transaction; words in braces are what only the run knows");
    block(plan.publish().stripTrailing());
    return out.toString();
  }

  private void source(SourcePlan source) {
    line("Source", source.source());
    if (source.window() == null) {
      line("", "everything is read: no Smart Sync");
    } else {
      window(source.window(), source.deferred());
    }
    line("", rows(source));
    if (source.serverSide()) {
      line("", "moved inside BigQuery: no row passes through a worker");
      return;
    }
    line("", splits(source));
    if (source.connectionsPerWorker() != null) {
      line("", connections(source));
    }
  }

  private void window(WindowPlan window, long deferred) {
    String lo = window.lo() == null ? "the beginning" : window.lo();
    line("", window.cursor() + " from " + lo + " to below " + window.hi());
    line(
        "",
        (window.incremental() ? "incremental, begins there: " : "first run, begins there: ")
            + window.origin());
    if (window.reason() != null) {
      line("", "ends there: " + window.reason());
    }
    if (deferred > 0) {
      line("", String.format(Locale.ROOT, "%,d rows wait for a later run", deferred));
    }
  }

  private static String rows(SourcePlan source) {
    String rows =
        source.estimatedRows() == null
            ? "rows: not known"
            : String.format(
                Locale.ROOT,
                source.estimatedRows() == 1 ? "about %,d row" : "about %,d rows",
                source.estimatedRows());
    return source.estimatedBytes() == null
        ? rows
        : rows + ", " + bytes(source.estimatedBytes()) + " at the source";
  }

  private static String splits(SourcePlan source) {
    if (source.splits() == null) {
      return "splits: " + source.cut();
    }
    return source.splits() + (source.splits() == 1 ? " split, " : " splits, ") + source.cut();
  }

  private static String connections(SourcePlan source) {
    Integer each = source.connectionsPerWorker();
    Integer all = source.connections();
    if (all == null) {
      return each + " connections from each worker at most";
    }
    return all == 1
        ? "1 connection at most"
        : all
            + " connections at most, one for each split"
            + (all > each ? ", and " + each + " from one worker" : "");
  }

  private void cost() {
    SyncPlan.Cost cost = plan.cost();
    if (cost.moved() > 0) {
      line(
          "Cost",
          "the query that moves the rows reads "
              + bytes(cost.moved())
              + " of the source, about "
              + usd(cost.moved())
              + " on demand");
    }
    String head = cost.moved() > 0 ? "" : "Cost";
    if (cost.mergeMost() == 0) {
      line(
          head,
          "the publish reads the staged rows"
              + Optional.ofNullable(cost.staged()).map(b -> ", about " + bytes(b)).orElse("")
              + ", and nothing of the table; loads are free");
      return;
    }
    long staged = cost.staged() == null ? 0 : cost.staged();
    long least = cost.lookup() + cost.mergeLeast() + staged;
    long most = cost.lookup() + cost.mergeMost() + staged;
    line(
        head,
        "the publish reads "
            + (least == most ? bytes(most) : bytes(least) + " to " + bytes(most))
            + (cost.lookup() == 0
                ? ""
                : ", of them " + bytes(cost.lookup()) + " to look up where the rows are")
            + (cost.staged() == null ? ", and the staged rows" : "")
            + "; loads are free");
    line(
        "",
        (least == most
                ? ""
                : "the least when every row is new, the most when rows of all partitions change; ")
            + "about "
            + (usd(least).equals(usd(most)) ? "" : usd(least) + " to ")
            + usd(most)
            + " on demand, taking "
            + usdPerTib.toPlainString()
            + " USD per TiB and 10 MiB at least");
  }

  private String usd(long bytes) {
    BigDecimal usd =
        BigDecimal.valueOf(Math.max(bytes, LEAST_BILLED))
            .multiply(usdPerTib)
            .divide(TIB, MathContext.DECIMAL64)
            .round(new MathContext(2));
    return usd.signum() == 0 ? "0 USD" : usd.toPlainString() + " USD";
  }

  private void columns() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("column", "source", "destination", "values that do not fit"));
    for (ColumnPlan column : plan.columns()) {
      rows.add(
          List.of(
              column.name(),
              column.sourceTypes().stream()
                  .map(t -> t == null ? "-" : t)
                  .collect(Collectors.joining(" | ")),
              column.type(),
              column.misfits() == null ? "" : misfits(column.misfits())));
    }
    head("Columns");
    table(rows);
  }

  private static String misfits(String policy) {
    return switch (policy) {
      case "fail" -> "fail the run";
      case "round" -> "are rounded";
      case "dead_letter" -> "make the row a dead letter";
      case "string" -> "all are carried as text";
      default -> policy;
    };
  }

  private void access() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("role", "on", "why"));
    for (RequiredAccess access : plan.access()) {
      rows.add(List.of(access.role(), access.resource(), access.reason()));
    }
    head("Access that the run's account needs");
    table(rows);
  }

  /** Columns as wide as their texts; a last one that is too wide is wrapped. */
  private void table(List<List<String>> rows) {
    int last = rows.get(0).size() - 1;
    int[] widths = new int[last];
    for (List<String> row : rows) {
      for (int i = 0; i < last; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    int indent = 2;
    for (int width : widths) {
      indent += width + 2;
    }
    for (List<String> row : rows) {
      StringBuilder start = new StringBuilder("  ");
      for (int i = 0; i < last; i++) {
        start.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      wrap(start, row.get(last), indent);
    }
  }

  private void head(String title) {
    out.append('\n').append(title).append('\n');
  }

  private void block(String sql) {
    sql.lines().forEach(l -> out.append(l.isEmpty() ? "" : "  ").append(l).append('\n'));
  }

  private void line(String label, String text) {
    wrap(new StringBuilder(String.format(Locale.ROOT, "  %-12s", label)), text, LABEL);
  }

  /** Appends words, in further lines where they do not fit. */
  private void wrap(StringBuilder start, String text, int indent) {
    StringBuilder line = start;
    boolean empty = true;
    for (String word : text.split("\\s+")) {
      if (!empty && line.length() + 1 + word.length() > COLUMNS) {
        out.append(line.toString().stripTrailing()).append('\n');
        line = new StringBuilder(" ".repeat(indent));
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    out.append(line.toString().stripTrailing()).append('\n');
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
}
