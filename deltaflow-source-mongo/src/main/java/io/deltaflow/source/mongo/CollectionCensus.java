package io.deltaflow.source.mongo;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.InternalException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.schemas.Schema;
import org.bson.RawBsonDocument;

/**
 * Looks at every document, in this process, with as many cursors at once as there may be
 * connections: the splits of a full read, each with an accumulator of its own.
 */
record CollectionCensus(MongoSource source, CensusFn fn, SourceContext context) {

  DocumentCensus take() {
    ReadRequest all = ReadRequest.of(Schema.builder().addField("_id", FieldTypes.STRING).build());
    List<Split> splits = source.split(all, context);
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(splits.size(), source.settings().maxConnections())));
    try {
      List<Future<DocumentCensus>> parts = new ArrayList<>();
      splits.forEach(s -> parts.add(threads.submit(() -> of(s, all))));
      List<DocumentCensus> taken = new ArrayList<>();
      for (Future<DocumentCensus> part : parts) {
        taken.add(part.get());
      }
      return fn.extractOutput(fn.mergeAccumulators(taken));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new InternalException("the census of " + source.description() + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted in the census of " + source.description());
    } finally {
      threads.shutdownNow();
    }
  }

  private DocumentCensus of(Split split, ReadRequest all) {
    DocumentCensus census = fn.createAccumulator();
    OpenCollection collection = OpenCollection.of(source, context);
    try (Documents documents = new Documents(collection, SplitSpec.parse(split), all, context)) {
      RawBsonDocument document = documents.next();
      while (document != null) {
        if (context.isCancelled()) {
          throw new CancellationException("cancelled in the census of " + source.description());
        }
        census = fn.addInput(census, document);
        document = documents.next();
      }
    }
    return census;
  }
}
