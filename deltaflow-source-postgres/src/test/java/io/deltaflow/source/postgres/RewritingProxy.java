package io.deltaflow.source.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * Stands between client and server on loopback and rewrites a text on its way to the server by one
 * as long.
 */
final class RewritingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final UnaryOperator<String> rewriting;

  RewritingProxy(int target, String text, String replacement) throws IOException {
    this(target, message -> message.replace(text, replacement));
    if (text.length() != replacement.length()) {
      throw new IllegalArgumentException("lengths differ");
    }
  }

  /**
   * Passes on what a function makes of each message of a client, once it has returned.
   *
   * @param rewriting keeps the length
   */
  RewritingProxy(int target, UnaryOperator<String> rewriting) throws IOException {
    this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    this.target = target;
    this.rewriting = rewriting;
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      start(() -> pump(client.getInputStream(), server, true));
      start(() -> pump(server.getInputStream(), client, false));
    }
  }

  /** Messages of a client arrive in one piece on loopback. */
  private void pump(InputStream in, Socket to, boolean rewrite) throws IOException {
    byte[] buffer = new byte[1 << 16];
    OutputStream out = to.getOutputStream();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      byte[] bytes = java.util.Arrays.copyOf(buffer, n);
      if (rewrite) {
        bytes =
            rewriting
                .apply(new String(bytes, StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1);
      }
      out.write(bytes);
      out.flush();
    }
    to.close();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                if (!listener.isClosed() && !"Socket closed".equals(e.getMessage())) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
