package io.deltaflow.source.bigquery;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.error.ConfigurationException;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;

/**
 * How to read; null where an option was not given.
 *
 * @param exportLocation without a slash at its end
 */
record Settings(
    ReadMethod method,
    String exportLocation,
    boolean serverSide,
    String resultDataset,
    Long maximumBytesBilled,
    Duration longestWrite,
    String cursorTimeZone,
    String billingProject,
    String location,
    String endpoint,
    String storageEndpoint)
    implements Serializable {

  static Settings of(ConnectorConfig config) {
    Flags flags = Flags.of(config);
    ReadMethod method = config.get(BigQuerySourceOptions.READ_METHOD);
    String exports = config.find(BigQuerySourceOptions.EXPORT_LOCATION).orElse(null);
    if (method == ReadMethod.EXPORT && exports == null) {
      throw new ConfigurationException(
          flags.of(BigQuerySourceOptions.EXPORT_LOCATION)
              + " is required beside "
              + flags.of(BigQuerySourceOptions.READ_METHOD)
              + "=EXPORT: a Cloud Storage folder for the files, such as gs://my-bucket/exports");
    }
    String zone = config.get(BigQuerySourceOptions.CURSOR_TIMEZONE);
    try {
      ZoneId.of(zone);
    } catch (DateTimeException e) {
      throw new ConfigurationException(
          flags.of(BigQuerySourceOptions.CURSOR_TIMEZONE)
              + ": '"
              + zone
              + "' is not a time zone; expected a name such as Europe/Berlin or UTC",
          e);
    }
    return new Settings(
        method,
        exports == null ? null : exports.replaceAll("/+$", ""),
        config.get(BigQuerySourceOptions.SERVER_SIDE),
        config.find(BigQuerySourceOptions.RESULT_DATASET).orElse(null),
        config.find(BigQuerySourceOptions.MAXIMUM_BYTES_BILLED).orElse(null),
        config.get(BigQuerySourceOptions.LONGEST_WRITE),
        zone,
        config.find(BigQuerySourceOptions.BILLING_PROJECT).orElse(null),
        config.find(BigQuerySourceOptions.LOCATION).orElse(null),
        config.find(BigQuerySourceOptions.ENDPOINT).orElse(null),
        config.find(BigQuerySourceOptions.STORAGE_ENDPOINT).orElse(null));
  }
}
