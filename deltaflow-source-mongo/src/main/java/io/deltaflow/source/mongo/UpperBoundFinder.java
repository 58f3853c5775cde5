package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.Document;
import org.bson.types.ObjectId;

/**
 * Finds the safe end of a window. MongoDB shows nobody's open transactions, but ends each after a
 * limit: what is stamped longer ago than that is committed or never will be. What a majority has
 * not yet is not read, so the end is also below the newest write that it has.
 */
final class UpperBoundFinder {
  private static final Duration USUAL_LIMIT = Duration.ofSeconds(60);
  private static final String LIMIT = "transactionLifetimeLimitSeconds";

  private final MongoSource source;
  private final UpperBoundRequest request;
  private final SourceContext context;
  private final List<String> warnings = new ArrayList<>();

  UpperBoundFinder(MongoSource source, UpperBoundRequest request, SourceContext context) {
    this.source = source;
    this.request = request;
    this.context = context;
  }

  UpperBound find() {
    try {
      OpenCollection collection = OpenCollection.of(source, context);
      return find(collection);
    } catch (MongoException e) {
      throw MongoErrors.of(
          e, source.settings(), "finding the end of the window on " + request.cursor());
    }
  }

  private UpperBound find(OpenCollection collection) {
    request.previous().ifPresent(this::checkKind);
    collection.hasIdKey();
    new CursorField(collection, request.cursor()).check(warnings);
    ServerFacts facts = collection.facts();
    if (collection.hasOtherReads()) {
      warnings.add(
          "the read preference of the connection string is not used: other members than the primary"
              + " may not have every row of the window yet");
    }
    if (facts.isSharded()) {
      warnings.add(
          "the server is a router: whether a majority of each shard has every row of the window"
              + " cannot be seen; a larger --smart_sync_lag covers shards that are far behind");
    }
    Duration limit = transactionLimit(collection);
    boolean longer = request.lag().compareTo(limit) > 0;
    Duration lag = longer ? request.lag() : limit;
    Instant base = facts.behind() == null ? facts.now() : facts.behind();
    CursorPosition position = CursorPosition.timestamp(base.minus(lag));
    String reason =
        (facts.behind() == null
                ? "the server's time"
                : "the newest write that a majority has, " + facts.behind() + ",")
            + " - "
            + lag.toSeconds()
            + " s ("
            + (longer ? "--smart_sync_lag" : LIMIT)
            + ")";
    CursorPosition previous = request.last();
    if (previous != null && previous.compareTo(position) > 0) {
      checkNotAhead(previous, facts.now());
      position = previous;
      reason = "the end of the last window, which " + reason + " has not reached";
    }
    return counted(collection, position, reason);
  }

  private void checkKind(CursorPosition previous) {
    if (previous.kind() != CursorKind.TIMESTAMP) {
      throw new ConfigurationException(
          "the cursor '"
              + request.cursor()
              + "' of "
              + source.description()
              + " counts in TIMESTAMP, but the last published end of the window, "
              + previous
              + ", is of kind "
              + previous.kind()
              + ". Run ./deltaflow reset with the same flags and then once with WRITE_MERGE, which"
              + " reads everything; or use --delete_existing_table=true to load the table anew");
    }
  }

  /** A watermark from the future is that of another server, or the clock was set back. */
  private void checkNotAhead(CursorPosition previous, Instant now) {
    if (previous.compareTo(CursorPosition.timestamp(now)) > 0) {
      throw new ConfigurationException(
          "the last published end of the window of "
              + source.description()
              + ", "
              + previous
              + ", is above the server's clock, "
              + now
              + ": the server is another one, or its clock was wrong. If the data is as it was, run"
              + " again when the clock is past it; else run ./deltaflow reset with the same flags");
    }
  }

  private static Duration transactionLimit(OpenCollection collection) {
    try {
      Document answer =
          collection.admin(
              new BsonDocument("getParameter", new BsonInt32(1)).append(LIMIT, new BsonInt32(1)));
      return answer.get(LIMIT) instanceof Number seconds
          ? Duration.ofSeconds(seconds.longValue())
          : USUAL_LIMIT;
    } catch (MongoException e) {
      if (MongoErrors.isRefused(e)) {
        return USUAL_LIMIT;
      }
      throw e;
    }
  }

  private UpperBound counted(OpenCollection collection, CursorPosition end, String reason) {
    String cursor = request.cursor();
    BsonDocument filter = source.selection().filter();
    long deferred =
        collection
            .primary()
            .countDocuments(WindowFilter.and(CursorField.from(cursor, end), filter));
    long nulls =
        collection
            .primary()
            .countDocuments(WindowFilter.and(new BsonDocument(cursor, new BsonNull()), filter));
    request
        .published()
        .filter(p -> deferred == 0 && isGone(collection, p))
        .ifPresent(
            p ->
                warnings.add(
                    "no document has the largest "
                        + cursor
                        + " that was ever published, "
                        + p
                        + ", or a larger one: documents were deleted, or the source was restored to"
                        + " an earlier state"));
    return new UpperBound(end, reason, deferred, nulls, warnings, systemId(collection));
  }

  private boolean isGone(OpenCollection collection, CursorPosition published) {
    return collection
            .primary()
            .find(
                WindowFilter.and(
                    CursorField.from(request.cursor(), published), source.selection().filter()))
            .first()
        == null;
  }

  /** What a replica set or a cluster was given when it was made; null when it cannot be asked. */
  private static String systemId(OpenCollection collection) {
    try {
      Object id =
          collection.facts().isSharded()
              ? collection.firstOf("config", "version", "clusterId")
              : collection
                  .admin(new BsonDocument("replSetGetConfig", new BsonInt32(1)))
                  .get("config", Document.class)
                  .get("settings", Document.class)
                  .get("replicaSetId");
      return id instanceof ObjectId o ? o.toHexString() : null;
    } catch (MongoException e) {
      if (MongoErrors.isRefused(e)) {
        return null;
      }
      throw e;
    }
  }
}
