package io.deltaflow.source.bigquery;

import com.google.api.gax.rpc.ApiException;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.cloud.bigquery.storage.v1.CreateReadSessionRequest;
import com.google.cloud.bigquery.storage.v1.DataFormat;
import com.google.cloud.bigquery.storage.v1.ReadSession;
import com.google.cloud.bigquery.storage.v1.ReadStream;
import com.google.protobuf.util.Timestamps;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import io.deltaflow.spi.ReadForecast;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.InternalException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;

/**
 * Fixes the instant of a read and prepares it. Stored rows are read as they are, by a session at
 * the instant; what BigQuery has to compute (views, queries, columns as text) it computes once, and
 * the splits read the one result.
 */
final class SplitPlanner {
  private final BigQuerySource source;
  private final Target target;
  private final ReadRequest request;
  private final SourceContext context;
  private final Warehouse warehouse;
  private final Described described;

  SplitPlanner(BigQuerySource source, ReadRequest request, SourceContext context) {
    this.source = source;
    this.target = source.target();
    this.request = request;
    this.context = context;
    this.warehouse = new Warehouse(source, context);
    this.described = Described.find(source, warehouse);
  }

  List<Split> plan() {
    if (request.window().filter(Window::isEmpty).isPresent()) {
      return List.of();
    }
    if (source.settings().method() == ReadMethod.EXPORT) {
      return exported();
    }
    if (described.isStored() && !needsText()) {
      return streams(
          new TableReference()
              .setProjectId(target.project())
              .setDatasetId(target.dataset())
              .setTableId(target.table()),
          now());
    }
    return streams(materialized().result(), null);
  }

  /** What {@link #plan} would do; by a dry run, since that begins sessions, queries and exports. */
  ReadForecast forecast() {
    if (request.window().filter(Window::isEmpty).isPresent()) {
      return new ReadForecast(0, "since no row can be in the window", 0);
    }
    warehouse.dryRun(select(null));
    boolean stored = described.isStored() && !needsText();
    boolean exports = source.settings().method() == ReadMethod.EXPORT;
    boolean queries = !stored || exports && request.window().isPresent();
    return new ReadForecast(
        -1,
        (exports ? "as many as an extract job writes files" : "as many as BigQuery gives streams")
            + (queries ? ", of the result of one query" : ""),
        -1);
  }

  /** All of the request in one query. */
  ServerSideRead query() {
    String instant = described.isStored() ? now() : null;
    return new ServerSideRead("googlesql", select(instant), described.location());
  }

  private Warehouse.Ended materialized() {
    return warehouse.materialize(select(described.isStored() ? now() : null), described.location());
  }

  /** The instant of the read, by BigQuery's clock, in ISO 8601. */
  private String now() {
    return Clock.now(warehouse, described.location()).toString();
  }

  /** Whether a field is asked for, or can be read, only as a text that BigQuery writes. */
  private boolean needsText() {
    return request.schema().getFields().stream()
        .anyMatch(f -> TypeMapper.isText(column(f)) || isAskedAsText(f));
  }

  private TableFieldSchema column(Schema.Field field) {
    return described
        .column(field.getName())
        .orElseThrow(
            () ->
                new ConfigurationException(
                    target.description()
                        + " ("
                        + target.flag()
                        + ") no longer has the column '"
                        + field.getName()
                        + "'"));
  }

  private boolean isAskedAsText(Schema.Field field) {
    return FieldTypes.kind(field.getType()) == Kind.STRING && kind(field) != Kind.STRING;
  }

  private Kind kind(Schema.Field field) {
    return FieldTypes.kind(described.schema().getField(column(field).getName()).getType());
  }

  private String select(String instant) {
    return "SELECT "
        + request.schema().getFields().stream()
            .map(f -> expression(f) + " AS " + Sql.identifier(f.getName()))
            .collect(Collectors.joining(", "))
        + " FROM "
        + described.from(instant)
        + request.window().map(w -> " WHERE " + restriction(w)).orElse("");
  }

  private String expression(Schema.Field field) {
    String name = Sql.identifier(column(field).getName());
    if (TypeMapper.isText(column(field))) {
      return "CAST(" + name + " AS STRING)";
    }
    if (!isAskedAsText(field)) {
      return name;
    }
    switch (kind(field)) {
      case BYTES:
        return "TO_BASE64(" + name + ")";
      case GEOGRAPHY:
        return "ST_ASTEXT(" + name + ")";
      case JSON:
      case RECORD:
        // TO_JSON_STRING makes the text null of NULL.
        return "IF(" + name + " IS NULL, NULL, TO_JSON_STRING(" + name + "))";
      case ARRAY:
        return "TO_JSON_STRING(" + name + ")";
      default:
        return "CAST(" + name + " AS STRING)";
    }
  }

  private static String restriction(Window window) {
    return Sql.inside(window, Sql.identifier(window.cursor()));
  }

  /**
   * @param instant null for a table that nobody changes, with the request's rows only
   */
  private List<Split> streams(TableReference table, String instant) {
    ReadSession.Builder session =
        ReadSession.newBuilder()
            .setDataFormat(DataFormat.AVRO)
            .setTable(
                "projects/"
                    + table.getProjectId()
                    + "/datasets/"
                    + table.getDatasetId()
                    + "/tables/"
                    + table.getTableId());
    for (Schema.Field field : request.schema().getFields()) {
      session.getReadOptionsBuilder().addSelectedFields(field.getName());
    }
    if (instant != null) {
      try {
        session.getTableModifiersBuilder().setSnapshotTime(Timestamps.parse(instant));
      } catch (ParseException e) {
        throw new InternalException("'" + instant + "' is no instant", e);
      }
      request
          .window()
          .ifPresent(w -> session.getReadOptionsBuilder().setRowRestriction(restriction(w)));
    }
    ReadSession made = create(session);
    List<Split> splits = new ArrayList<>();
    long rows =
        made.getStreamsCount() == 0 ? 0 : made.getEstimatedRowCount() / made.getStreamsCount();
    for (ReadStream stream : made.getStreamsList()) {
      splits.add(SplitSpec.ofStream(stream.getName()).split(rows == 0 ? -1 : rows));
    }
    return splits;
  }

  private ReadSession create(ReadSession.Builder session) {
    try {
      return StorageClients.get(source.settings(), context)
          .createReadSession(
              CreateReadSessionRequest.newBuilder()
                  .setParent("projects/" + warehouse.jobProject())
                  .setReadSession(session)
                  .setPreferredMinStreamCount(request.desiredSplits())
                  .build());
    } catch (ApiException e) {
      throw ApiErrors.of(
          "begin to read " + target.description(), target, warehouse.jobProject(), e);
    }
  }

  /**
   * An extract job takes a table whole, as it is at one instant, and cannot choose rows: those of a
   * window are put into a table of their own first.
   */
  private List<Split> exported() {
    TableReference table;
    String location = described.location();
    if (described.isStored() && !needsText() && request.window().isEmpty()) {
      table = described.table().getTableReference();
    } else {
      Warehouse.Ended ended = materialized();
      table = ended.result();
      location = ended.location();
    }
    String folder =
        source.settings().exportLocation()
            + "/deltaflow-export/"
            + UUID.randomUUID().toString().replace("-", "");
    long files = warehouse.extract(table, folder + "/*.avro", location);
    List<Split> splits = new ArrayList<>();
    for (long i = 0; i < files; i++) {
      splits.add(SplitSpec.ofFile(folder + String.format("/%012d.avro", i)).split(-1));
    }
    return splits;
  }
}
