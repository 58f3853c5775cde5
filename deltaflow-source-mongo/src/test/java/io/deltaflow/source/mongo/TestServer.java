package io.deltaflow.source.mongo;

import io.deltaflow.testing.MongoServer;

/** One embedded server for all tests of a JVM; each test has collections of its own. */
final class TestServer {
  private static final MongoServer SERVER = MongoServer.start();
  private static final TestMongo MONGO = TestMongo.embedded(SERVER);

  private TestServer() {}

  static TestMongo get() {
    return MONGO;
  }
}
