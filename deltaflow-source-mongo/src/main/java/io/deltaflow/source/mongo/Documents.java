package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCursor;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.SourceException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents of a split, each once. Where the order of {@code _id} allows it, a read whose
 * cursor or connection is lost goes on after the last document; else the split has to be read
 * again. Holds no connection between batches.
 */
final class Documents implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Documents.class);
  private static final int MOST_TRIES = 6;
  private static final long FIRST_PAUSE_MILLIS = 100;

  private final OpenCollection collection;
  private final SplitSpec split;
  private final ReadRequest request;
  private final SourceContext context;
  private final BsonDocument filter;
  private final String doing;
  private MongoCursor<RawBsonDocument> cursor;
  private RawBsonDocument last;
  private int tries;

  Documents(
      OpenCollection collection, SplitSpec split, ReadRequest request, SourceContext context) {
    this.collection = collection;
    this.split = split;
    this.request = request;
    this.context = context;
    this.filter = WindowFilter.of(collection.source(), request);
    this.doing = "reading " + collection.source().description();
  }

  /** Null at the end. */
  RawBsonDocument next() {
    while (true) {
      try {
        if (cursor == null) {
          cursor = open();
        }
        if (!cursor.hasNext()) {
          return null;
        }
        RawBsonDocument document = cursor.next();
        tries = 0;
        if (isNew(document)) {
          last = document;
          return document;
        }
      } catch (MongoException e) {
        recover(e);
      }
    }
  }

  private MongoCursor<RawBsonDocument> open() {
    BsonDocument within = last == null ? split.condition() : split.conditionAfter(last.get("_id"));
    FindIterable<RawBsonDocument> found =
        (request.window().isPresent() ? collection.primary() : collection.documents())
            .find(WindowFilter.and(within, filter))
            .projection(collection.source().selection().fields())
            .batchSize(request.batchSize());
    if (split.index() != null) {
      found.hint(split.index()).sort(OpenCollection.byId());
      if (!split.index().getFirstKey().equals("_id")) {
        found.allowDiskUse(true);
      }
    }
    return found.cursor();
  }

  /**
   * An index other than that of {@code _id} may show a document twice when it is updated in
   * mid-read; in the order of {@code _id} the two are neighbours.
   */
  private boolean isNew(RawBsonDocument document) {
    if (!split.isOrdered() || last == null || !last.get("_id").equals(document.get("_id"))) {
      return true;
    }
    if (collection.facts().isSharded()) {
      throw SourceException.permanent(
          collection.source().description()
              + ": two shards have a document with the _id "
              + DocumentReader.idText(document)
              + ", so _id is no key of the collection; remove one of the two",
          null);
    }
    return false;
  }

  private void recover(MongoException e) {
    closeCursor();
    boolean resumable = split.isOrdered() || last == null;
    tries++;
    if (!resumable || !MongoErrors.isPassing(e) || tries >= MOST_TRIES) {
      throw MongoErrors.of(e, collection.source().settings(), doing);
    }
    LOG.info("{}: the read is taken up again ({})", doing, e.getClass().getSimpleName());
    pause(FIRST_PAUSE_MILLIS << (tries - 1));
  }

  private void pause(long millis) {
    if (context.isCancelled()) {
      throw new CancellationException("cancelled while " + doing);
    }
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while " + doing);
    }
  }

  private void closeCursor() {
    MongoCursor<RawBsonDocument> old = cursor;
    cursor = null;
    if (old != null) {
      try {
        old.close();
      } catch (MongoException e) {
        // The server ends it by itself.
        LOG.debug("closing a cursor", e);
      }
    }
  }

  @Override
  public void close() {
    closeCursor();
  }
}
