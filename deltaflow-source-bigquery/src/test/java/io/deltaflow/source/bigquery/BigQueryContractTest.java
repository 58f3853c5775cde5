package io.deltaflow.source.bigquery;

import io.deltaflow.spi.SourceConnector;
import io.deltaflow.testing.SourceConnectorContract;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class BigQueryContractTest extends SourceConnectorContract {
  private static TestServer server;

  @BeforeAll
  static void createTables() {
    server = new TestServer();
    server.execute(
        "CREATE TABLE raw_data.events (id INT64 NOT NULL, name STRING NOT NULL, amount NUMERIC(10,"
            + " 2), tags ARRAY<STRING>, detail STRUCT<a INT64, b STRING>, updated_at TIMESTAMP NOT"
            + " NULL, PRIMARY KEY (id) NOT ENFORCED)",
        "INSERT INTO raw_data.events SELECT n, CONCAT('event ', CAST(n AS STRING)), ROUND(CAST(n"
            + " AS NUMERIC) / 7, 2), ['a', CAST(n AS STRING)], STRUCT(n, 'b'),"
            + " TIMESTAMP_ADD(TIMESTAMP '2024-01-01 00:00:00.123456+00', INTERVAL DIV(n, 5) HOUR)"
            + " FROM UNNEST(GENERATE_ARRAY(1, 2000)) AS n",
        "CREATE TABLE raw_data.large AS SELECT n AS id, CONCAT(TO_HEX(SHA256(CAST(n AS STRING))),"
            + " TO_HEX(SHA256(CAST(-n AS STRING)))) AS text, TIMESTAMP '2024-01-01 00:00:00+00' AS"
            + " updated_at FROM UNNEST(GENERATE_ARRAY(1, 100000)) AS n");
  }

  static TestServer server() {
    return server;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected SourceConnector connector() {
    return new BigQueryConnector();
  }

  @Override
  protected Map<String, String> options() {
    return server.options("table", "events", "longest_write", "0s");
  }

  @Override
  protected String cursor() {
    return "updated_at";
  }

  @Override
  protected long rowCount() {
    return 2000;
  }

  @Override
  protected String secret() {
    return null;
  }

  @Override
  protected Map<String, String> largeOptions() {
    return server.options("table", "large");
  }

  @Override
  protected long largeRowCount() {
    return 100_000;
  }
}
