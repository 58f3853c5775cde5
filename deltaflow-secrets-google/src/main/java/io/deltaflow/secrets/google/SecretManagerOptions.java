package io.deltaflow.secrets.google;

import com.google.auto.service.AutoService;
import java.util.List;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** Where Secret Manager is, for launcher and workers alike. */
public interface SecretManagerOptions extends PipelineOptions {
  @Description(
      "Address of Secret Manager's REST API where it is not Google's. One of http:// is not"
          + " encrypted and gets no credentials.")
  String getSecretManagerEndpoint();

  void setSecretManagerEndpoint(String endpoint);

  /** Makes the option known to Beam. */
  @AutoService(PipelineOptionsRegistrar.class)
  final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return List.of(SecretManagerOptions.class);
    }
  }
}
