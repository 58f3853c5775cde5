package io.deltaflow.source.mongo;

import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.Window;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonNull;
import org.bson.BsonString;

/** Conditions, put together. */
final class WindowFilter {
  private WindowFilter() {}

  /** All of them; empty ones aside. */
  static BsonDocument and(BsonDocument... conditions) {
    List<BsonDocument> real = new ArrayList<>();
    for (BsonDocument condition : conditions) {
      if (!condition.isEmpty()) {
        real.add(condition);
      }
    }
    return switch (real.size()) {
      case 0 -> new BsonDocument();
      case 1 -> real.get(0);
      default -> new BsonDocument("$and", new BsonArray(real));
    };
  }

  /** What the user asks for, within the request's window. */
  static BsonDocument of(MongoSource source, ReadRequest request) {
    return and(
        source.selection().filter(),
        request.window().map(WindowFilter::of).orElseGet(BsonDocument::new));
  }

  /** Dates have milliseconds: one is at or above a position if it is at or above the next. */
  static BsonDateTime atOrAfter(CursorPosition position) {
    return new BsonDateTime(Math.floorDiv(Math.addExact(position.value(), 999), 1000));
  }

  private static BsonDocument of(Window window) {
    BsonDocument range =
        new BsonDocument("$type", new BsonString("date")).append("$lt", atOrAfter(window.hi()));
    window.lo().ifPresent(lo -> range.append("$gte", atOrAfter(lo)));
    BsonDocument within = new BsonDocument(window.cursor(), range);
    if (!window.includeNull()) {
      return within;
    }
    return new BsonDocument(
        "$or", new BsonArray(List.of(within, new BsonDocument(window.cursor(), new BsonNull()))));
  }
}
