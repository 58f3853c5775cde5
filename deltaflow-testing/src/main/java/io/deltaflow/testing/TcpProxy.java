package io.deltaflow.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Stands on loopback between clients and any server that speaks TCP, and is as bad a network as it
 * is told to be. What it is told takes effect at once, on open connections too. Thread-safe.
 *
 * <pre>{@code
 * try (TcpProxy proxy = TcpProxy.before(postgres.port())) {
 *   flags.put("postgresql_port", Integer.toString(proxy.port()));
 *   proxy.cutAfter(TcpProxy.Way.TO_CLIENT, 100_000);
 *   DeltaFlow.launch(SyncSpec.fromFlags(flags), options).waitUntilFinish();
 *   assertThat(proxy.cuts()).isEqualTo(1);
 * }
 * }</pre>
 */
public final class TcpProxy implements AutoCloseable {
  /** Which of the two streams of a connection. */
  public enum Way {
    TO_SERVER,
    TO_CLIENT
  }

  private final ServerSocket listener;
  private final InetSocketAddress server;
  private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();
  private final Map<Way, WayRules> rules = new EnumMap<>(Way.class);
  private boolean stalled;
  private boolean refusing;
  private boolean closed;
  private int mostOpen;
  private long total;
  private long cuts;

  private TcpProxy(InetSocketAddress server) {
    this.server = server;
    for (Way way : Way.values()) {
      rules.put(way, new WayRules());
    }
    try {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port is free on loopback", e);
    }
    ProxiedConnection.thread(this::accept, "accept").start();
  }

  /** Before a server on loopback. */
  public static TcpProxy before(int port) {
    return before(InetAddress.getLoopbackAddress().getHostAddress(), port);
  }

  /** Before a server. */
  public static TcpProxy before(String host, int port) {
    return new TcpProxy(new InetSocketAddress(host, port));
  }

  /** Where clients connect to. */
  public String host() {
    return listener.getInetAddress().getHostAddress();
  }

  /** Where clients connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Passes everything on again: ends delays, stalls, refusals, rewriting and cuts to come. */
  public synchronized void pass() {
    rules.replaceAll((way, old) -> new WayRules());
    stalled = false;
    refusing = false;
    notifyAll();
  }

  /** Holds every piece of at most 64 KiB back for a time. */
  public synchronized void delay(Way way, Duration time) {
    rules.get(way).delayNanos = time.toNanos();
    notifyAll();
  }

  /**
   * Closes a connection once that many more bytes went one way, over all connections; the one that
   * carries the last of them is closed behind it. Once.
   */
  public synchronized void cutAfter(Way way, long bytes) {
    rules.get(way).bytesToCut = bytes;
  }

  /**
   * Closes the connection on which a text comes next, before the piece that has it goes on. Once.
   *
   * @param text as ISO-8859-1; must come in one piece, as messages of up to some KiB do on loopback
   */
  public synchronized void cutAt(Way way, String text) {
    rules.get(way).textToCut = text;
  }

  /** Keeps all connections open and moves no byte, until {@link #pass}. */
  public synchronized void stall() {
    stalled = true;
  }

  /** Resets every open connection, as a firewall or a crashed host does (RST). */
  public void reset() {
    open.forEach(ProxiedConnection::reset);
  }

  /** Resets every new connection at once, until {@link #pass}; open ones live on. */
  public synchronized void refuse() {
    refusing = true;
  }

  /**
   * Passes on what a function makes of each piece. It may do something else and return what it was
   * given, and does not return before that is done.
   *
   * @param rewriting of the piece as ISO-8859-1; keeps its length
   */
  public synchronized void rewrite(Way way, UnaryOperator<String> rewriting) {
    rules.get(way).rewriting = rewriting;
  }

  /** How many connections are open. */
  public int openConnections() {
    return open.size();
  }

  /** How many connections were open at once. */
  public synchronized int mostOpenConnections() {
    return mostOpen;
  }

  /** How many connections were ever opened to the server. */
  public synchronized long totalConnections() {
    return total;
  }

  /** How many connections {@link #cutAfter} and {@link #cutAt} have closed. */
  public synchronized long cuts() {
    return cuts;
  }

  /** Closes every connection. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    ProxiedConnection.close(listener);
    open.forEach(ProxiedConnection::close);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        admit(listener.accept());
      } catch (IOException e) {
        // Closed, or the server is not there: the client sees its connection end.
      }
    }
  }

  private void admit(Socket client) throws IOException {
    synchronized (this) {
      if (refusing || closed) {
        ProxiedConnection.reset(client);
        return;
      }
    }
    Socket toServer = new Socket();
    try {
      toServer.connect(server);
    } catch (IOException e) {
      ProxiedConnection.reset(client);
      throw e;
    }
    ProxiedConnection connection = new ProxiedConnection(this, client, toServer);
    synchronized (this) {
      open.add(connection);
      total++;
      mostOpen = Math.max(mostOpen, open.size());
    }
    connection.start();
  }

  void ended(ProxiedConnection connection) {
    open.remove(connection);
  }

  /**
   * What may go on of a piece, when it may; called by the thread of one way of a connection.
   *
   * @param piece that has arrived
   */
  Passage passage(Way way, byte[] piece) throws InterruptedException {
    byte[] rewritten = rewritten(way, piece);
    synchronized (this) {
      hold(way);
      WayRules rule = rules.get(way);
      if (rule.textToCut != null
          && new String(rewritten, StandardCharsets.ISO_8859_1).contains(rule.textToCut)) {
        rule.textToCut = null;
        cuts++;
        return new Passage(new byte[0], true);
      }
      if (rule.bytesToCut < 0) {
        return new Passage(rewritten, false);
      }
      if (rule.bytesToCut > rewritten.length) {
        rule.bytesToCut -= rewritten.length;
        return new Passage(rewritten, false);
      }
      byte[] last = java.util.Arrays.copyOf(rewritten, Math.toIntExact(rule.bytesToCut));
      rule.bytesToCut = -1;
      cuts++;
      return new Passage(last, true);
    }
  }

  /** Bytes to pass on, and whether the connection ends behind them. */
  record Passage(byte[] bytes, boolean isLast) {}

  /** Not under the lock, since the function may wait for others. */
  private byte[] rewritten(Way way, byte[] piece) {
    UnaryOperator<String> rewriting;
    synchronized (this) {
      rewriting = rules.get(way).rewriting;
    }
    if (rewriting == null) {
      return piece;
    }
    byte[] rewritten =
        rewriting
            .apply(new String(piece, StandardCharsets.ISO_8859_1))
            .getBytes(StandardCharsets.ISO_8859_1);
    if (rewritten.length != piece.length) {
      throw new IllegalArgumentException(
          "a piece of " + piece.length + " bytes was rewritten to " + rewritten.length);
    }
    return rewritten;
  }

  private synchronized void hold(Way way) throws InterruptedException {
    long since = System.nanoTime();
    while (!closed) {
      long left = rules.get(way).delayNanos - (System.nanoTime() - since);
      if (stalled) {
        wait();
      } else if (left > 0) {
        wait(left / 1_000_000, (int) (left % 1_000_000));
      } else {
        return;
      }
    }
  }

  /** What holds for one way of all connections. */
  private static final class WayRules {
    private long delayNanos;
    private long bytesToCut = -1;
    private String textToCut;
    private UnaryOperator<String> rewriting;
  }
}
