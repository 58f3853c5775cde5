package io.deltaflow.source.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.source.mongo.TestConfig.Opened;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.SourceException;
import io.deltaflow.testing.MongoServer;
import io.deltaflow.testing.TcpProxy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.values.Row;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lost cursors and connections, and servers that refuse commands; with the embedded server. */
class FaultsTest {
  private static final String DATABASE = "faults";
  private static final int ROWS = 5000;
  private static MongoServer server;
  private static TestMongo mongo;

  @BeforeAll
  static void start() {
    server = MongoServer.start();
    mongo = TestMongo.embedded(server);
    List<BsonDocument> documents = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      documents.add(
          new BsonDocument("_id", new BsonInt32(i))
              .append("text", new BsonString("text of document " + i)));
    }
    mongo.collection(DATABASE, "rows").insertMany(documents);
    mongo.insert(DATABASE, "documents", "{_id: {a: 1}}", "{_id: {a: 2}}", "{_id: {a: 3}}");
  }

  @AfterEach
  void allow() {
    server.allow();
    server.loseCursors(0);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void assertEveryRowOnce(List<Row> rows) {
    assertThat(rows).extracting(r -> r.getInt64("_id")).doesNotHaveDuplicates().hasSize(ROWS);
  }

  @Test
  void s39_aLostCursorIsTakenUpAgainAfterTheLastDocument() {
    Opened opened = mongo.config(DATABASE, "rows").open();
    ReadRequest request = opened.request().withBatchSize(100);
    int before = server.lostCursors();
    server.loseCursors(3);
    assertEveryRowOnce(opened.read(request));
    assertThat(server.lostCursors() - before).isEqualTo(3);
  }

  @Test
  void s39_aCutConnectionIsTakenUpAgainAfterTheLastDocument() {
    try (TcpProxy proxy = TcpProxy.before(server.port())) {
      Opened opened =
          mongo.config(DATABASE, "rows").with("port", Integer.toString(proxy.port())).open();
      ReadRequest request = opened.request().withBatchSize(100);
      List<Split> splits = opened.split(request);
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < splits.size(); i++) {
        proxy.cutAt(TcpProxy.Way.TO_CLIENT, "text of document 2345");
        rows.addAll(opened.read(splits.get(i), request));
        proxy.cutAfter(TcpProxy.Way.TO_CLIENT, 30_000);
      }
      assertEveryRowOnce(rows);
      assertThat(proxy.cuts()).isPositive();
    }
  }

  @Test
  void aSplitWithoutOrderIsReadAgainAsAWhole() throws IOException {
    Opened opened = mongo.config(DATABASE, "documents").open();
    ReadRequest request = opened.request().withBatchSize(2);
    Split rest = opened.split(request).get(0);
    server.loseCursors(1);
    try (RowReader reader = opened.source().open(rest, request, opened.context())) {
      assertThatThrownBy(
              () -> {
                while (reader.advance()) {
                  reader.row();
                }
              })
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isPassing()).isTrue());
    }
    assertThat(opened.read(rest, request)).hasSize(3);
  }

  @Test
  void aServerThatStaysAwayEndsTheReadAsAPassingFailure() {
    Opened opened;
    try (TcpProxy proxy = TcpProxy.before(server.port())) {
      opened =
          mongo
              .config(DATABASE, "rows")
              .with("port", Integer.toString(proxy.port()))
              .with("connect_timeout", "200ms")
              .open();
      opened.detect();
    }
    assertThatThrownBy(opened::rows)
        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isPassing()).isTrue())
        .hasMessageContaining("--mongodb_host");
  }

  @Test
  void s40_refusedCommandsHaveFallbacks() {
    // What the embedded server lacks anyway: hello, getParameter, splitVector, $bucketAuto, names.
    for (List<String> refused :
        List.of(
            List.of("$sample"),
            List.of("collStats"),
            List.of("listCollections"),
            List.of("$sample", "collStats", "listCollections", "listIndexes"))) {
      server.allow();
      server.refuse(refused.toArray(new String[0]));
      Opened opened = mongo.config(DATABASE, "rows").open();
      ReadRequest request = opened.request().withDesiredSplits(5);
      assertEveryRowOnce(opened.read(request));
      assertThat(opened.split(request))
          .as("splits without " + refused)
          .hasSize(refused.contains("$sample") ? 3 : 7);
    }
  }

  @Test
  void aWorkerOpensNoMoreConnectionsThanAllowed() throws Exception {
    try (TcpProxy proxy = TcpProxy.before(server.port())) {
      Opened opened =
          mongo
              .config(DATABASE, "rows")
              .with("port", Integer.toString(proxy.port()))
              .with("max_connections", "2")
              .with("schema_mode", "census")
              .open();
      ReadRequest request = opened.request().withDesiredSplits(10).withBatchSize(20);
      List<Split> splits = opened.split(request);
      assertThat(splits).hasSizeGreaterThan(8);
      ExecutorService threads = Executors.newFixedThreadPool(splits.size());
      List<Future<List<Row>>> reads = new ArrayList<>();
      splits.forEach(s -> reads.add(threads.submit(() -> opened.read(s, request))));
      List<Row> rows = new ArrayList<>();
      for (Future<List<Row>> read : reads) {
        rows.addAll(read.get());
      }
      threads.shutdown();
      assertEveryRowOnce(rows);
      assertThat(proxy.mostOpenConnections())
          .as("with the one that watches")
          .isLessThanOrEqualTo(3);
    }
  }
}
