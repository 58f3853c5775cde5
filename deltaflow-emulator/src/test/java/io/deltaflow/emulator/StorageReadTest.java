package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.api.gax.rpc.InvalidArgumentException;
import com.google.api.gax.rpc.NotFoundException;
import com.google.cloud.bigquery.storage.v1.BigQueryReadClient;
import com.google.cloud.bigquery.storage.v1.BigQueryReadSettings;
import com.google.cloud.bigquery.storage.v1.CreateReadSessionRequest;
import com.google.cloud.bigquery.storage.v1.DataFormat;
import com.google.cloud.bigquery.storage.v1.ReadRowsRequest;
import com.google.cloud.bigquery.storage.v1.ReadRowsResponse;
import com.google.cloud.bigquery.storage.v1.ReadSession;
import com.google.protobuf.Timestamp;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StorageReadTest {
  private TestEmulator emulator;
  private BigQueryReadClient client;

  @BeforeEach
  void start() throws Exception {
    emulator = new TestEmulator();
    client =
        BigQueryReadClient.create(
            BigQueryReadSettings.newBuilder()
                .setCredentialsProvider(NoCredentialsProvider.create())
                .setTransportChannelProvider(
                    InstantiatingGrpcChannelProvider.newBuilder()
                        .setEndpoint(
                            emulator.emulator().storageEndpoint().substring("http://".length()))
                        .setChannelConfigurator(ManagedChannelBuilder::usePlaintext)
                        .build())
                .build());
    emulator.query("CREATE TABLE dataset.numbers (id INT64 NOT NULL, name STRING)");
    emulator.query(
        "INSERT INTO dataset.numbers SELECT n, CONCAT('n', CAST(n AS STRING)) FROM"
            + " UNNEST(GENERATE_ARRAY(1, 1000)) AS n");
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    client.awaitTermination(5, TimeUnit.SECONDS);
    emulator.close();
  }

  private static ReadSession.Builder session(String table) {
    return ReadSession.newBuilder()
        .setTable("projects/project/datasets/dataset/tables/" + table)
        .setDataFormat(DataFormat.AVRO);
  }

  private ReadSession create(ReadSession.Builder session, int streams) {
    return client.createReadSession(
        CreateReadSessionRequest.newBuilder()
            .setParent("projects/project")
            .setReadSession(session)
            .setMaxStreamCount(streams)
            .build());
  }

  private List<GenericRecord> rows(ReadSession session, int stream, long offset)
      throws IOException {
    GenericDatumReader<GenericRecord> reader =
        new GenericDatumReader<>(new Schema.Parser().parse(session.getAvroSchema().getSchema()));
    List<GenericRecord> rows = new ArrayList<>();
    ReadRowsRequest request =
        ReadRowsRequest.newBuilder()
            .setReadStream(session.getStreams(stream).getName())
            .setOffset(offset)
            .build();
    for (ReadRowsResponse response : client.readRowsCallable().call(request)) {
      BinaryDecoder decoder =
          DecoderFactory.get()
              .binaryDecoder(response.getAvroRows().getSerializedBinaryRows().toByteArray(), null);
      for (long i = 0; i < response.getRowCount(); i++) {
        rows.add(reader.read(null, decoder));
      }
      assertThat(decoder.isEnd()).isTrue();
    }
    return rows;
  }

  private List<Object> ids(ReadSession session) throws IOException {
    List<Object> ids = new ArrayList<>();
    for (int i = 0; i < session.getStreamsCount(); i++) {
      rows(session, i, 0).forEach(r -> ids.add(r.get("id")));
    }
    return ids;
  }

  @Test
  void streamsTogetherAreTheTable() throws Exception {
    ReadSession session = create(session("numbers"), 3);
    assertThat(session.getStreamsCount()).isEqualTo(3);
    assertThat(ids(session)).hasSize(1000).doesNotHaveDuplicates();
  }

  @Test
  void aStreamGoesOnFromAnyRow() throws Exception {
    ReadSession session = create(session("numbers"), 1);
    List<GenericRecord> all = rows(session, 0, 0);
    assertThat(rows(session, 0, 333)).isEqualTo(all.subList(333, 1000));
    assertThat(rows(session, 0, 1000)).isEmpty();
  }

  @Test
  void columnsAndRowsAreChosen() throws Exception {
    ReadSession.Builder wanted = session("numbers");
    wanted.getReadOptionsBuilder().addSelectedFields("id").setRowRestriction("id > 10 AND id < 13");
    ReadSession session = create(wanted, 0);
    assertThat(session.getAvroSchema().getSchema()).doesNotContain("name\":\"name");
    assertThat(ids(session)).containsExactly(11L, 12L);
  }

  @Test
  void aSessionShowsItsInstantOnly() throws Exception {
    Instant before =
        (Instant) emulator.emulator().rows("SELECT CURRENT_TIMESTAMP() AS t").get(0).get("t");
    emulator.query("DELETE FROM dataset.numbers WHERE id > 5");
    ReadSession.Builder past = session("numbers");
    past.getTableModifiersBuilder()
        .setSnapshotTime(
            Timestamp.newBuilder().setSeconds(before.getEpochSecond()).setNanos(before.getNano()));
    ReadSession now = create(session("numbers"), 1);
    emulator.query("INSERT INTO dataset.numbers VALUES (2000, 'late')");
    assertThat(ids(create(past, 1))).hasSize(1000);
    assertThat(ids(now)).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void anEmptyTableHasNoStreams() throws Exception {
    emulator.query("CREATE TABLE dataset.nothing (id INT64)");
    assertThat(create(session("nothing"), 0).getStreamsCount()).isZero();
  }

  @Test
  void valuesComeInTheirAvroTypes() throws Exception {
    emulator.query(
        "CREATE TABLE dataset.types AS SELECT 1 AS i, 1.5 AS f, TRUE AS b, 'x' AS s, b'\\x01' AS"
            + " y, NUMERIC '1.25' AS n, BIGNUMERIC '-7.5' AS g, DATE '2024-02-29' AS d, TIME"
            + " '01:02:03.000004' AS t, DATETIME '2024-01-02 03:04:05.000006' AS dt, TIMESTAMP"
            + " '2024-01-02 03:04:05.000006+00' AS ts, JSON '{\"a\":1}' AS j, [1, 2] AS a,"
            + " STRUCT(1 AS x, 'y' AS z) AS r");
    GenericRecord row = rows(create(session("types"), 1), 0, 0).get(0);
    assertThat(row.get("i")).isEqualTo(1L);
    assertThat(row.get("b")).isEqualTo(true);
    assertThat(row.get("y")).isEqualTo(ByteBuffer.wrap(new byte[] {1}));
    assertThat(new java.math.BigInteger(((ByteBuffer) row.get("n")).array()))
        .isEqualTo(1_250_000_000L);
    assertThat(row.get("d")).isEqualTo((int) java.time.LocalDate.of(2024, 2, 29).toEpochDay());
    assertThat(row.get("t")).isEqualTo(3_723_000_004L);
    assertThat(row.get("dt")).hasToString("2024-01-02T03:04:05.000006");
    assertThat(row.get("ts")).isEqualTo(1_704_164_645_000_006L);
    assertThat(row.get("j")).hasToString("{\"a\":1}");
    assertThat(row.get("a")).isEqualTo(List.of(1L, 2L));
    assertThat(((GenericRecord) row.get("r")).get("z")).hasToString("y");
  }

  @Test
  void whatTheApiRefusesIsRefused() {
    assertThatThrownBy(() -> create(session("absent"), 1)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(
            () -> create(session("numbers").setDataFormat(DataFormat.DATA_FORMAT_UNSPECIFIED), 1))
        .isInstanceOf(InvalidArgumentException.class);
    ReadSession.Builder wrong = session("numbers");
    wrong.getReadOptionsBuilder().setRowRestriction("no_such_column = 1");
    assertThatThrownBy(() -> create(wrong, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("Row filter");
    ReadSession session = create(session("numbers"), 1);
    emulator.emulator().expireReadSessions();
    assertThatThrownBy(() -> rows(session, 0, 0)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void aStreamIsCutOnDemand() throws Exception {
    Faults.Fault cut =
        emulator.emulator().faults().onCall("ReadRows", ".*").nth(2).fail("internalError");
    ReadSession session = create(session("numbers"), 1);
    assertThatThrownBy(() -> rows(session, 0, 0)).hasMessageContaining("Fault on demand");
    assertThat(cut.fired()).isEqualTo(1);
    assertThat(rows(session, 0, 0)).hasSize(1000);
  }
}
