package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.model.CountOptions;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.SplitCount;
import io.deltaflow.spi.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * Cuts a read into ranges of {@code _id}, which never changes, so that every document is in exactly
 * one whenever it is read. Ranges are of one type each, since comparisons are, and the outermost of
 * a type are open; one more split holds every type that was not there when the read was planned.
 */
record SplitPlanner(MongoSource source, ReadRequest request, SourceContext context) {
  private static final long SMALL = 20_000;

  /** Beyond this the server would sort too much for a read by the cursor's index. */
  private static final long LARGEST_DELTA = 500_000;

  List<Split> plan() {
    if (request.window().filter(Window::isEmpty).isPresent()) {
      return List.of();
    }
    String doing = "planning the read of " + source.description();
    try {
      OpenCollection collection = OpenCollection.of(source, context);
      if (!collection.hasIdKey()) {
        return List.of(SplitSpec.everything().toSplit(-1));
      }
      long rows = collection.documents().estimatedDocumentCount();
      List<String> ids = List.copyOf(IdTypes.present(collection).keySet());
      Optional<Delta> delta = delta(collection, rows);
      int wanted = delta.isPresent() ? 1 : wanted(collection, rows);
      Map<String, List<BsonValue>> boundaries =
          wanted == 1 ? Map.of() : new Boundaries(collection, wanted, rows).find();
      BsonDocument index = delta.map(Delta::index).orElseGet(OpenCollection::byId);
      List<SplitSpec> specs = specs(ids, boundaries, namesAreKnown(collection), index);
      long each = delta.map(Delta::rows).orElse(rows) / specs.size();
      return specs.stream().map(s -> s.toSplit(each)).toList();
    } catch (MongoException e) {
      throw MongoErrors.of(e, source.settings(), doing);
    }
  }

  private record Delta(BsonDocument index, long rows) {}

  /** A window that the cursor's index finds sooner than a look at all documents. */
  private Optional<Delta> delta(OpenCollection collection, long total) {
    Window window = request.window().filter(w -> w.lo().isPresent()).orElse(null);
    BsonDocument index = window == null ? null : collection.indexOn(window.cursor());
    if (index == null) {
      return Optional.empty();
    }
    long most = Math.min(LARGEST_DELTA, total / 4);
    long rows =
        collection
            .primary()
            .countDocuments(
                WindowFilter.of(source, request),
                new CountOptions().hint(index).limit((int) most + 1));
    return rows > most && total > SMALL ? Optional.empty() : Optional.of(new Delta(index, rows));
  }

  private int wanted(OpenCollection collection, long rows) {
    return request.desiredSplits() > 0
        ? SplitCount.atMost(request.desiredSplits(), rows)
        : SplitCount.of(rows, collection.size().map(OpenCollection.Size::bytes).orElse(0L));
  }

  /** Some servers refuse a query that names a type that they do not have. */
  private static boolean namesAreKnown(OpenCollection collection) {
    BsonDocument all =
        new BsonDocument(
            "$type", new org.bson.BsonArray(IdTypes.REST.stream().map(BsonString::new).toList()));
    try {
      collection.primary().find(new BsonDocument("_id", all)).hint(OpenCollection.byId()).first();
      return true;
    } catch (MongoException e) {
      if (MongoErrors.isUnavailable(e)) {
        return false;
      }
      throw e;
    }
  }

  private static List<SplitSpec> specs(
      List<String> ids,
      Map<String, List<BsonValue>> boundaries,
      boolean named,
      BsonDocument index) {
    List<SplitSpec> specs = new ArrayList<>();
    List<String> ranged = IdTypes.RANGED.stream().filter(ids::contains).toList();
    for (String type : ranged) {
      BsonValue from = null;
      for (BsonValue to : boundaries.getOrDefault(type, List.of())) {
        specs.add(new SplitSpec(type, from, to, List.of(), true, ids, index));
        from = to;
      }
      specs.add(new SplitSpec(type, from, null, List.of(), true, ids, index));
    }
    if (ranged.contains(IdTypes.NUMBER)) {
      specs.add(new SplitSpec(SplitSpec.NAN, null, null, List.of(), true, ids, index));
    }
    specs.add(new SplitSpec(SplitSpec.REST, null, null, ranged, named, ids, index));
    return specs;
  }
}
