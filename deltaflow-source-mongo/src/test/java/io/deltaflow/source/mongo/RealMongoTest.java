package io.deltaflow.source.mongo;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.testcontainers.DockerClientFactory;

/** The same tests against real servers, where there is Docker; skipped with the reason else. */
final class RealMongoTest {
  private static final Map<String, TestMongo> SERVERS = new ConcurrentHashMap<>();

  private static final boolean DOCKER = DockerClientFactory.instance().isDockerAvailable();

  private static TestMongo of(String version) {
    Assumptions.assumeTrue(
        DOCKER, "there is no Docker on this machine, so nothing runs against MongoDB " + version);
    return SERVERS.computeIfAbsent(version, v -> TestMongo.container("mongo:" + v));
  }

  @Nested
  final class ContractOfMongo6 extends MongoContract {
    @Override
    TestMongo server() {
      return of("6.0");
    }
  }

  @Nested
  final class ReadsOfMongo6 extends MongoReads {
    @Override
    TestMongo server() {
      return of("6.0");
    }
  }

  @Nested
  final class ContractOfMongo7 extends MongoContract {
    @Override
    TestMongo server() {
      return of("7.0");
    }
  }

  @Nested
  final class ReadsOfMongo7 extends MongoReads {
    @Override
    TestMongo server() {
      return of("7.0");
    }
  }

  @Nested
  final class ContractOfMongo8 extends MongoContract {
    @Override
    TestMongo server() {
      return of("8.0");
    }
  }

  @Nested
  final class ReadsOfMongo8 extends MongoReads {
    @Override
    TestMongo server() {
      return of("8.0");
    }
  }
}
