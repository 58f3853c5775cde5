package io.deltaflow.emulator;

import com.google.api.services.storage.model.Bucket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * BigQuery's and Cloud Storage's REST APIs on a local port, and BigQuery's Storage Read API on
 * another, for tests, benchmarks and trying things out.
 *
 * <p>It keeps everything in memory and in a temporary directory, and forgets it when closed. It
 * checks no credentials; by default it listens on the loopback interface only. Clients need {@code
 * NoCredentials} or Beam's {@code NoopCredentialFactory}.
 *
 * <pre>{@code
 * try (BigQueryEmulator emulator = BigQueryEmulator.builder().dataset("p", "d").build()) {
 *   emulator.start();
 *   ... --bigQueryEndpoint=emulator.bigQueryEndpoint() --gcsEndpoint=emulator.gcsEndpoint()
 * }
 * }</pre>
 */
public final class BigQueryEmulator implements AutoCloseable {
  private final Builder settings;
  private final Faults faults = new Faults();
  private final Path directory;
  private final Warehouse warehouse;
  private final ObjectStore store;
  private final QueryEngine engine;
  private final Jobs jobs;
  private final HttpFront front;
  private final ReadSessions sessions;
  private GrpcFront grpc;

  private BigQueryEmulator(Builder settings) {
    this.settings = settings;
    try {
      this.directory = Files.createTempDirectory("deltaflow-emulator-");
      this.warehouse = new Warehouse(Files.createDirectory(directory.resolve("spill")));
      this.store =
          new ObjectStore(
              Files.createDirectory(directory.resolve("objects")), settings.bucketsOnDemand);
      this.engine = new QueryEngine(warehouse, warehouse::connection);
      this.jobs = new Jobs(faults);
      this.front =
          new HttpFront(
              new InetSocketAddress(InetAddress.getByName(settings.bindAddress), settings.port),
              new Services(warehouse, store, engine::run, jobs),
              faults);
      this.sessions = new ReadSessions(warehouse, engine::run);
    } catch (IOException e) {
      throw cannotStart(settings, settings.port, e);
    }
    settings.datasets.forEach(
        (name, location) -> createDataset(name.get(0), name.get(1), location));
  }

  private static UncheckedIOException cannotStart(Builder settings, int port, IOException e) {
    return new UncheckedIOException(
        "The emulator cannot start on " + settings.bindAddress + ":" + port + ": " + e.getMessage(),
        e);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Begins to answer calls. */
  public BigQueryEmulator start() {
    front.start();
    return this;
  }

  /** The port it listens on, known before it is started. */
  public int port() {
    return front.port();
  }

  /** For Beam's {@code --bigQueryEndpoint}, and as the host of google-cloud-bigquery. */
  public String bigQueryEndpoint() {
    return "http://" + host() + ":" + port() + "/";
  }

  /**
   * For Beam's {@code --gcsEndpoint}. The host of google-cloud-storage is {@link
   * #bigQueryEndpoint}.
   */
  public String gcsEndpoint() {
    return bigQueryEndpoint() + "storage/v1/";
  }

  /**
   * Of the Storage Read API, which is gRPC without encryption: {@code http://host:port}. It begins
   * to listen with the first call of this.
   */
  public synchronized String storageEndpoint() {
    if (grpc == null) {
      try {
        grpc =
            new GrpcFront(
                new InetSocketAddress(
                    InetAddress.getByName(settings.bindAddress), settings.storagePort),
                new StorageReadService(sessions, faults));
      } catch (IOException e) {
        throw cannotStart(settings, settings.storagePort, e);
      }
    }
    return "http://" + host() + ":" + grpc.port();
  }

  /** Ends all sessions of the Storage Read API, as six hours would. */
  public void expireReadSessions() {
    sessions.expire();
  }

  private String host() {
    boolean local =
        settings.bindAddress.equals("127.0.0.1") || settings.bindAddress.equals("0.0.0.0");
    return local ? "localhost" : settings.bindAddress;
  }

  /** Creates a dataset in the location US. */
  public void createDataset(String project, String dataset) {
    createDataset(project, dataset, Warehouse.DEFAULT_LOCATION);
  }

  /** Creates a dataset; throws IllegalArgumentException when it exists or its name is refused. */
  public void createDataset(String project, String dataset, String location) {
    try {
      warehouse.createDataset(project, dataset, Jobs.canonicalLocation(location));
    } catch (BigQueryError e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Creates a bucket; throws IllegalArgumentException when it exists or its name is refused. */
  public void createBucket(String name) {
    try {
      store.createBucket(new Bucket().setName(name));
    } catch (ApiError e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Takes all rows that were streamed for stored, which otherwise happens 30 minutes after the
   * first of a table. Until then UPDATE, DELETE, MERGE and TRUNCATE of the table are refused.
   */
  public void flushStreamingBuffers() {
    warehouse.flushStreamingBuffers();
  }

  /** Failures on demand. */
  public Faults faults() {
    return faults;
  }

  /**
   * Runs a query and gives its rows, for assertions: values by column name, in the Java types Long,
   * Double, Boolean, BigDecimal, String, byte[], LocalDate, LocalTime, LocalDateTime, Instant and
   * List.
   *
   * @param sql with tables as {@code project.dataset.table}
   * @throws IllegalArgumentException when the query fails
   */
  public List<Map<String, Object>> rows(String sql) {
    QueryResult result;
    try {
      result =
          engine.run(
              new QueryRequest("emulator", null, sql, List.of(), false, null, null, () -> false));
    } catch (BigQueryError | ScriptFailure e) {
      throw new IllegalArgumentException(e.getMessage() + "\nin: " + sql, e);
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (List<Object> values : result.rows()) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (int i = 0; i < values.size(); i++) {
        row.put(result.schema().getFields().get(i).getName(), values.get(i));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Stops, and deletes everything. */
  @Override
  public void close() {
    front.close();
    synchronized (this) {
      if (grpc != null) {
        grpc.close();
      }
    }
    jobs.close();
    engine.close();
    warehouse.close();
    store.close();
    try {
      Files.deleteIfExists(directory.resolve("spill"));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + directory, e);
    }
  }

  /** Settings of an emulator. */
  public static final class Builder {
    private final Map<List<String>, String> datasets = new LinkedHashMap<>();
    private String bindAddress = "127.0.0.1";
    private int port;
    private int storagePort;
    private boolean bucketsOnDemand = true;

    private Builder() {}

    /** The port to listen on; by default any free one. */
    public Builder port(int number) {
      this.port = number;
      return this;
    }

    /** The port of the Storage Read API; by default any free one. */
    public Builder storagePort(int number) {
      this.storagePort = number;
      return this;
    }

    /**
     * The address to listen on, 127.0.0.1 by default. Whoever reaches another one can read and
     * write everything.
     */
    public Builder bindAddress(String address) {
      this.bindAddress = address;
      return this;
    }

    /** A dataset that is there from the start, in the location US. */
    public Builder dataset(String project, String dataset) {
      return dataset(project, dataset, Warehouse.DEFAULT_LOCATION);
    }

    /** A dataset that is there from the start. */
    public Builder dataset(String project, String dataset, String location) {
      datasets.put(List.of(project, dataset), location);
      return this;
    }

    /**
     * Whether a bucket exists as soon as it is named, as by default; otherwise it is an error until
     * created.
     */
    public Builder bucketsOnDemand(boolean onDemand) {
      this.bucketsOnDemand = onDemand;
      return this;
    }

    /**
     * Makes the emulator and takes its port; throws UncheckedIOException when that is taken
     * already.
     */
    public BigQueryEmulator build() {
      return new BigQueryEmulator(this);
    }
  }
}
