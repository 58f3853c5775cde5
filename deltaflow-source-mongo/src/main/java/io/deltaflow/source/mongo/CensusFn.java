package io.deltaflow.source.mongo;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.bson.RawBsonDocument;

/**
 * Combines documents into a census of their fields. The graph of a run needs the schema before it
 * can be built, so {@link CollectionCensus} drives this on the launcher, one accumulator for each
 * split; in a pipeline of one's own it is a combiner as any other.
 */
final class CensusFn extends Combine.CombineFn<RawBsonDocument, DocumentCensus, DocumentCensus> {
  private static final long serialVersionUID = 1L;

  private final int deep;

  /** Documents within documents are looked into that many levels deep. */
  CensusFn(int deep) {
    this.deep = deep;
  }

  @Override
  public DocumentCensus createAccumulator() {
    return new DocumentCensus();
  }

  @Override
  public DocumentCensus addInput(DocumentCensus accumulator, RawBsonDocument document) {
    accumulator.add(Elements.of(document), deep);
    return accumulator;
  }

  @Override
  public DocumentCensus mergeAccumulators(Iterable<DocumentCensus> accumulators) {
    DocumentCensus merged = new DocumentCensus();
    accumulators.forEach(merged::merge);
    return merged;
  }

  @Override
  public DocumentCensus extractOutput(DocumentCensus accumulator) {
    return accumulator;
  }

  @Override
  public Coder<DocumentCensus> getAccumulatorCoder(
      CoderRegistry registry, Coder<RawBsonDocument> input) {
    return SerializableCoder.of(DocumentCensus.class);
  }

  @Override
  public Coder<DocumentCensus> getDefaultOutputCoder(
      CoderRegistry registry, Coder<RawBsonDocument> input) {
    return SerializableCoder.of(DocumentCensus.class);
  }
}
