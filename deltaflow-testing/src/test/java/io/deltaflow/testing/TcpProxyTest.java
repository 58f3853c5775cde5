package io.deltaflow.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.testing.TcpProxy.Way;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that sends back what it is sent. */
final class TcpProxyTest {
  /** Milliseconds after which a byte that does not come is a failure. */
  private static final int PATIENCE = 20_000;

  private ServerSocket echo;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    ProxiedConnection.thread(this::serve, "echo").start();
    proxy = TcpProxy.before(echo.getLocalPort());
  }

  private void serve() {
    try {
      while (true) {
        Socket client = echo.accept();
        ProxiedConnection.thread(() -> sendBack(client), "echo of one").start();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static void sendBack(Socket client) {
    try (client) {
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // The client is gone.
    }
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(proxy.host(), proxy.port());
    socket.setSoTimeout(PATIENCE);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String receive(Socket socket, int bytes) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  private static String echo(Socket socket, String text) throws IOException {
    send(socket, text);
    return receive(socket, text.length());
  }

  @Test
  void passesBothWaysAndCounts() throws IOException {
    try (Socket one = connect();
        Socket two = connect()) {
      assertThat(echo(one, "a")).isEqualTo("a");
      assertThat(echo(two, "b".repeat(200_000))).hasSize(200_000);
      assertThat(proxy.openConnections()).isEqualTo(2);
    }
    Awaitility.await().until(() -> proxy.openConnections() == 0);
    try (Socket three = connect()) {
      assertThat(echo(three, "c")).isEqualTo("c");
    }
    assertThat(proxy.mostOpenConnections()).isEqualTo(2);
    assertThat(proxy.totalConnections()).isEqualTo(3);
    assertThat(proxy.cuts()).isZero();
  }

  @Test
  void cutsOneConnectionBehindTheLastByte() throws IOException {
    try (Socket socket = connect();
        Socket next = connect()) {
      assertThat(echo(socket, "1234")).isEqualTo("1234");
      proxy.cutAfter(Way.TO_CLIENT, 6);
      assertThat(echo(socket, "abcd")).isEqualTo("abcd");
      send(socket, "efgh");
      assertThat(receive(socket, 4)).isEqualTo("ef");
      assertThat(proxy.cuts()).isEqualTo(1);
      assertThat(echo(next, "lives on")).isEqualTo("lives on");
    }
  }

  @Test
  void cutsWhereATextComesNext() throws IOException {
    try (Socket socket = connect();
        Socket next = connect()) {
      proxy.cutAt(Way.TO_SERVER, "COPY");
      assertThat(echo(socket, "SELECT")).isEqualTo("SELECT");
      send(socket, "COPY t");
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(echo(next, "COPY t")).isEqualTo("COPY t");
      assertThat(proxy.cuts()).isEqualTo(1);
    }
  }

  @Test
  void stallsWithoutClosingAndGoesOn() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, "before")).isEqualTo("before");
      proxy.stall();
      socket.setSoTimeout(100);
      assertThatThrownBy(() -> echo(socket, "stalled")).isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout(PATIENCE);
      proxy.pass();
      assertThat(receive(socket, 7)).isEqualTo("stalled");
    }
  }

  @Test
  void resetsOpenConnections() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, "before")).isEqualTo("before");
      proxy.reset();
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
      assertThat(proxy.openConnections()).isZero();
    }
  }

  @Test
  void refusesNewConnectionsAndKeepsOpenOnes() throws IOException {
    try (Socket old = connect()) {
      assertThat(echo(old, "before")).isEqualTo("before");
      proxy.refuse();
      try (Socket refused = connect()) {
        assertThatThrownBy(() -> refused.getInputStream().read())
            .isInstanceOf(SocketException.class);
      }
      assertThat(echo(old, "still there")).isEqualTo("still there");
      proxy.pass();
      try (Socket admitted = connect()) {
        assertThat(echo(admitted, "again")).isEqualTo("again");
      }
    }
  }

  @Test
  void delaysOneWay() throws IOException {
    try (Socket socket = connect()) {
      proxy.delay(Way.TO_CLIENT, Duration.ofMillis(300));
      long sent = System.nanoTime();
      assertThat(echo(socket, "late")).isEqualTo("late");
      assertThat(System.nanoTime() - sent)
          .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
    }
  }

  @Test
  void aDelayIsLiftedFromWhatIsUnderWay() throws IOException {
    try (Socket socket = connect()) {
      proxy.delay(Way.TO_SERVER, Duration.ofDays(1));
      socket.setSoTimeout(100);
      assertThatThrownBy(() -> echo(socket, "soon")).isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout(PATIENCE);
      proxy.delay(Way.TO_SERVER, Duration.ZERO);
      assertThat(receive(socket, 4)).isEqualTo("soon");
    }
  }

  @Test
  void rewritesWithTheSameLength() throws IOException {
    try (Socket socket = connect()) {
      proxy.rewrite(Way.TO_SERVER, text -> text.replace("COPY", "NOPE"));
      assertThat(echo(socket, "COPY t")).isEqualTo("NOPE t");
      proxy.pass();
      assertThat(echo(socket, "COPY t")).isEqualTo("COPY t");
      proxy.rewrite(Way.TO_CLIENT, text -> "longer " + text);
      send(socket, "x");
      assertThat(socket.getInputStream().read()).as("the connection ends").isEqualTo(-1);
    }
  }
}
