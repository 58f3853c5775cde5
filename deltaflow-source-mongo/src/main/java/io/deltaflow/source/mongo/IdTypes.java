package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * The types that an {@code _id} may have, by the server's names for them. Comparisons hold within
 * one type only.
 */
final class IdTypes {
  static final String NUMBER = "number";

  /** Those whose values are cut into ranges. */
  static final List<String> RANGED = List.of("objectId", NUMBER, "string", "date");

  /** All others that the server keeps under a name. */
  static final List<String> REST =
      List.of(
          "object",
          "binData",
          "bool",
          "null",
          "timestamp",
          "minKey",
          "maxKey",
          "javascript",
          "symbol",
          "dbPointer",
          "javascriptWithScope",
          "undefined",
          "regex",
          "array");

  private IdTypes() {}

  /**
   * One document of each type that the collection has, with its {@code _id} only. Index look-ups;
   * where there are several types and a query, it may have to look for its first match of each.
   */
  static Map<String, RawBsonDocument> present(OpenCollection collection) {
    Map<String, RawBsonDocument> all = present(collection, new BsonDocument());
    BsonDocument filter = collection.source().selection().filter();
    return all.size() < 2 || filter.isEmpty() ? all : present(collection, filter);
  }

  private static Map<String, RawBsonDocument> present(
      OpenCollection collection, BsonDocument filter) {
    Map<String, RawBsonDocument> present = new LinkedHashMap<>();
    for (List<String> types : List.of(RANGED, REST)) {
      for (String type : types) {
        try {
          RawBsonDocument one =
              collection
                  .primary()
                  .find(WindowFilter.and(new BsonDocument("_id", isOf(type)), filter))
                  .projection(OpenCollection.byId())
                  .hint(OpenCollection.byId())
                  .first();
          if (one != null) {
            present.put(type, one);
          }
        } catch (MongoException e) {
          // A server that does not know the type's name has no value of it.
          if (!MongoErrors.isUnavailable(e)) {
            throw e;
          }
        }
      }
    }
    return present;
  }

  static BsonDocument isOf(String type) {
    return new BsonDocument("$type", new BsonString(type));
  }

  /** Of a value that ranges are made of; else null. */
  static String ranged(BsonValue id) {
    return switch (id.getBsonType()) {
      case INT32, INT64, DECIMAL128 -> NUMBER;
      case DOUBLE -> Double.isNaN(id.asDouble().getValue()) ? null : NUMBER;
      case STRING -> "string";
      case OBJECT_ID -> "objectId";
      case DATE_TIME -> "date";
      default -> null;
    };
  }
}
