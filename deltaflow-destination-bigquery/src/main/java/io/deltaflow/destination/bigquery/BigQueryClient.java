package io.deltaflow.destination.bigquery;

import com.google.api.client.http.HttpBackOffIOExceptionHandler;
import com.google.api.client.http.HttpBackOffUnsuccessfulResponseHandler;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.HttpUnsuccessfulResponseHandler;
import com.google.api.client.util.BackOff;
import com.google.api.client.util.ExponentialBackOff;
import com.google.api.services.bigquery.Bigquery;
import com.google.auth.Credentials;
import com.google.auth.http.HttpCredentialsAdapter;
import java.io.IOException;
import java.time.Duration;
import org.apache.beam.sdk.extensions.gcp.util.Transport;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;

/**
 * Makes the client from Beam's options, so that endpoint, credentials and timeouts are those of the
 * pipeline.
 */
final class BigQueryClient {
  private static final int CONNECT_TIMEOUT_MILLIS = 20_000;
  private static final int MOST_TRIES = 100;
  private static final int LONGEST_PAUSE_MILLIS = 30_000;

  private BigQueryClient() {}

  /**
   * @param patience how long a request that fails for a passing reason is repeated; zero for never
   */
  static Bigquery create(BigQueryOptions options, Duration patience) {
    Bigquery.Builder builder =
        new Bigquery.Builder(
                Transport.getTransport(),
                Transport.getJsonFactory(),
                initializer(options.getGcpCredential(), options.getHTTPReadTimeout(), patience))
            .setApplicationName("DeltaFlow")
            .setGoogleClientRequestInitializer(options.getGoogleApiTrace());
    if (options.getBigQueryEndpoint() != null) {
      builder.setRootUrl(options.getBigQueryEndpoint());
    }
    return builder.build();
  }

  /** Ends soon after the patience does: no pause is much longer than a quarter of it. */
  static BackOff backOff(Duration patience) {
    int millis = (int) patience.toMillis();
    return new ExponentialBackOff.Builder()
        .setInitialIntervalMillis(300)
        .setMultiplier(2)
        .setMaxIntervalMillis(Math.max(300, Math.min(LONGEST_PAUSE_MILLIS, millis / 4)))
        .setMaxElapsedTimeMillis(millis)
        .build();
  }

  private static HttpRequestInitializer initializer(
      Credentials credentials, Integer readTimeout, Duration patience) {
    return request -> {
      if (credentials != null) {
        new HttpCredentialsAdapter(credentials).initialize(request);
      }
      request.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
      if (readTimeout != null) {
        request.setReadTimeout(readTimeout);
      }
      if (!patience.isZero()) {
        repeat(request, patience);
      }
    };
  }

  /**
   * 5xx, 429 and broken connections. Every request here may be sent twice: job ids and table names
   * are ours.
   */
  private static void repeat(HttpRequest request, Duration patience) throws IOException {
    HttpUnsuccessfulResponseHandler refresh = request.getUnsuccessfulResponseHandler();
    HttpUnsuccessfulResponseHandler later =
        new HttpBackOffUnsuccessfulResponseHandler(backOff(patience))
            .setBackOffRequired(r -> r.getStatusCode() / 100 == 5 || r.getStatusCode() == 429);
    request.setNumberOfRetries(MOST_TRIES);
    request.setUnsuccessfulResponseHandler(
        (req, response, retry) ->
            refresh != null && refresh.handleResponse(req, response, retry)
                || later.handleResponse(req, response, retry));
    request.setIOExceptionHandler(new HttpBackOffIOExceptionHandler(backOff(patience)));
  }
}
