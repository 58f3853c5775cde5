package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import io.deltaflow.NearNames;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/** The source's collection on its server, and what the server says of both. */
final class OpenCollection {
  private final MongoSource source;
  private final Clients.Client client;
  private final MongoDatabase database;
  private final ServerFacts facts;
  private final MongoCollection<RawBsonDocument> collection;

  private OpenCollection(MongoSource source, Clients.Client client, ServerFacts facts) {
    this.source = source;
    this.client = client;
    this.facts = facts;
    this.database = client.client().getDatabase(client.database());
    MongoCollection<RawBsonDocument> plain =
        database.getCollection(source.collection(), RawBsonDocument.class);
    // Never rows that a failover may take back.
    this.collection = facts.isReplicated() ? plain.withReadConcern(ReadConcern.MAJORITY) : plain;
  }

  /** Throws a MongoException when the server cannot be reached. */
  static OpenCollection of(MongoSource source, SourceContext context) {
    Clients.Client client = Clients.of(source.settings(), context);
    return new OpenCollection(source, client, ServerFacts.of(client.client()));
  }

  MongoSource source() {
    return source;
  }

  ServerFacts facts() {
    return facts;
  }

  String databaseName() {
    return client.database();
  }

  boolean isExposed() {
    return client.exposed();
  }

  /** Whether the connection string sends reads elsewhere than to the primary. */
  boolean hasOtherReads() {
    return client.otherReads();
  }

  MongoCollection<RawBsonDocument> documents() {
    return collection;
  }

  /** From the primary, whatever the connection string says: others may lag behind a window. */
  MongoCollection<RawBsonDocument> primary() {
    return collection.withReadPreference(ReadPreference.primary());
  }

  Document run(Bson command) {
    return database.runCommand(command);
  }

  Document admin(Bson command) {
    return client.client().getDatabase("admin").runCommand(command);
  }

  /** A field of the first document of another collection; null when there is none. */
  Object firstOf(String other, String name, String field) {
    Document first = client.client().getDatabase(other).getCollection(name).find().first();
    return first == null ? null : first.get(field);
  }

  /** What the server keeps count of. */
  record Size(long documents, long bytes) {}

  /** Empty where the server does not tell, or may not tell this user. */
  Optional<Size> size() {
    try {
      Document stats =
          run(
              new BsonDocument("collStats", new BsonString(source.collection()))
                  .append("scale", new BsonInt32(1)));
      return stats.get("count") instanceof Number count && stats.get("size") instanceof Number size
          ? Optional.of(new Size(count.longValue(), size.longValue()))
          : Optional.empty();
    } catch (MongoException e) {
      if (MongoErrors.isUnavailable(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Whether {@code _id} is a key that never changes and has an index; in a view and in a time
   * series collection it need not be.
   *
   * @throws ConfigurationException when there is no such collection
   */
  boolean hasIdKey() {
    BsonDocument named = new BsonDocument("name", new BsonString(source.collection()));
    try {
      for (Document found : database.listCollections().filter(named)) {
        if (source.collection().equals(found.getString("name"))) {
          return found.get("type", "collection").equals("collection");
        }
      }
    } catch (MongoException e) {
      if (MongoErrors.isUnavailable(e)) {
        return true;
      }
      throw e;
    }
    throw missing();
  }

  private ConfigurationException missing() {
    List<String> names = database.listCollectionNames().into(new ArrayList<>());
    return new ConfigurationException(
        source.settings().flags().of(MongoOptions.COLLECTION)
            + ": the database '"
            + databaseName()
            + "' has no collection '"
            + source.collection()
            + "'"
            + NearNames.hint(source.collection(), names));
  }

  /**
   * The keys of an index that holds every document and begins with a field; null when there is
   * none, or the user may not ask.
   */
  BsonDocument indexOn(String field) {
    try {
      for (BsonDocument index : collection.listIndexes(BsonDocument.class)) {
        BsonDocument keys = index.getDocument("key");
        boolean whole =
            !index.containsKey("partialFilterExpression")
                && !index.containsKey("sparse")
                && !index.containsKey("collation")
                && !index.containsKey("hidden");
        if (whole && keys.getFirstKey().equals(field) && keys.get(field).isNumber()) {
          return keys;
        }
      }
      return null;
    } catch (MongoException e) {
      if (MongoErrors.isUnavailable(e)) {
        return null;
      }
      throw e;
    }
  }

  static BsonDocument byId() {
    return new BsonDocument("_id", new BsonInt32(1));
  }
}
