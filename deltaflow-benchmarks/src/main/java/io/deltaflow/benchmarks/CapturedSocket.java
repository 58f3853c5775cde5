package io.deltaflow.benchmarks;

import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Lets the driver log in and keeps the socket that it did so with, for talking to the server
 * without the driver. The driver makes it by name.
 */
public final class CapturedSocket extends SocketFactory {
  private static final ThreadLocal<Socket> LATEST = new ThreadLocal<>();

  /** The one that this thread's last connection uses. */
  static Socket latest() {
    return LATEST.get();
  }

  @Override
  public Socket createSocket() {
    Socket socket = new Socket();
    LATEST.set(socket);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
