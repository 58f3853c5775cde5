package io.deltaflow.source.mongo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import io.deltaflow.testing.MongoServer;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.testcontainers.mongodb.MongoDBContainer;

/** A server to read from: the embedded one, or a real one in a container. Stops with the JVM. */
record TestMongo(String host, int port, boolean real, MongoClient client) {
  static TestMongo embedded(MongoServer server) {
    return new TestMongo(server.host(), server.port(), false, server.client());
  }

  /** Starts a real server; needs Docker. */
  static TestMongo container(String image) {
    MongoDBContainer container = new MongoDBContainer(image);
    container.start();
    int port = container.getMappedPort(27017);
    return new TestMongo(
        container.getHost(),
        port,
        true,
        MongoClients.create(
            "mongodb://" + container.getHost() + ":" + port + "/?directConnection=true"));
  }

  MongoCollection<BsonDocument> collection(String database, String name) {
    return client.getDatabase(database).getCollection(name, BsonDocument.class);
  }

  void insert(String database, String name, String... documents) {
    collection(database, name)
        .insertMany(Arrays.stream(documents).map(BsonDocument::parse).toList());
  }

  TestConfig config(String database, String collection) {
    return new TestConfig()
        .with("host", host)
        .with("port", Integer.toString(port))
        .with("database", database)
        .with("collection", collection);
  }
}
