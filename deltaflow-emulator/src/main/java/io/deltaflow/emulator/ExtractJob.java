package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.JobConfigurationExtract;
import com.google.api.services.bigquery.model.JobStatistics4;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.storage.model.StorageObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Writes a table to Avro files in Cloud Storage. */
final class ExtractJob {
  /** Real files are larger; several of them show what a reader does with several. */
  private static final int ROWS_PER_FILE = 10_000;

  private static final Map<String, CodecFactory> CODECS =
      Map.of(
          "NONE", CodecFactory.nullCodec(),
          "DEFLATE", CodecFactory.deflateCodec(6),
          "SNAPPY", CodecFactory.snappyCodec(),
          "ZSTD", CodecFactory.zstandardCodec(3));

  private final Warehouse warehouse;
  private final ObjectStore store;
  private final Queries queries;
  private final JobConfigurationExtract extract;

  ExtractJob(
      Warehouse warehouse, ObjectStore store, Queries queries, JobConfigurationExtract extract) {
    this.warehouse = warehouse;
    this.store = store;
    this.queries = queries;
    this.extract = extract;
  }

  /** What jobs.insert refuses at once. */
  static void check(JobConfigurationExtract extract) {
    if (extract.getSourceTable() == null) {
      throw BigQueryError.invalid("Required parameter is missing: sourceTable");
    }
    if (uris(extract).isEmpty()) {
      throw BigQueryError.invalid("Required parameter is missing: destinationUris");
    }
    if (uris(extract).size() > 1) {
      throw BigQueryError.unsupported("extract jobs with several destination URIs");
    }
    if (!"AVRO".equals(extract.getDestinationFormat())) {
      throw BigQueryError.unsupported(
          "extract jobs to " + extract.getDestinationFormat() + "; set destinationFormat to AVRO");
    }
    if (!CODECS.containsKey(codec(extract))) {
      throw BigQueryError.invalid(
          "Invalid compression for AVRO: " + extract.getCompression() + ".");
    }
    if (!Boolean.TRUE.equals(extract.getUseAvroLogicalTypes())) {
      throw BigQueryError.unsupported("extract jobs without useAvroLogicalTypes");
    }
    GcsUri.parse(uris(extract).get(0));
  }

  private static List<String> uris(JobConfigurationExtract extract) {
    if (extract.getDestinationUris() != null) {
      return extract.getDestinationUris();
    }
    return extract.getDestinationUri() == null ? List.of() : List.of(extract.getDestinationUri());
  }

  private static String codec(JobConfigurationExtract extract) {
    return extract.getCompression() == null
        ? "NONE"
        : extract.getCompression().toUpperCase(Locale.ROOT);
  }

  JobStatistics4 run() throws IOException {
    Table table =
        warehouse
            .find(extract.getSourceTable())
            .filter(t -> t.getSchema() != null)
            .orElseThrow(
                () ->
                    BigQueryError.notFound(
                        "Not found: Table " + Warehouse.name(extract.getSourceTable())));
    List<List<Object>> rows = rows(table);
    GcsUri target = GcsUri.parse(uris(extract).get(0));
    int star = target.object().indexOf('*');
    int perFile = star < 0 ? Math.max(1, rows.size()) : ROWS_PER_FILE;
    long files = 0;
    for (int first = 0; first == 0 || first < rows.size(); first += perFile) {
      String name =
          star < 0
              ? target.object()
              : target.object().substring(0, star)
                  + String.format(Locale.ROOT, "%012d", files)
                  + target.object().substring(star + 1);
      write(
          table,
          rows.subList(first, Math.min(rows.size(), first + perFile)),
          new StorageObject().setBucket(target.bucket()).setName(name));
      files++;
    }
    return new JobStatistics4().setDestinationUriFileCounts(new ArrayList<>(List.of(files)));
  }

  private List<List<Object>> rows(Table table) {
    String columns =
        table.getSchema().getFields().stream()
            .map(TableFieldSchema::getName)
            .map(n -> "`" + n + "`")
            .collect(Collectors.joining(", "));
    String sql =
        "SELECT "
            + columns
            + " FROM `"
            + Warehouse.name(table.getTableReference()).replace(':', '.')
            + "`";
    return queries
        .run(
            new QueryRequest(
                table.getTableReference().getProjectId(),
                null,
                sql,
                List.of(),
                false,
                null,
                null,
                () -> false))
        .rows();
  }

  private void write(Table table, List<List<Object>> rows, StorageObject object)
      throws IOException {
    AvroRows avro = new AvroRows(table.getSchema(), "Root");
    Path file = store.newFile();
    try (DataFileWriter<Object> out = new DataFileWriter<>(new GenericDatumWriter<>())) {
      out.setCodec(CODECS.get(codec(extract)));
      out.create(avro.schema(), file.toFile());
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = null;
      for (List<Object> row : new ArrayList<>(rows)) {
        bytes.reset();
        encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
        avro.write(row, encoder);
        out.appendEncoded(ByteBuffer.wrap(bytes.toByteArray()));
      }
    }
    store.put(object.setContentType("application/octet-stream"), file, Preconditions.NONE);
  }
}
