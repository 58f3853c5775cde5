package io.deltaflow.source.bigquery;

import com.google.api.client.http.HttpBackOffIOExceptionHandler;
import com.google.api.client.http.HttpBackOffUnsuccessfulResponseHandler;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpUnsuccessfulResponseHandler;
import com.google.api.client.util.BackOff;
import com.google.api.client.util.ExponentialBackOff;
import com.google.api.services.bigquery.Bigquery;
import com.google.auth.Credentials;
import com.google.auth.http.HttpCredentialsAdapter;
import io.deltaflow.spi.SourceContext;
import java.io.IOException;
import org.apache.beam.sdk.extensions.gcp.util.Transport;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;

/** Makes the client of BigQuery's REST API. */
final class RestClient {
  private static final int CONNECT_TIMEOUT_MILLIS = 20_000;
  private static final int READ_TIMEOUT_MILLIS = 80_000;
  private static final int PATIENCE_MILLIS = 60_000;

  private RestClient() {}

  /** Repeats what fails for a passing reason. */
  static Bigquery patient(Settings settings, SourceContext context) {
    return create(settings, context, true);
  }

  /** Repeats nothing. */
  static Bigquery once(Settings settings, SourceContext context) {
    return create(settings, context, false);
  }

  private static Bigquery create(Settings settings, SourceContext context, boolean repeats) {
    String endpoint = endpoint(settings, context);
    Credentials credentials = GoogleAccess.credentials(endpoint, context);
    Bigquery.Builder builder =
        new Bigquery.Builder(
                Transport.getTransport(),
                Transport.getJsonFactory(),
                request -> {
                  if (credentials != null) {
                    new HttpCredentialsAdapter(credentials).initialize(request);
                  }
                  request.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
                  request.setReadTimeout(READ_TIMEOUT_MILLIS);
                  if (repeats) {
                    repeat(request);
                  }
                })
            .setApplicationName("DeltaFlow");
    if (endpoint != null) {
      builder.setRootUrl(endpoint.endsWith("/") ? endpoint : endpoint + "/");
    }
    return builder.build();
  }

  /** Null for Google's own. */
  static String endpoint(Settings settings, SourceContext context) {
    if (settings.endpoint() != null) {
      return settings.endpoint();
    }
    return context
        .pipelineOptions()
        .map(o -> o.as(BigQueryOptions.class).getBigQueryEndpoint())
        .orElse(null);
  }

  /** 5xx, 429 and broken connections. Every request here may be sent twice: job ids are ours. */
  private static void repeat(HttpRequest request) throws IOException {
    HttpUnsuccessfulResponseHandler refresh = request.getUnsuccessfulResponseHandler();
    HttpUnsuccessfulResponseHandler later =
        new HttpBackOffUnsuccessfulResponseHandler(backOff())
            .setBackOffRequired(r -> r.getStatusCode() / 100 == 5 || r.getStatusCode() == 429);
    request.setNumberOfRetries(100);
    request.setUnsuccessfulResponseHandler(
        (req, response, retry) ->
            refresh != null && refresh.handleResponse(req, response, retry)
                || response.getStatusCode() != 501 && later.handleResponse(req, response, retry));
    request.setIOExceptionHandler(new HttpBackOffIOExceptionHandler(backOff()));
  }

  static BackOff backOff() {
    return new ExponentialBackOff.Builder()
        .setInitialIntervalMillis(300)
        .setMultiplier(2)
        .setMaxIntervalMillis(PATIENCE_MILLIS / 4)
        .setMaxElapsedTimeMillis(PATIENCE_MILLIS)
        .build();
  }
}
