package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationExtract;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExtractJobTest {
  private TestEmulator emulator;

  @BeforeEach
  void start() {
    emulator = new TestEmulator();
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  private Job extract(JobConfigurationExtract extract) throws Exception {
    return emulator.run(
        new Job()
            .setConfiguration(
                new JobConfiguration()
                    .setExtract(extract.setSourceTable(TestEmulator.table("t")))));
  }

  private static JobConfigurationExtract avro() {
    return new JobConfigurationExtract()
        .setDestinationFormat("AVRO")
        .setUseAvroLogicalTypes(true)
        .setDestinationUris(List.of("gs://bucket/out/t-*.avro"));
  }

  @Test
  void filesTogetherAreTheTable() throws Exception {
    emulator.query(
        "CREATE TABLE dataset.t AS SELECT n AS id, NUMERIC '1.5' AS price FROM"
            + " UNNEST(GENERATE_ARRAY(1, 25000)) AS n");
    Job job = extract(avro().setCompression("SNAPPY"));
    assertThat(job.getStatus().getErrorResult()).isNull();
    assertThat(job.getStatistics().getExtract().getDestinationUriFileCounts()).containsExactly(3L);
    List<Object> ids = new ArrayList<>();
    for (var blob : emulator.storage().list(TestEmulator.BUCKET).iterateAll()) {
      try (DataFileReader<GenericRecord> rows =
          new DataFileReader<>(
              new SeekableByteArrayInput(blob.getContent()), new GenericDatumReader<>())) {
        rows.forEach(r -> ids.add(r.get("id")));
      }
    }
    assertThat(ids).hasSize(25_000).doesNotHaveDuplicates();
  }

  @Test
  void anAbsentTableIsAnError() throws Exception {
    assertThat(extract(avro()).getStatus().getErrorResult().getReason()).isEqualTo("notFound");
  }
}
