package io.deltaflow.source.postgres;

import io.deltaflow.testing.PostgresServer;

/**
 * One server for all tests of a JVM; each test class makes a database of its own. Stops with the
 * JVM.
 */
final class TestServer {
  private static final PostgresServer SERVER = PostgresServer.start();

  private TestServer() {}

  static PostgresServer get() {
    return SERVER;
  }
}
