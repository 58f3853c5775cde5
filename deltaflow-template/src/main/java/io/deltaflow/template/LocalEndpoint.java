package io.deltaflow.template;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory;
import org.apache.beam.sdk.extensions.gcp.options.GcpOptions;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What a run needs besides its flags: a folder for temporary files and credentials. A BigQuery
 * endpoint on this machine is an emulator: it gets no Google credentials and a bucket of its own.
 */
final class LocalEndpoint {
  private static final String TEMP_LOCATION = "gs://deltaflow-temp/";

  private LocalEndpoint() {}

  /** Fills in those that were not given. */
  static void addCredentials(PipelineOptions options, SplitArguments given, List<String> problems) {
    if (isLocal(options, problems) && !given.isBeamGiven("credentialFactoryClass")) {
      options.as(GcpOptions.class).setCredentialFactoryClass(NoopCredentialFactory.class);
    }
  }

  /** Fills in what was not given; adds a line for each thing that must be. */
  static void addFiles(PipelineOptions options, SplitArguments given, List<String> problems) {
    // What is wrong with the endpoint has been said with the credentials.
    boolean local = isLocal(options, new ArrayList<>());
    fillTempLocation(options, given, local, problems);
    if (local && isCloudStorage(options) && options.as(GcsOptions.class).getGcsEndpoint() == null) {
      problems.add(
          "--gcsEndpoint is required beside --bigQueryEndpoint="
              + endpoint(options)
              + ": files would go to Google Cloud Storage; the emulator's is such as"
              + " http://localhost:9050/storage/v1/");
    }
  }

  private static boolean isLocal(PipelineOptions options, List<String> problems) {
    String endpoint = endpoint(options);
    return endpoint != null && isLoopback("bigQueryEndpoint", endpoint, problems);
  }

  private static String endpoint(PipelineOptions options) {
    return options.as(BigQueryOptions.class).getBigQueryEndpoint();
  }

  private static void fillTempLocation(
      PipelineOptions options, SplitArguments given, boolean local, List<String> problems) {
    if (options.getTempLocation() != null) {
      return;
    }
    if (given.isBeamGiven("gcpTempLocation")) {
      options.setTempLocation(options.as(GcpOptions.class).getGcpTempLocation());
    } else if (local) {
      options.setTempLocation(TEMP_LOCATION);
    } else {
      problems.add(
          "--tempLocation is required: a Cloud Storage folder for load files, such as"
              + " gs://my-bucket/temp");
    }
  }

  private static boolean isCloudStorage(PipelineOptions options) {
    return options.getTempLocation() != null && options.getTempLocation().startsWith("gs://");
  }

  private static boolean isLoopback(String option, String endpoint, List<String> problems) {
    try {
      String host = new URI(endpoint).getHost();
      if (host != null) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.\\d+){3}");
      }
    } catch (URISyntaxException e) {
      problems.add("--" + option + "=" + endpoint + " is not an address: " + e.getReason());
      return false;
    }
    problems.add("--" + option + "=" + endpoint + " has no host; expected http://host:port/");
    return false;
  }
}
