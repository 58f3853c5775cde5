package io.deltaflow.destination.bigquery;

import com.google.api.client.json.GenericJson;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import org.apache.beam.sdk.extensions.gcp.util.Transport;

/** API resources as text, since they are not serializable. */
final class Resources {
  private Resources() {}

  static String text(GenericJson resource) {
    try {
      return Transport.getJsonFactory().toString(resource);
    } catch (IOException e) {
      throw new InternalException("a resource could not be written as JSON", e);
    }
  }

  static <T> T parse(String text, Class<T> type) {
    try {
      return Transport.getJsonFactory().fromString(text, type);
    } catch (IOException e) {
      throw new InternalException("a resource could not be read from JSON", e);
    }
  }
}
