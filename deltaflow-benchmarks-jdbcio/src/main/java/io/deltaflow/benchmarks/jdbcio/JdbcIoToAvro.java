package io.deltaflow.benchmarks.jdbcio;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.extensions.avro.io.AvroIO;
import org.apache.beam.sdk.io.jdbc.JdbcIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * The same table into the same kind of files, as one would write it with Beam's own parts: a
 * partitioned read, a record for each row, Avro files. With the direct runner's checks of elements
 * off, which makes it more than twice as fast.
 */
public final class JdbcIoToAvro {
  private static final Schema SCHEMA =
      SchemaBuilder.record("row")
          .fields()
          .requiredLong("id")
          .requiredLong("customer_id")
          .optionalString("status")
          .name("amount")
          .type(Schema.createUnion(Schema.create(Schema.Type.NULL), decimal()))
          .noDefault()
          .optionalString("note")
          .optionalString("payload")
          .name("tags")
          .type()
          .array()
          .items()
          .stringType()
          .noDefault()
          .optionalLong("created_at")
          .optionalLong("updated_at")
          .endRecord();

  private JdbcIoToAvro() {}

  private static Schema decimal() {
    return LogicalTypes.decimal(12, 2).addToSchema(Schema.create(Schema.Type.BYTES));
  }

  /** Port, user, password, table, rows, folder; prints rows and seconds as JSON. */
  public static void main(String[] args) {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--enforceImmutability=false", "--enforceEncodability=false")
            .create();
    options.setTempLocation(args[5]);
    Pipeline pipeline = Pipeline.create(options);
    long rows = Long.parseLong(args[4]);
    pipeline
        .apply(
            JdbcIO.<GenericRecord>readWithPartitions()
                .withDataSourceConfiguration(
                    JdbcIO.DataSourceConfiguration.create(
                            "org.postgresql.Driver",
                            "jdbc:postgresql://127.0.0.1:" + args[0] + "/bench")
                        .withUsername(args[1])
                        .withPassword(args[2]))
                .withTable(args[3])
                .withPartitionColumn("id")
                .withLowerBound(1L)
                .withUpperBound(rows + 1)
                .withNumPartitions(8)
                .withRowMapper(new OrderMapper())
                .withCoder(AvroCoder.of(SCHEMA)))
        .apply(
            AvroIO.writeGenericRecords(SCHEMA)
                .to(args[5] + "/orders")
                .withCodec(CodecFactory.snappyCodec()));
    long started = System.nanoTime();
    pipeline.run().waitUntilFinish();
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.println("{\"rows\":" + rows + ",\"seconds\":" + seconds + "}");
    System.exit(0);
  }

  private static GenericRecord record(ResultSet row) throws SQLException {
    return new GenericRecordBuilder(SCHEMA)
        .set("id", row.getLong(1))
        .set("customer_id", row.getLong(2))
        .set("status", row.getString(3))
        .set("amount", unscaled(row.getBigDecimal(4)))
        .set("note", row.getString(5))
        .set("payload", row.getString(6))
        .set("tags", texts(row.getArray(7)))
        .set("created_at", micros(row.getTimestamp(8)))
        .set("updated_at", micros(row.getTimestamp(9)))
        .build();
  }

  private static ByteBuffer unscaled(BigDecimal value) {
    return value == null ? null : ByteBuffer.wrap(value.setScale(2).unscaledValue().toByteArray());
  }

  private static GenericData.Array<String> texts(Array array) throws SQLException {
    List<String> values = array == null ? List.of() : Arrays.asList((String[]) array.getArray());
    return new GenericData.Array<>(SCHEMA.getField("tags").schema(), values);
  }

  private static Long micros(Timestamp value) {
    return value == null ? null : value.getTime() * 1000 + value.getNanos() / 1000 % 1000;
  }

  /** A class with a name, which the display data ask for. */
  private static final class OrderMapper implements JdbcIO.RowMapper<GenericRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public GenericRecord mapRow(ResultSet row) throws SQLException {
      return record(row);
    }
  }
}
