package io.deltaflow.testing;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.SourceConnector;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class ValuesConnectorTest extends SourceConnectorContract {
  private static ValuesTable few;
  private static ValuesTable many;

  @BeforeAll
  static void fill() {
    Schema schema =
        Schema.builder()
            .addField("id", FieldTypes.INT64)
            .addField("version", FieldTypes.INT64)
            .addNullableField("name", FieldTypes.STRING)
            .build();
    few = ValuesTable.create("few", schema, "id");
    for (long i = 0; i < 40; i++) {
      few.add(i, i / 3, i % 7 == 0 ? null : "name " + i);
    }
    many = ValuesTable.create("many", schema, "id");
    String name = "x".repeat(100);
    for (long i = 0; i < 100_000; i++) {
      many.add(i, i, name);
    }
  }

  @AfterAll
  static void drop() {
    few.close();
    many.close();
  }

  @Override
  protected SourceConnector connector() {
    return new ValuesConnector();
  }

  @Override
  protected Map<String, String> options() {
    return Map.of("table", "few", "password", "opens");
  }

  @Override
  protected String cursor() {
    return "version";
  }

  @Override
  protected long rowCount() {
    return 40;
  }

  @Override
  protected String secret() {
    return "opens";
  }

  @Override
  protected Map<String, String> largeOptions() {
    return Map.of("table", "many", "split_rows", "100000");
  }

  @Override
  protected long largeRowCount() {
    return 100_000;
  }
}
