package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.RawBsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Documents drawn at random, all where there are no more than asked for, and the newest, which have
 * the fields that were added last. A server that does not draw gives its first ones.
 */
record Sample(OpenCollection collection, CensusFn fn) {
  private static final Logger LOG = LoggerFactory.getLogger(Sample.class);
  private static final int NEWEST = 100;

  DocumentCensus take(BsonDocument filter) {
    int size = collection.source().sampleSize();
    BsonDocument fields = collection.source().selection().fields();
    DocumentCensus drawn = new DocumentCensus();
    try {
      List<BsonDocument> pipeline = new ArrayList<>();
      if (!filter.isEmpty()) {
        pipeline.add(new BsonDocument("$match", filter));
      }
      pipeline.add(new BsonDocument("$sample", new BsonDocument("size", new BsonInt32(size))));
      if (fields != null) {
        pipeline.add(new BsonDocument("$project", fields));
      }
      add(collection.documents().aggregate(pipeline).allowDiskUse(true), drawn);
    } catch (MongoException e) {
      if (!MongoErrors.isRefused(e)) {
        throw e;
      }
      LOG.info("the server refuses $sample: {}", MongoErrors.message(e));
      drawn = new DocumentCensus();
      add(collection.documents().find(filter).projection(fields).limit(size), drawn);
    }
    if (drawn.documents() < size) {
      return drawn;
    }
    DocumentCensus newest = new DocumentCensus();
    add(
        collection
            .documents()
            .find(filter)
            .projection(fields)
            .sort(new BsonDocument("_id", new BsonInt32(-1)))
            .limit(NEWEST),
        newest);
    return fn.mergeAccumulators(List.of(drawn, newest));
  }

  private void add(Iterable<RawBsonDocument> documents, DocumentCensus census) {
    documents.forEach(d -> fn.addInput(census, d));
  }
}
