package io.deltaflow.source.bigquery;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.ServerStream;
import com.google.api.gax.rpc.StatusCode;
import com.google.cloud.bigquery.storage.v1.BigQueryReadClient;
import com.google.cloud.bigquery.storage.v1.ReadRowsRequest;
import com.google.cloud.bigquery.storage.v1.ReadRowsResponse;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.SourceException;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream of a read session. One that breaks off is read on behind the last row that came. */
final class StreamBlocks implements AvroBlocks {
  private static final Logger LOG = LoggerFactory.getLogger(StreamBlocks.class);

  /** Breaks in a row, without a block between them, after which the split has failed. */
  private static final int MOST_BREAKS = 5;

  private final BigQueryReadClient client;
  private final String name;
  private final BigQuerySource source;
  private final SourceContext context;
  private ServerStream<ReadRowsResponse> stream;
  private Iterator<ReadRowsResponse> responses;
  private long rows;
  private int breaks;
  private Schema schema;

  StreamBlocks(
      BigQueryReadClient client, String name, BigQuerySource source, SourceContext context) {
    this.client = client;
    this.name = name;
    this.source = source;
    this.context = context;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public Block next() {
    while (true) {
      if (context.isCancelled()) {
        throw new CancellationException("the run was cancelled");
      }
      try {
        if (responses == null) {
          open();
        }
        if (!responses.hasNext()) {
          return null;
        }
        return block(responses.next());
      } catch (ApiException e) {
        close();
        resumeAfter(e);
      }
    }
  }

  private void open() {
    stream =
        client
            .readRowsCallable()
            .call(ReadRowsRequest.newBuilder().setReadStream(name).setOffset(rows).build());
    responses = stream.iterator();
  }

  private Block block(ReadRowsResponse response) {
    if (schema == null && response.hasAvroSchema()) {
      schema = new Schema.Parser().parse(response.getAvroSchema().getSchema());
    }
    breaks = 0;
    rows += response.getRowCount();
    byte[] bytes = response.getAvroRows().getSerializedBinaryRows().toByteArray();
    return new Block(bytes, 0, bytes.length, response.getRowCount());
  }

  private void resumeAfter(ApiException e) {
    if (!ApiErrors.isPassing(e) || ++breaks > MOST_BREAKS) {
      throw failure(e);
    }
    LOG.info("a stream of {} broke off after row {}: {}", source.description(), rows, e.toString());
    Pause.millis(50L << breaks, "read " + source.description() + " on");
  }

  private DeltaFlowException failure(ApiException e) {
    StatusCode.Code code = e.getStatusCode().getCode();
    if (code == StatusCode.Code.NOT_FOUND || code == StatusCode.Code.FAILED_PRECONDITION) {
      return SourceException.permanent(
          "the read session of "
              + source.target().description()
              + " has ended: BigQuery keeps one for six hours after the run was planned. Nothing"
              + " was published; run again, with more workers or less to read ("
              + e.getMessage()
              + ")",
          e);
    }
    return ApiErrors.of(
        "read " + source.target().description(),
        source.target(),
        Warehouse.payer(source, context),
        e);
  }

  @Override
  public void close() {
    if (stream != null) {
      stream.cancel();
    }
    stream = null;
    responses = null;
  }
}
