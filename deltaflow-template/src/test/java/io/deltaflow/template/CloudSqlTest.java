package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaflow.emulator.BigQueryEmulator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Google's connector is in the template and gets the instance; what lies behind it only Google has.
 */
final class CloudSqlTest {
  @Test
  void anInstanceThatCannotBeReachedIsNamedWithTheRolesItTakes() {
    try (BigQueryEmulator emulator =
        BigQueryEmulator.builder().dataset(SyncBed.PROJECT, "shop").build().start()) {
      Map<String, String> flags = new LinkedHashMap<>();
      flags.put("postgresql_cloud_sql_instance", "no-such-project:europe-west3:shop");
      flags.put("postgresql_iam_auth", "true");
      flags.put("postgresql_database", "shop");
      flags.put("postgresql_username", "sync@no-such-project.iam");
      flags.put("postgresql_table", "public.orders");
      flags.put("destination_bigquery_project", SyncBed.PROJECT);
      flags.put("destination_bigquery_dataset", "shop");
      flags.put("destination_bigquery_table", "orders");
      flags.put("bigQueryEndpoint", emulator.bigQueryEndpoint());
      flags.put("gcsEndpoint", emulator.gcsEndpoint());

      SyncBed.Launched launched = SyncBed.launch(flags);

      assertThat(launched.status()).isEqualTo(1);
      assertThat(launched.err())
          .contains("PostgreSQL at Cloud SQL instance no-such-project:europe-west3:shop")
          .contains("not reachable through Cloud SQL's connector")
          .contains("roles/cloudsql.client")
          .as("the connector's own words: it has no credentials, or no such instance")
          .containsAnyOf(
              "(Unable to obtain credentials to communicate with the Cloud SQL API",
              "[no-such-project:europe-west3:shop]");
    }
  }
}
