package io.deltaflow.source.mongo;

import io.deltaflow.spi.SourceConnector;
import io.deltaflow.testing.SourceConnectorContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.BeforeEach;

/** The contract of connectors, for a server that a subclass names. */
abstract class MongoContract extends SourceConnectorContract {
  private static final String DATABASE = "contract";
  private static final String SECRET = "s3cretOfNobody";
  private static final long JANUARY = 1_704_067_200_000L;
  private static final int ROWS = 2000;
  private static final int LARGE_ROWS = 100_000;

  abstract TestMongo server();

  @BeforeEach
  void createCollections() {
    if (server().collection(DATABASE, "events").estimatedDocumentCount() == 0) {
      insert("events", ROWS, i -> event(i).append("tag", new BsonString("tag " + i % 7)));
      insert(
          "large", LARGE_ROWS, i -> event(i).append("text", new BsonString("x".repeat(100) + i)));
    }
  }

  private static BsonDocument event(int i) {
    return new BsonDocument("_id", new BsonInt32(i))
        .append("name", new BsonString("event " + i))
        .append("amount", new BsonDouble(i / 8.0))
        .append("place", new BsonDocument("city", new BsonString("Berlin")))
        .append("updated_at", new BsonDateTime(JANUARY + i / 5 * 3_600_000L));
  }

  private interface Maker {
    BsonDocument make(int i);
  }

  private void insert(String name, int rows, Maker maker) {
    List<BsonDocument> batch = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      batch.add(maker.make(i));
      if (batch.size() == 10_000 || i == rows - 1) {
        server().collection(DATABASE, name).insertMany(batch);
        batch.clear();
      }
    }
  }

  @Override
  protected SourceConnector connector() {
    return new MongoConnector();
  }

  @Override
  protected Map<String, String> options() {
    return server().config(DATABASE, "events").with("connection_string", string()).options();
  }

  /** The server of the tests asks for no login, so that the secret stands in the driver's name. */
  private String string() {
    return "mongodb://"
        + server().host()
        + ":"
        + server().port()
        + "/?directConnection=true&appName="
        + SECRET;
  }

  @Override
  protected String cursor() {
    return "updated_at";
  }

  @Override
  protected long rowCount() {
    return ROWS;
  }

  @Override
  protected String secret() {
    return SECRET;
  }

  @Override
  protected Map<String, String> largeOptions() {
    return server().config(DATABASE, "large").options();
  }

  @Override
  protected long largeRowCount() {
    return LARGE_ROWS;
  }
}
