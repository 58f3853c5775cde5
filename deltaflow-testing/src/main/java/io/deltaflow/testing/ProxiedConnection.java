package io.deltaflow.testing;

import io.deltaflow.testing.TcpProxy.Passage;
import io.deltaflow.testing.TcpProxy.Way;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;

/** One connection of a {@link TcpProxy}: a thread for each way. */
final class ProxiedConnection {
  private static final int PIECE = 1 << 16;

  private final TcpProxy proxy;
  private final Socket client;
  private final Socket server;

  ProxiedConnection(TcpProxy proxy, Socket client, Socket server) {
    this.proxy = proxy;
    this.client = client;
    this.server = server;
  }

  void start() {
    thread(() -> pump(Way.TO_SERVER, client, server), "to server").start();
    thread(() -> pump(Way.TO_CLIENT, server, client), "to client").start();
  }

  private void pump(Way way, Socket from, Socket to) {
    byte[] buffer = new byte[PIECE];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        Passage passage = proxy.passage(way, Arrays.copyOf(buffer, n));
        out.write(passage.bytes());
        out.flush();
        if (passage.isLast()) {
          return;
        }
      }
    } catch (IOException e) {
      // Either end is gone; the other learns it below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  /** In order: each side reads what was sent, and then the end. */
  void close() {
    close(client);
    close(server);
    proxy.ended(this);
  }

  void reset() {
    reset(client);
    reset(server);
    proxy.ended(this);
  }

  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed already.
    }
    close(socket);
  }

  static void close(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Thread thread(Runnable work, String name) {
    Thread thread = new Thread(work, "tcp-proxy " + name);
    thread.setDaemon(true);
    return thread;
  }
}
