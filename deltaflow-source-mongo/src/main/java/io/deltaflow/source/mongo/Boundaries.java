package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where to cut the {@code _id}s of a collection: by the server's own look into the index, else by a
 * sample, else by buckets; whatever the server lets us. The server sorts them in every case, in the
 * collection's own order.
 */
final class Boundaries {
  private static final Logger LOG = LoggerFactory.getLogger(Boundaries.class);
  private static final int SAMPLED_PER_SPLIT = 20;
  private static final int MOST_SAMPLED = 20_000;
  private static final int LARGEST_CHUNK_MIB = 1024;

  /** A longer text is no boundary, since splits are kept small. */
  private static final int LONGEST_TEXT = 300;

  private final OpenCollection collection;
  private final int wanted;
  private final long rows;

  Boundaries(OpenCollection collection, int wanted, long rows) {
    this.collection = collection;
    this.wanted = wanted;
    this.rows = rows;
  }

  private interface Way {
    List<BsonValue> ask();
  }

  /** By type of {@code _id}, ascending; a type that is not there is not cut. */
  Map<String, List<BsonValue>> find() {
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("splitVector", this::splitVector);
    ways.put("$sample", this::sample);
    ways.put("$bucketAuto", this::buckets);
    for (Map.Entry<String, Way> way : ways.entrySet()) {
      try {
        return byType(way.getValue().ask());
      } catch (MongoException e) {
        if (!MongoErrors.isRefused(e)) {
          throw e;
        }
        LOG.info("the server refuses {}: {}", way.getKey(), MongoErrors.message(e));
      }
    }
    return Map.of();
  }

  private List<BsonValue> splitVector() {
    Document answer =
        collection.run(
            new BsonDocument(
                    "splitVector",
                    new BsonString(
                        collection.databaseName() + "." + collection.source().collection()))
                .append("keyPattern", OpenCollection.byId())
                .append("maxChunkSize", new BsonInt32(LARGEST_CHUNK_MIB))
                .append("maxChunkObjects", new BsonInt64(Math.max(1, rows / wanted))));
    BsonDocument bson = answer.toBsonDocument();
    List<BsonValue> keys = new ArrayList<>();
    bson.getArray("splitKeys", new BsonArray()).forEach(k -> keys.add(k.asDocument().get("_id")));
    return keys;
  }

  private List<BsonValue> sample() {
    int size = Math.min(MOST_SAMPLED, wanted * SAMPLED_PER_SPLIT);
    List<BsonValue> sampled =
        ids(
            "_id",
            List.of(
                new BsonDocument("$sample", new BsonDocument("size", new BsonInt32(size))),
                new BsonDocument("$project", OpenCollection.byId()),
                new BsonDocument("$sort", OpenCollection.byId())));
    List<BsonValue> boundaries = new ArrayList<>();
    for (int i = 1; i < wanted && !sampled.isEmpty(); i++) {
      boundaries.add(sampled.get((int) ((long) i * sampled.size() / wanted)));
    }
    return boundaries;
  }

  private List<BsonValue> buckets() {
    return ids(
        "smallest",
        List.of(
            new BsonDocument(
                "$bucketAuto",
                new BsonDocument("groupBy", new BsonString("$_id"))
                    .append("buckets", new BsonInt32(wanted))),
            new BsonDocument(
                "$project", new BsonDocument("smallest", new BsonString("$_id.min")))));
  }

  private List<BsonValue> ids(String name, List<? extends Bson> pipeline) {
    MongoCollection<RawBsonDocument> documents = collection.primary();
    List<BsonValue> ids = new ArrayList<>();
    for (RawBsonDocument document : documents.aggregate(pipeline).allowDiskUse(true)) {
      ids.add(document.get(name));
    }
    return ids;
  }

  /** Equal neighbours, and what ranges cannot be made of, are no boundaries. */
  private static Map<String, List<BsonValue>> byType(List<BsonValue> sorted) {
    Map<String, List<BsonValue>> byType = new LinkedHashMap<>();
    BsonValue last = null;
    for (BsonValue id : sorted) {
      String type = IdTypes.ranged(id);
      boolean tooLong = id.isString() && id.asString().getValue().length() > LONGEST_TEXT;
      if (type != null && !tooLong && !id.equals(last)) {
        byType.computeIfAbsent(type, t -> new ArrayList<>()).add(id);
        last = id;
      }
    }
    return byType;
  }
}
