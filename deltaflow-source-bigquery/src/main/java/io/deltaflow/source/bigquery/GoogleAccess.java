package io.deltaflow.source.bigquery;

import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.SourceException;
import java.io.IOException;
import java.util.List;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/** Credentials: those of the pipeline, else of the environment. */
final class GoogleAccess {
  private static final List<String> SCOPES =
      List.of("https://www.googleapis.com/auth/cloud-platform");

  private GoogleAccess() {}

  /**
   * @param endpoint null for Google's own
   * @return null where none may be sent
   */
  static Credentials credentials(String endpoint, SourceContext context) {
    if (endpoint != null && endpoint.startsWith("http://")) {
      return null;
    }
    PipelineOptions options = context.pipelineOptions().orElse(null);
    if (options != null) {
      return options.as(GcpOptions.class).getGcpCredential();
    }
    try {
      return GoogleCredentials.getApplicationDefault().createScoped(SCOPES);
    } catch (IOException e) {
      throw SourceException.permanent(
          "there are no Google credentials to read BigQuery with: " + e.getMessage(), e);
    }
  }
}
