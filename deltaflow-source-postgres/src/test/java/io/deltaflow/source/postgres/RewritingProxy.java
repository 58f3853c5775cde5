package io.deltaflow.source.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Stands between client and server on loopback and rewrites a text on its way to the server by one
 * as long.
 */
final class RewritingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final String text;
  private final String replacement;

  RewritingProxy(int target, String text, String replacement) throws IOException {
    if (text.length() != replacement.length()) {
      throw new IllegalArgumentException("lengths differ");
    }
    this.listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    this.target = target;
    this.text = text;
    this.replacement = replacement;
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
            new String(bytes, StandardCharsets.ISO_8859_1)
                .replace(text, replacement)
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
