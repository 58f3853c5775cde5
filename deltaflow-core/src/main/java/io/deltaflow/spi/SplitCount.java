package io.deltaflow.spi;

/**
 * Into how many splits a connector that has no better reason cuts a read: enough for workers to
 * share and for a slow one not to be waited for, few enough for what each costs beside its rows, a
 * statement, a file, and a runner's book-keeping, which grows faster than their number. Called on
 * the launcher; contacts nothing.
 */
public final class SplitCount {
  /** Beyond so many, planning and book-keeping would outweigh what smaller splits are worth. */
  public static final int MOST = 10_000;

  /** What a split may take at the source before there should be more of them. */
  public static final long BYTES = 256L << 20;

  private static final long SMALL_ROWS = 20_000;
  private static final long FEWEST_ROWS = 500;
  private static final int FEWEST = 8;
  private static final int MANY = 64;
  private static final long ROWS = 100_000;
  private static final long MOST_ROWS = 1_000_000;

  private SplitCount() {}

  /**
   * One for small reads, then one for 100,000 rows, 8 to 64, and more where a split would have well
   * over a million rows or 256 MB.
   *
   * @param rows to read, an estimate
   * @param bytes that these take at the source; 0 when unknown
   * @return 1 to {@link #MOST}
   */
  public static int of(long rows, long bytes) {
    if (rows < SMALL_ROWS && bytes <= BYTES) {
      return 1;
    }
    int shared = atMost(Math.min(MANY, Math.max(FEWEST, rows / ROWS)), rows);
    long sized = Math.max(rows / MOST_ROWS, bytes / BYTES);
    return (int) Math.min(MOST, Math.max(shared, Math.min(sized, rows)));
  }

  /**
   * As many as somebody asks for, where the rows are enough for so many.
   *
   * @param wanted above 0
   * @param rows to read, an estimate
   * @return 1 to {@link #MOST}
   */
  public static int atMost(long wanted, long rows) {
    return (int) Math.max(1, Math.min(wanted, Math.min(MOST, rows / FEWEST_ROWS)));
  }
}
