package io.deltaflow.testing;

import io.deltaflow.emulator.BigQueryEmulator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** The emulator with one dataset and one bucket, and the options that send Beam to it. */
public final class BigQueryServer implements AutoCloseable {
  public static final String PROJECT = "test-project";
  public static final String DATASET = "shop";

  private final BigQueryEmulator emulator;

  private BigQueryServer(BigQueryEmulator emulator) {
    this.emulator = emulator;
  }

  /** On a free port of 127.0.0.1. */
  public static BigQueryServer start() {
    BigQueryEmulator emulator = BigQueryEmulator.builder().build();
    emulator.start();
    emulator.createDataset(PROJECT, DATASET);
    return new BigQueryServer(emulator);
  }

  public BigQueryEmulator emulator() {
    return emulator;
  }

  /** A temporary location of its own for each call. */
  public List<String> pipelineArguments() {
    return List.of(
        "--bigQueryEndpoint=" + emulator.bigQueryEndpoint(),
        "--gcsEndpoint=" + emulator.gcsEndpoint(),
        "--credentialFactoryClass=org.apache.beam.sdk.extensions.gcp.auth.NoopCredentialFactory",
        "--project=" + PROJECT,
        "--tempLocation=gs://deltaflow-temp/" + UUID.randomUUID());
  }

  /** Needs Beam's Google Cloud IO on the class path. */
  public PipelineOptions pipelineOptions() {
    return PipelineOptionsFactory.fromArgs(pipelineArguments().toArray(new String[0])).create();
  }

  /** Options, without their prefix, that send the connector {@code bigquery} to this server. */
  public Map<String, String> sourceOptions() {
    return Map.of(
        "endpoint", emulator.bigQueryEndpoint(), "storage_endpoint", emulator.storageEndpoint());
  }

  /** The flags of a table of the dataset as destination. */
  public Map<String, String> destinationFlags(String table) {
    return Map.of(
        "destination_bigquery_project", PROJECT,
        "destination_bigquery_dataset", DATASET,
        "destination_bigquery_table", table);
  }

  /** A GoogleSQL query's rows by column name. */
  public List<Map<String, Object>> rows(String sql) {
    return emulator.rows(sql);
  }

  @Override
  public void close() {
    emulator.close();
  }
}
