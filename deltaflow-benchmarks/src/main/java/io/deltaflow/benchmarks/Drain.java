package io.deltaflow.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The yardstick: COPY in binary form over some connections, of which each message is skipped
 * unread. It does less than psql does with the same statement.
 */
final class Drain {
  private static final int COPY_DATA = 'd';
  private static final int READY_FOR_QUERY = 'Z';
  private static final int ERROR_RESPONSE = 'E';

  private Drain() {}

  /** Port, user, password, table, rows, connections; prints a {@link Figures}. */
  public static void main(String[] args) throws Exception {
    long rows = Long.parseLong(args[4]);
    int connections = Integer.parseInt(args[5]);
    List<Connection> logins = new ArrayList<>();
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      logins.add(logIn(args[0], args[1], args[2]));
      sockets.add(CapturedSocket.latest());
    }
    long started = System.nanoTime();
    long read = drain(sockets, args[3], rows);
    double seconds = (System.nanoTime() - started) / 1e9;
    if (read != rows) {
      throw new IllegalStateException("read " + read + " rows of " + rows);
    }
    Figures.of(rows, seconds).print();
    for (Connection login : logins) {
      login.close();
    }
  }

  private static Connection logIn(String port, String user, String password) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", user);
    login.setProperty("password", password);
    login.setProperty("socketFactory", CapturedSocket.class.getName());
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + OrdersTable.DATABASE, login);
  }

  private static long drain(List<Socket> sockets, String table, long rows)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(sockets.size());
    try {
      List<Future<Long>> parts = new ArrayList<>();
      for (int i = 0; i < sockets.size(); i++) {
        Socket socket = sockets.get(i);
        long from = 1 + rows * i / sockets.size();
        long to = 1 + rows * (i + 1) / sockets.size();
        String select = "SELECT * FROM " + table + " WHERE id >= " + from + " AND id < " + to;
        parts.add(threads.submit(() -> drain(socket, select)));
      }
      long read = 0;
      for (Future<Long> part : parts) {
        read += part.get();
      }
      return read;
    } finally {
      threads.shutdown();
    }
  }

  /** How many rows came. */
  private static long drain(Socket socket, String select) throws IOException {
    query(socket.getOutputStream(), "COPY (" + select + ") TO STDOUT (FORMAT binary)");
    DataInputStream in = new DataInputStream(new LargeReads(socket.getInputStream()));
    long messages = 0;
    while (true) {
      int type = in.readUnsignedByte();
      int length = in.readInt() - 4;
      if (type == ERROR_RESPONSE) {
        throw new IOException(new String(in.readNBytes(length), StandardCharsets.UTF_8));
      }
      in.skipNBytes(length);
      if (type == COPY_DATA) {
        messages++;
      } else if (type == READY_FOR_QUERY) {
        // The last one is the trailer.
        return messages - 1;
      }
    }
  }

  private static void query(OutputStream out, String sql) throws IOException {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    out.write(
        ByteBuffer.allocate(6 + text.length)
            .put((byte) 'Q')
            .putInt(5 + text.length)
            .put(text)
            .put((byte) 0)
            .array());
    out.flush();
  }

  /** A buffer whose skipping costs nothing. */
  private static final class LargeReads extends InputStream {
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;

    LargeReads(InputStream in) {
      this.in = in;
    }

    private boolean isFilled() throws IOException {
      if (at == end) {
        at = 0;
        end = Math.max(0, in.read(buffer));
      }
      return at < end;
    }

    @Override
    public int read() throws IOException {
      return isFilled() ? buffer[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (!isFilled()) {
        return -1;
      }
      int n = Math.min(length, end - at);
      System.arraycopy(buffer, at, target, offset, n);
      at += n;
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      int skipped = isFilled() ? (int) Math.min(n, end - at) : 0;
      at += skipped;
      return skipped;
    }
  }
}
