package io.deltaflow.source.postgres;

import io.deltaflow.spi.SourceConnector;
import io.deltaflow.testing.PostgresServer;
import io.deltaflow.testing.SourceConnectorContract;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

class PostgresContractTest extends SourceConnectorContract {
  private static final String DATABASE = "contract";
  private static final PostgresServer SERVER = TestServer.get();

  @BeforeAll
  static void createTables() {
    SERVER.createDatabase(DATABASE);
    SERVER.executeIn(
        DATABASE,
        "CREATE TABLE events (id bigint PRIMARY KEY, name text NOT NULL, amount numeric(10,2),"
            + " tags text[], updated_at timestamptz NOT NULL)",
        "INSERT INTO events SELECT i, 'event ' || i, i / 7.0, ARRAY['a', 'b' || i],"
            + " '2024-01-01 00:00:00.123456+00'::timestamptz + (i / 5) * interval '1 hour'"
            + " FROM generate_series(1, 2000) AS i",
        "CREATE TABLE large AS SELECT i AS id, repeat(md5(i::text), 4) AS text,"
            + " now() AS updated_at FROM generate_series(1, 400000) AS i");
  }

  @Override
  protected SourceConnector connector() {
    return new PostgresConnector();
  }

  @Override
  protected Map<String, String> options() {
    return TestConfig.of(SERVER, DATABASE).with("table", "public.events").options();
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
    return SERVER.password();
  }

  @Override
  protected Map<String, String> largeOptions() {
    return TestConfig.of(SERVER, DATABASE).with("table", "public.large").options();
  }

  @Override
  protected long largeRowCount() {
    return 400_000;
  }
}
