package io.deltaflow.secrets.google;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.HttpBackOffIOExceptionHandler;
import com.google.api.client.http.HttpBackOffUnsuccessfulResponseHandler;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.util.ExponentialBackOff;
import com.google.api.services.secretmanager.v1.SecretManager;
import com.google.api.services.secretmanager.v1.SecretManagerRequest;
import com.google.api.services.secretmanager.v1.model.AccessSecretVersionResponse;
import com.google.api.services.secretmanager.v1.model.SecretPayload;
import com.google.auth.Credentials;
import com.google.auth.Retryable;
import com.google.auth.http.HttpCredentialsAdapter;
import com.google.auth.oauth2.GoogleCredentials;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.SourceException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.extensions.gcp.util.Transport;
import org.apache.beam.sdk.options.PipelineOptions;

/** One question to Secret Manager, asked again while the service has a passing trouble. */
record SecretRequest(String flag, String name) {
  private static final List<String> SCOPES =
      List.of("https://www.googleapis.com/auth/cloud-platform");
  private static final Pattern REGIONAL =
      Pattern.compile("projects/[^/]+/locations/([^/]+)/secrets/.*");
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int TRY_FOR_MILLIS = 30_000;

  byte[] send(Optional<PipelineOptions> options) {
    try {
      SecretManager client = client(options);
      SecretManagerRequest<AccessSecretVersionResponse> request =
          REGIONAL.matcher(name).matches()
              ? client.projects().locations().secrets().versions().access(name)
              : client.projects().secrets().versions().access(name);
      return checked(request.execute().getPayload());
    } catch (GoogleJsonResponseException e) {
      throw refusal(e);
    } catch (NoTokenException e) {
      throw noToken(e.getCause());
    } catch (IOException e) {
      throw noAnswer(e.toString(), e);
    }
  }

  private SecretManager client(Optional<PipelineOptions> options) {
    String root =
        options
            .map(o -> o.as(SecretManagerOptions.class).getSecretManagerEndpoint())
            .orElseGet(this::endpoint);
    Credentials credentials = root.startsWith("http://") ? null : credentials(options);
    return new SecretManager.Builder(
            Transport.getTransport(),
            Transport.getJsonFactory(),
            request -> prepare(request, credentials))
        .setRootUrl(root.endsWith("/") ? root : root + "/")
        .setApplicationName("DeltaFlow")
        .build();
  }

  /** A secret of a region is known to that region's address only. */
  private String endpoint() {
    Matcher m = REGIONAL.matcher(name);
    return m.matches()
        ? "https://secretmanager." + m.group(1) + ".rep.googleapis.com/"
        : SecretManager.DEFAULT_ROOT_URL;
  }

  private static void prepare(HttpRequest request, Credentials credentials) throws IOException {
    if (credentials != null) {
      try {
        new HttpCredentialsAdapter(credentials).initialize(request);
      } catch (IOException e) {
        throw new NoTokenException(e);
      }
    }
    // The client logs what it receives, at the level CONFIG: here that is the secret.
    request.setLoggingEnabled(false).setCurlLoggingEnabled(false);
    request.setConnectTimeout(TIMEOUT_MILLIS).setReadTimeout(TIMEOUT_MILLIS);
    request.setUnsuccessfulResponseHandler(
        new HttpBackOffUnsuccessfulResponseHandler(backOff())
            .setBackOffRequired(r -> r.getStatusCode() >= 500 || r.getStatusCode() == 429));
    request.setIOExceptionHandler(new HttpBackOffIOExceptionHandler(backOff()));
  }

  private static ExponentialBackOff backOff() {
    return new ExponentialBackOff.Builder().setMaxElapsedTimeMillis(TRY_FOR_MILLIS).build();
  }

  /** Those of the pipeline; else of the environment, also where an emulator needs none. */
  private Credentials credentials(Optional<PipelineOptions> options) {
    Credentials own = options.map(o -> o.as(GcpOptions.class).getGcpCredential()).orElse(null);
    if (own != null) {
      return own;
    }
    try {
      return GoogleCredentials.getApplicationDefault().createScoped(SCOPES);
    } catch (IOException e) {
      throw new ConfigurationException(
          who()
              + "there are no Google credentials to read it with; run where a service account is"
              + " attached, or gcloud auth application-default login",
          e);
    }
  }

  private byte[] checked(SecretPayload payload) {
    byte[] value = payload == null ? new byte[0] : payload.decodeData();
    if (value == null) {
      value = new byte[0];
    }
    CRC32C crc = new CRC32C();
    crc.update(value);
    Long sent = payload == null ? null : payload.getDataCrc32c();
    if (sent != null && sent != crc.getValue()) {
      throw SourceException.passing(
          who() + "Secret Manager's answer was damaged on its way (its CRC32C differs)", null);
    }
    return value;
  }

  private DeltaFlowException refusal(GoogleJsonResponseException e) {
    GoogleJsonError error = e.getDetails();
    if (error == null) {
      return noAnswer("HTTP " + e.getStatusCode(), e);
    }
    String said = " (" + error.getMessage() + ")";
    switch (String.valueOf(error.get("status"))) {
      case "NOT_FOUND":
        return new ConfigurationException(
            who() + "there is no such secret, or no such version of it" + said, e);
      case "FAILED_PRECONDITION":
        return new ConfigurationException(
            who() + "this version is disabled or destroyed; enable it or name another" + said, e);
      case "PERMISSION_DENIED":
        return new ConfigurationException(
            who()
                + "access is denied; grant the service accounts of launcher and workers"
                + " roles/secretmanager.secretAccessor on the secret, and enable the Secret Manager"
                + " API in its project"
                + said,
            e);
      case "UNAUTHENTICATED":
        return new ConfigurationException(
            who() + "Google does not accept the credentials of this machine" + said, e);
      case "INVALID_ARGUMENT":
        return new ConfigurationException(who() + "Secret Manager refuses the name" + said, e);
      default:
        return noAnswer(error.getMessage(), e);
    }
  }

  /** Credentials are renewed with somebody else than Secret Manager. */
  private static final class NoTokenException extends IOException {
    private static final long serialVersionUID = 1L;

    NoTokenException(IOException cause) {
      super(cause);
    }

    @Override
    public synchronized IOException getCause() {
      return (IOException) super.getCause();
    }
  }

  private DeltaFlowException noToken(IOException e) {
    String text =
        who()
            + "the Google credentials of this machine give no access token, without which Secret"
            + " Manager is not asked; check its service account, or run gcloud auth"
            + " application-default login ("
            + e
            + ")";
    return e instanceof Retryable r && !r.isRetryable()
        ? new ConfigurationException(text, e)
        : SourceException.passing(text, e);
  }

  private DeltaFlowException noAnswer(String found, IOException e) {
    return SourceException.passing(
        who()
            + "Secret Manager does not answer; workers without public addresses need Private Google"
            + " Access in their subnetwork ("
            + found
            + ")",
        e);
  }

  private String who() {
    return "--" + flag + ": " + name + ": ";
  }
}
