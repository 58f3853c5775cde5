package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import java.time.Instant;
import java.util.Date;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.Document;

/**
 * What a server says of itself.
 *
 * @param now by its clock
 * @param isReplicated whether it is of a replica set or a sharded cluster
 * @param isSharded whether it is a router
 * @param behind when the newest write was made that a majority has, where it may not be the newest
 *     of all; else null
 */
record ServerFacts(Instant now, boolean isReplicated, boolean isSharded, Instant behind) {
  static ServerFacts of(MongoClient client) {
    Document hello = hello(client.getDatabase("admin"));
    boolean sharded = "isdbgrid".equals(hello.getString("msg"));
    return new ServerFacts(
        hello.getDate("localTime").toInstant(),
        sharded || hello.getString("setName") != null,
        sharded,
        behind(hello));
  }

  private static Document hello(MongoDatabase admin) {
    try {
      return admin.runCommand(new BsonDocument("hello", new BsonInt32(1)));
    } catch (MongoException e) {
      if (MongoErrors.isUnavailable(e)) {
        // The name before MongoDB 5.
        return admin.runCommand(new BsonDocument("isMaster", new BsonInt32(1)));
      }
      throw e;
    }
  }

  /** A primary whose writes a majority has is not behind; how far a secondary is cannot be seen. */
  private static Instant behind(Document hello) {
    Document lastWrite = hello.get("lastWrite", Document.class);
    Date last = lastWrite == null ? null : lastWrite.getDate("lastWriteDate");
    Date majority = lastWrite == null ? null : lastWrite.getDate("majorityWriteDate");
    if (last == null || majority == null) {
      return null;
    }
    boolean primary = hello.getBoolean("isWritablePrimary", hello.getBoolean("ismaster", false));
    return primary && !majority.before(last) ? null : majority.toInstant();
  }
}
