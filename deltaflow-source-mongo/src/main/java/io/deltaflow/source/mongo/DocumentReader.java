package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import io.deltaflow.spi.DirectReader;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowSink;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.ValueSink;
import io.deltaflow.spi.error.BadValueException;
import java.util.concurrent.CancellationException;
import org.apache.beam.sdk.values.Row;
import org.bson.RawBsonDocument;

/** Decodes documents into a sink, or into Rows. */
final class DocumentReader implements DirectReader {
  /** How many documents pass between two looks at the cancel flag, less one. */
  private static final int POLL_MASK = 63;

  private static final int LONGEST_ID = 120;

  private final MongoSource source;
  private final Documents documents;
  private final RowDecoder decoder;
  private final RowSink rowSink;
  private final SourceContext context;
  private RawBsonDocument current;
  private long rows;

  private DocumentReader(
      MongoSource source,
      Documents documents,
      RowDecoder decoder,
      ReadRequest request,
      SourceContext context) {
    this.source = source;
    this.documents = documents;
    this.decoder = decoder;
    this.rowSink = new RowSink(request.schema());
    this.context = context;
  }

  static DocumentReader open(
      MongoSource source, SplitSpec split, ReadRequest request, SourceContext context) {
    try {
      OpenCollection collection = OpenCollection.of(source, context);
      return new DocumentReader(
          source,
          new Documents(collection, split, request, context),
          new RowDecoder(source, split, request.schema()),
          request,
          context);
    } catch (MongoException e) {
      throw MongoErrors.of(e, source.settings(), "reading " + source.description());
    }
  }

  @Override
  public boolean advance() {
    if ((rows++ & POLL_MASK) == 0 && context.isCancelled()) {
      throw new CancellationException("cancelled while reading " + source.description());
    }
    current = documents.next();
    return current != null;
  }

  @Override
  public Row row() {
    rowSink.start();
    decode(rowSink);
    return rowSink.row();
  }

  @Override
  public boolean advanceInto(ValueSink sink) {
    if (!advance()) {
      return false;
    }
    decode(sink);
    return true;
  }

  @Override
  public boolean repeatInto(ValueSink sink) {
    decoder.decodeAny(Elements.of(current), sink);
    return true;
  }

  private void decode(ValueSink sink) {
    try {
      decoder.decode(Elements.of(current), sink);
    } catch (BadValueException e) {
      throw new BadValueException(
          e.column(), e.problem() + " (the document with _id " + idText(current) + ")", e);
    }
  }

  /** For messages; cut where it is long. */
  static String idText(RawBsonDocument document) {
    Elements elements = Elements.of(document);
    while (elements.advance()) {
      if (elements.name().equals("_id")) {
        try {
          String text = JsonText.of(elements.type(), elements.bytes(), elements.value());
          return text.length() <= LONGEST_ID ? text : text.substring(0, LONGEST_ID) + "...";
        } catch (BadField e) {
          return "that cannot be shown: " + e.getMessage();
        }
      }
    }
    return "that it has not";
  }

  @Override
  public void close() {
    documents.close();
  }
}
