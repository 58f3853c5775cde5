package io.deltaflow.scenarios;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A PostgreSQL pooler in transaction mode: every transaction, and every statement outside of one,
 * gets another session of the server. Sessions keep what clients set in them and know nothing of
 * the settings that clients asked for at login. Server and clients log in without a password.
 */
final class TransactionPooler implements AutoCloseable {
  private static final int SSL_REQUEST = 80877103;
  private static final int CANCEL_REQUEST = 80877102;
  private static final byte[] NO_PROCESS = new byte[8];

  private final ServerSocket listener;
  private final int server;
  private final String user;
  private final String database;
  private final LinkedBlockingQueue<Session> free = new LinkedBlockingQueue<>();
  private final Set<Closeable> open = ConcurrentHashMap.newKeySet();
  private final Set<Session> used = ConcurrentHashMap.newKeySet();

  TransactionPooler(int server, String user, String database, int sessions) throws IOException {
    this.server = server;
    this.user = user;
    this.database = database;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    for (int i = 0; i < sessions; i++) {
      free.add(login());
    }
    start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** How many sessions have served clients. */
  int usedSessions() {
    return used.size();
  }

  /** A message: its type and what follows it, with the length. */
  private record Message(int type, byte[] body) {
    static Message read(DataInputStream in) throws IOException {
      int type = in.readUnsignedByte();
      return new Message(type, in.readNBytes(in.readInt() - 4));
    }

    void write(DataOutputStream out) throws IOException {
      out.writeByte(type);
      out.writeInt(body.length + 4);
      out.write(body);
    }
  }

  private record Session(
      Socket socket, DataInputStream in, DataOutputStream out, byte[] parameters) {}

  private Session login() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server);
    open.add(socket);
    DataInputStream in = in(socket);
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    byte[] names =
        ("user\0" + user + "\0database\0" + database + "\0\0").getBytes(StandardCharsets.UTF_8);
    out.writeInt(names.length + 8);
    out.writeInt(3 << 16);
    out.write(names);
    out.flush();
    ByteArrayOutputStream parameters = new ByteArrayOutputStream();
    while (true) {
      Message message = Message.read(in);
      switch (message.type) {
        case 'S' -> message.write(new DataOutputStream(parameters));
        case 'Z' -> {
          return new Session(socket, in, out, parameters.toByteArray());
        }
        case 'E' -> throw new IOException(new String(message.body, StandardCharsets.UTF_8));
        default -> {
          // Admission and the process, which is nobody's business.
        }
      }
    }
  }

  private void accept() throws IOException, InterruptedException {
    while (true) {
      Socket client = listener.accept();
      open.add(client);
      start(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException, InterruptedException {
    try (client) {
      DataInputStream in = in(client);
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      if (!admit(in, out)) {
        return;
      }
      Message message = Message.read(in);
      while (message.type != 'X') {
        Session session = free.take();
        used.add(session);
        boolean whole = false;
        try {
          transaction(message, session, in, out);
          whole = true;
        } finally {
          // What a client left unfinished ends with its session, as PgBouncer sees to.
          free.add(whole ? session : replaced(session));
        }
        message = Message.read(in);
      }
    }
  }

  private Session replaced(Session broken) throws IOException {
    broken.socket.close();
    return login();
  }

  /** Whether it wants to work; a request to cancel is for a session that may not be its own. */
  private boolean admit(DataInputStream in, DataOutputStream out) throws IOException {
    while (true) {
      int length = in.readInt();
      int code = in.readInt();
      in.readNBytes(length - 8);
      if (code == CANCEL_REQUEST) {
        return false;
      }
      if (code == SSL_REQUEST) {
        out.writeByte('N');
        continue;
      }
      Session any = free.peek();
      new Message('R', new byte[4]).write(out);
      out.write(any == null ? new byte[0] : any.parameters);
      new Message('K', NO_PROCESS).write(out);
      new Message('Z', new byte[] {'I'}).write(out);
      return true;
    }
  }

  /** Until the server says that no transaction is open. */
  private static void transaction(
      Message first, Session session, DataInputStream in, DataOutputStream out) throws IOException {
    Message request = first;
    while (true) {
      request.write(session.out);
      session.out.flush();
      if (request.type == 'Q' || request.type == 'S') {
        Message answer = Message.read(session.in);
        while (answer.type != 'Z') {
          answer.write(out);
          answer = Message.read(session.in);
        }
        answer.write(out);
        if (answer.body[0] == 'I') {
          return;
        }
      }
      request = Message.read(in);
    }
  }

  private static DataInputStream in(Socket socket) throws IOException {
    return new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // Either end has gone.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "pooler");
    thread.setDaemon(true);
    thread.start();
  }

  /** Cuts every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Closeable socket : open) {
      socket.close();
    }
  }
}
