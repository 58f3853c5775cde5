package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableReference;
import com.google.cloud.bigquery.storage.v1.AvroRows;
import com.google.cloud.bigquery.storage.v1.AvroSchema;
import com.google.cloud.bigquery.storage.v1.BigQueryReadGrpc;
import com.google.cloud.bigquery.storage.v1.CreateReadSessionRequest;
import com.google.cloud.bigquery.storage.v1.DataFormat;
import com.google.cloud.bigquery.storage.v1.ReadRowsRequest;
import com.google.cloud.bigquery.storage.v1.ReadRowsResponse;
import com.google.cloud.bigquery.storage.v1.ReadSession;
import com.google.cloud.bigquery.storage.v1.ReadStream;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Storage Read API: sessions with streams of Avro rows. */
final class StorageReadService extends BigQueryReadGrpc.BigQueryReadImplBase {
  private static final Logger LOG = LoggerFactory.getLogger(StorageReadService.class);
  private static final Pattern PROJECT = Pattern.compile("projects/([^/]+)");
  private static final Pattern TABLE =
      Pattern.compile("projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)");
  private static final Map<String, Status> STATUS =
      Map.of(
          "notFound", Status.NOT_FOUND,
          "accessDenied", Status.PERMISSION_DENIED,
          "backendError", Status.UNAVAILABLE,
          "quotaExceeded", Status.RESOURCE_EXHAUSTED,
          "rateLimitExceeded", Status.RESOURCE_EXHAUSTED,
          "invalid", Status.INVALID_ARGUMENT,
          "invalidQuery", Status.INVALID_ARGUMENT,
          "notImplemented", Status.UNIMPLEMENTED);

  private final ReadSessions sessions;
  private final Faults faults;

  StorageReadService(ReadSessions sessions, Faults faults) {
    this.sessions = sessions;
    this.faults = faults;
  }

  @Override
  public void createReadSession(
      CreateReadSessionRequest request, StreamObserver<ReadSession> answer) {
    ReadSession session;
    try {
      Faults.Action fault = faults.actOn("CreateReadSession", request.getReadSession().getTable());
      failIfMeantTo(fault);
      session = create(request);
      if (fault.dropsResponse()) {
        throw Status.UNAVAILABLE.withDescription("Fault on demand").asRuntimeException();
      }
    } catch (RuntimeException e) {
      answer.onError(status(e));
      return;
    }
    answer.onNext(session);
    answer.onCompleted();
  }

  private ReadSession create(CreateReadSessionRequest request) {
    ReadSession wanted = request.getReadSession();
    check(request, wanted);
    ReadSessions.Session made =
        sessions.create(
            new ReadSessions.Request(
                match(PROJECT, "parent", request.getParent()).group(1),
                table(wanted.getTable()),
                wanted.hasTableModifiers() && wanted.getTableModifiers().hasSnapshotTime()
                    ? instant(wanted.getTableModifiers().getSnapshotTime())
                    : null,
                wanted.getReadOptions().getSelectedFieldsList(),
                wanted.getReadOptions().getRowRestriction(),
                request.getPreferredMinStreamCount(),
                request.getMaxStreamCount()));
    ReadSession.Builder session =
        wanted.toBuilder()
            .setName(made.name())
            .setExpireTime(timestamp(made.expires()))
            .setAvroSchema(AvroSchema.newBuilder().setSchema(made.avroSchema()))
            .setEstimatedRowCount(made.rows());
    made.streams().forEach(s -> session.addStreams(ReadStream.newBuilder().setName(s)));
    return session.build();
  }

  private static void check(CreateReadSessionRequest request, ReadSession wanted) {
    if (wanted.getDataFormat() == DataFormat.DATA_FORMAT_UNSPECIFIED) {
      throw BigQueryError.invalid("request failed: data_format is required");
    }
    if (wanted.getDataFormat() != DataFormat.AVRO) {
      throw BigQueryError.unsupported("read sessions of the format " + wanted.getDataFormat());
    }
    if (wanted.getReadOptions().hasSamplePercentage()) {
      throw BigQueryError.unsupported("read sessions of a sample");
    }
    int most = request.getMaxStreamCount();
    int fewest = request.getPreferredMinStreamCount();
    if (most < 0 || fewest < 0 || most > 0 && fewest > most) {
      throw BigQueryError.invalid(
          "request failed: max_stream_count and preferred_min_stream_count must not be negative,"
              + " nor the second above the first");
    }
  }

  private static Matcher match(Pattern pattern, String what, String text) {
    Matcher match = pattern.matcher(text);
    if (!match.matches()) {
      throw BigQueryError.invalid("request failed: invalid " + what + " '" + text + "'");
    }
    return match;
  }

  private static TableReference table(String name) {
    Matcher match = match(TABLE, "table", name);
    return new TableReference()
        .setProjectId(match.group(1))
        .setDatasetId(match.group(2))
        .setTableId(match.group(3));
  }

  @Override
  public void readRows(ReadRowsRequest request, StreamObserver<ReadRowsResponse> answer) {
    ServerCallStreamObserver<ReadRowsResponse> call =
        (ServerCallStreamObserver<ReadRowsResponse>) answer;
    Reading reading;
    try {
      reading = new Reading(request, sessions.stream(request.getReadStream()), call);
    } catch (RuntimeException e) {
      answer.onError(status(e));
      return;
    }
    call.setOnReadyHandler(reading::go);
  }

  /** One call's way through a stream, at the pace at which its client takes the rows. */
  private final class Reading {
    private final String name;
    private final ReadSessions.Stream stream;
    private final ServerCallStreamObserver<ReadRowsResponse> call;
    private int block;
    private int row;
    private boolean first = true;
    private boolean ended;

    Reading(
        ReadRowsRequest request,
        ReadSessions.Stream stream,
        ServerCallStreamObserver<ReadRowsResponse> call) {
      this.name = request.getReadStream();
      this.stream = stream;
      this.call = call;
      long skipped = request.getOffset();
      if (skipped < 0 || skipped > stream.rows()) {
        throw BigQueryError.invalid("request failed: there is no row " + skipped + " in " + name);
      }
      while (block < stream.blocks().size() && skipped >= stream.blocks().get(block).rows()) {
        skipped -= stream.blocks().get(block++).rows();
      }
      row = (int) skipped;
    }

    private synchronized void go() {
      try {
        while (!ended && call.isReady() && !call.isCancelled()) {
          step();
        }
      } catch (RuntimeException e) {
        ended = true;
        call.onError(status(e));
      }
    }

    private void step() {
      if (block == stream.blocks().size()) {
        ended = true;
        call.onCompleted();
        return;
      }
      Faults.Action fault = faults.actOn("ReadRows", name);
      failIfMeantTo(fault);
      ReadSessions.Block rows = stream.blocks().get(block++);
      ReadRowsResponse.Builder response =
          ReadRowsResponse.newBuilder()
              .setRowCount(rows.rows() - row)
              .setAvroRows(AvroRows.newBuilder().setSerializedBinaryRows(rows.from(row)));
      if (first) {
        response.setAvroSchema(AvroSchema.newBuilder().setSchema(stream.session().avroSchema()));
      }
      first = false;
      row = 0;
      call.onNext(response.build());
      if (fault.dropsResponse()) {
        throw Status.UNAVAILABLE.withDescription("Fault on demand").asRuntimeException();
      }
    }
  }

  private static void failIfMeantTo(Faults.Action fault) {
    if (fault.failure() != null) {
      throw new BigQueryError(fault.failure().reason(), fault.failure().getMessage());
    }
  }

  private static StatusRuntimeException status(RuntimeException e) {
    if (e instanceof StatusRuntimeException s) {
      return s;
    }
    if (e instanceof BigQueryError error) {
      return STATUS
          .getOrDefault(error.reason(), Status.INTERNAL)
          .withDescription(e.getMessage())
          .asRuntimeException();
    }
    LOG.error("The Storage Read API failed in the emulator", e);
    return Status.INTERNAL.withDescription("The emulator failed: " + e).asRuntimeException();
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }
}
