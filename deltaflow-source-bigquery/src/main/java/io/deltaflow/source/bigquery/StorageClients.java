package io.deltaflow.source.bigquery;

import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.InstantiatingGrpcChannelProvider;
import com.google.auth.Credentials;
import com.google.cloud.bigquery.storage.v1.BigQueryReadClient;
import com.google.cloud.bigquery.storage.v1.BigQueryReadSettings;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.SourceException;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;

/**
 * Clients of the Storage Read API: one per endpoint and credentials in a JVM, since each has
 * connections and threads.
 */
final class StorageClients {
  /**
   * @param credentials null for those of the environment
   */
  private record Key(String endpoint, Credentials credentials) {}

  private static final Map<Key, BigQueryReadClient> CLIENTS = new HashMap<>();

  private StorageClients() {}

  static BigQueryReadClient get(Settings settings, SourceContext context) {
    String endpoint = settings.storageEndpoint();
    String rest = RestClient.endpoint(settings, context);
    if (endpoint == null && rest != null && rest.startsWith("http://")) {
      throw new ConfigurationException(
          "--source_bigquery_"
              + BigQuerySourceOptions.STORAGE_ENDPOINT.name()
              + " is required: BigQuery's REST API is at "
              + rest
              + ", and rows would be read from Google's; the emulator's is such as"
              + " http://localhost:9060");
    }
    boolean plain = endpoint != null && endpoint.startsWith("http://");
    Credentials given =
        plain
            ? null
            : context
                .pipelineOptions()
                .map(o -> o.as(GcpOptions.class).getGcpCredential())
                .orElse(null);
    Key key = new Key(endpoint, given);
    synchronized (CLIENTS) {
      BigQueryReadClient client = CLIENTS.get(key);
      if (client == null) {
        client = create(endpoint, plain, context);
        CLIENTS.put(key, client);
      }
      return client;
    }
  }

  private static BigQueryReadClient create(String endpoint, boolean plain, SourceContext context) {
    InstantiatingGrpcChannelProvider.Builder channel =
        BigQueryReadSettings.defaultGrpcTransportProviderBuilder();
    if (endpoint != null) {
      channel.setEndpoint(authority(endpoint));
    }
    if (plain) {
      channel.setChannelConfigurator(ManagedChannelBuilder::usePlaintext);
    }
    Credentials credentials = GoogleAccess.credentials(endpoint, context);
    try {
      return BigQueryReadClient.create(
          BigQueryReadSettings.newBuilder()
              .setTransportChannelProvider(channel.build())
              .setCredentialsProvider(
                  credentials == null
                      ? NoCredentialsProvider.create()
                      : FixedCredentialsProvider.create(credentials))
              .build());
    } catch (IOException e) {
      throw SourceException.passing(
          "could not make a client of the Storage Read API: " + e.getMessage(), e);
    }
  }

  private static String authority(String endpoint) {
    String text = endpoint.replaceFirst("^https?://", "").replaceFirst("/$", "");
    return text.matches(".*:[0-9]+") ? text : text + ":443";
  }
}
