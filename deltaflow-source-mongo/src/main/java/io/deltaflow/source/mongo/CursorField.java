package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import io.deltaflow.NearNames;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/**
 * The field that Smart Sync counts on. It must be a date wherever it is: a comparison with a date
 * passes every other type over in silence.
 */
record CursorField(OpenCollection collection, String path) {
  /** All that a field may be but nothing and null. */
  private static final List<String> ALL_TYPES =
      List.of(
          "date",
          "string",
          "int",
          "long",
          "double",
          "decimal",
          "bool",
          "object",
          "array",
          "objectId",
          "timestamp",
          "binData",
          "regex",
          "symbol",
          "javascript",
          "javascriptWithScope",
          "dbPointer",
          "minKey",
          "maxKey");

  private static final List<String> OTHER_TYPES = ALL_TYPES.subList(1, ALL_TYPES.size());

  /** Dates at or above a position. */
  static BsonDocument from(String path, CursorPosition position) {
    return new BsonDocument(
        path,
        new BsonDocument("$type", new BsonString("date"))
            .append("$gte", WindowFilter.atOrAfter(position)));
  }

  void check(List<String> warnings) {
    checkPrefixes();
    if (hasOthers()) {
      throw mixed();
    }
    checkExists();
    if (collection.indexOn(path) == null) {
      warnings.add(
          "no index that holds every document begins with '"
              + path
              + "', so that every run looks at the whole collection; create one on {\""
              + path
              + "\": 1}");
    }
  }

  /** One look into the index of the cursor, where there is one. */
  private boolean hasOthers() {
    try {
      BsonArray types = new BsonArray(OTHER_TYPES.stream().map(BsonString::new).toList());
      return has(new BsonDocument("$type", types));
    } catch (MongoException e) {
      if (!MongoErrors.isUnavailable(e)) {
        throw e;
      }
      // A server that does not know all of the names. An array with a date in it is a date to
      // $type.
      return has(IdTypes.isOf("array"))
          || has(new BsonDocument("$ne", new BsonNull()).append("$not", IdTypes.isOf("date")));
    }
  }

  private boolean has(BsonDocument condition) {
    return collection.primary().find(asked(new BsonDocument(path, condition))).first() != null;
  }

  private long count(String type) {
    return collection.primary().countDocuments(asked(new BsonDocument(path, IdTypes.isOf(type))));
  }

  private BsonDocument asked(BsonDocument condition) {
    return WindowFilter.and(condition, collection.source().selection().filter());
  }

  /** In an array of documents there would be several dates. */
  private void checkPrefixes() {
    for (int dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
      String prefix = path.substring(0, dot);
      if (collection.primary().find(asked(new BsonDocument(prefix, IdTypes.isOf("array")))).first()
          != null) {
        throw new ConfigurationException(
            flag()
                + "'"
                + prefix
                + "' is an array in some documents, so '"
                + path
                + "' is no single date; use a field outside arrays");
      }
    }
  }

  private ConfigurationException mixed() {
    List<String> counts = new ArrayList<>();
    for (String type : ALL_TYPES) {
      try {
        long documents = count(type);
        if (documents > 0) {
          counts.add(type + " in " + documents);
        }
      } catch (MongoException e) {
        if (!MongoErrors.isUnavailable(e)) {
          throw e;
        }
      }
    }
    return new ConfigurationException(
        flag()
            + "'"
            + path
            + "' must be a date in every document, and it is "
            + String.join(", ", counts)
            + " document(s) of "
            + collection.source().description()
            + ": a window would pass the others over. Make them dates, or choose another field;"
            + " whole numbers and BSON timestamps cannot be cursors, since MongoDB does not show"
            + " which transactions could still add a smaller one");
  }

  private void checkExists() {
    BsonDocument there = new BsonDocument(path, new BsonDocument("$exists", BsonBoolean.TRUE));
    if (collection.primary().find(there).first() != null) {
      return;
    }
    RawBsonDocument any = collection.primary().find().first();
    if (any != null) {
      throw new ConfigurationException(
          flag()
              + "no document of "
              + collection.source().description()
              + " has a field '"
              + path
              + "'"
              + NearNames.hint(path, any.keySet()));
    }
  }

  private static String flag() {
    return "--smart_sync_timestamp_column: ";
  }
}
