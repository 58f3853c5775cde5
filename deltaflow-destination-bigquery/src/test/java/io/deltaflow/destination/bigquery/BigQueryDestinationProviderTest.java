package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.OptionCatalog;
import io.deltaflow.destination.Destination;
import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BigQueryDestinationProviderTest {
  private static final Map<String, String> FLAGS =
      Map.of("project", "my-project", "dataset", "shop", "table", "orders");

  private final DestinationProvider provider = new BigQueryDestinationProvider();

  @Test
  void isFoundOnTheClassPath() {
    assertThat(OptionCatalog.discover().flag("destination_bigquery_table")).isPresent();
  }

  @Test
  void aDestinationIsNamedByItsTableAndTravelsToWorkers() {
    Destination destination = provider.open(config(FLAGS));
    assertThat(destination.description()).isEqualTo("bigquery my-project.shop.orders");
    assertThat(SerializableUtils.clone(destination).identity())
        .isEqualTo("bigquery:my-project.shop.orders");
  }

  @ParameterizedTest
  @CsvSource({
    "project, my-project, true",
    "project, example.com:my-project, true",
    "project, My-Project, false",
    "project, short, false",
    "project, 'x`; DROP', false",
    "dataset, analytics_1, true",
    "dataset, my-dataset, false",
    "dataset, a.b, false",
    "table, orders_2026, true",
    "table, orders-2026, true",
    "table, 'orders$20260101', false",
    "table, '', false",
  })
  void namesAreCheckedBeforeAnythingIsContacted(String option, String text, boolean valid) {
    ConnectorOption<?> declared =
        provider.options().stream().filter(o -> o.name().equals(option)).findFirst().orElseThrow();
    if (valid) {
      assertThat(declared.parse("flag", text)).isEqualTo(text);
    } else {
      assertThatThrownBy(() -> declared.parse("flag", text))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("--flag");
    }
  }

  @Test
  void stagingMustOutliveARun() {
    Map<String, String> flags = new java.util.HashMap<>(FLAGS);
    flags.put("staging_expiry", "10m");
    assertThatThrownBy(() -> provider.open(config(flags)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--destination_bigquery_staging_expiry")
        .hasMessageContaining("at least 1h");
  }

  @Test
  void aByteLimitThatNoRunCouldKeepIsRefused() {
    Map<String, String> flags = new java.util.HashMap<>(FLAGS);
    flags.put("maximum_bytes_billed", "104857599");
    assertThatThrownBy(() -> provider.open(config(flags)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--destination_bigquery_maximum_bytes_billed: 104857599")
        .hasMessageContaining("at least 104857600");
    flags.put("maximum_bytes_billed", "104857600");
    assertThat(provider.open(config(flags))).isNotNull();
  }

  private static ConnectorConfig config(Map<String, String> texts) {
    return new ConnectorConfig() {
      @Override
      public <T> Optional<T> find(ConnectorOption<T> option) {
        return isGiven(option)
            ? Optional.of(option.parse(flag(option), texts.get(option.name())))
            : option.defaultValue();
      }

      @Override
      public boolean isGiven(ConnectorOption<?> option) {
        return texts.containsKey(option.name());
      }

      @Override
      public Optional<SecretRef> secret(ConnectorOption<String> option) {
        return Optional.empty();
      }

      @Override
      public String flag(ConnectorOption<?> option) {
        return "destination_bigquery_" + option.name();
      }
    };
  }
}
