package io.deltaflow.benchmarks;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/**
 * Reads load files back with Avro's own reader and compares every row with the server's: both sum
 * 60 bits of the MD5 of each row's text. NULL and empty arrays are one, as in BigQuery.
 */
record LoadFilesCheck(OrdersTable table, Path folder) {
  private static final String TEXT =
      """
      concat_ws('|', id, customer_id, coalesce(status, '-'), coalesce(amount::text, '-'),
        coalesce(note, '-'), coalesce(payload::text, '-'),
        coalesce(array_to_string(tags, ','), ''),
        (extract(epoch FROM created_at) * 1000000)::bigint,
        (extract(epoch FROM updated_at) * 1000000)::bigint)
      """;

  /** Rows and their sum, as text. */
  record Sum(long rows, BigInteger sum) {}

  /** Throws when a row is missing, doubled or changed. */
  void run() throws IOException {
    Sum source = ofSource();
    Sum files = ofFiles();
    if (!source.equals(files)) {
      throw new IllegalStateException("the source has " + source + ", the files have " + files);
    }
  }

  private Sum ofSource() {
    String[] parts =
        table
            .server()
            .queryIn(
                OrdersTable.DATABASE,
                "SELECT count(*) || ' ' || sum(('x' || substr(md5("
                    + TEXT
                    + "), 1, 15))::bit(60)::bigint)::numeric FROM "
                    + table.name())
            .split(" ");
    return new Sum(Long.parseLong(parts[0]), new BigInteger(parts[1]));
  }

  private Sum ofFiles() throws IOException {
    long rows = 0;
    BigInteger sum = BigInteger.ZERO;
    for (Path file : files()) {
      Sum one = of(file);
      rows += one.rows();
      sum = sum.add(one.sum());
    }
    return new Sum(rows, sum);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.toString().endsWith(".avro")).toList();
    }
  }

  private static Sum of(Path file) throws IOException {
    MessageDigest md5 = md5();
    long rows = 0;
    BigInteger sum = BigInteger.ZERO;
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
      GenericRecord row = null;
      while (reader.hasNext()) {
        row = reader.next(row);
        byte[] hash = md5.digest(text(row).getBytes(StandardCharsets.UTF_8));
        sum = sum.add(BigInteger.valueOf(ByteBuffer.wrap(hash).getLong() >>> 4));
        rows++;
      }
    }
    return new Sum(rows, sum);
  }

  private static String text(GenericRecord row) {
    return row.get("id")
        + "|"
        + row.get("customer_id")
        + "|"
        + orDash(row.get("status"))
        + "|"
        + (row.get("amount") == null ? "-" : decimal((ByteBuffer) row.get("amount")))
        + "|"
        + orDash(row.get("note"))
        + "|"
        + orDash(row.get("payload"))
        + "|"
        + String.join(",", ((List<?>) row.get("tags")).stream().map(Object::toString).toList())
        + "|"
        + row.get("created_at")
        + "|"
        + row.get("updated_at");
  }

  private static Object orDash(Object value) {
    return value == null ? "-" : value;
  }

  private static String decimal(ByteBuffer unscaled) {
    byte[] bytes = new byte[unscaled.remaining()];
    unscaled.duplicate().get(bytes);
    return new BigDecimal(new BigInteger(bytes), 2).toPlainString();
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has MD5", e);
    }
  }
}
