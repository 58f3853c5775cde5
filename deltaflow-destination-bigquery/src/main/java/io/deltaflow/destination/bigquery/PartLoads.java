package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.Table;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.spi.error.LoadException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Loads of parts of a refused load's files, each into a table of its own that is dropped again.
 *
 * @param staging the definition of a table for the rows
 */
record PartLoads(
    BigQueryApi api,
    Jobs jobs,
    Tables tables,
    RunPlan run,
    Supplier<Table> staging,
    LoadFile.Format format) {

  /** A load that was begun. */
  record Load(String id, TableName to, JobConfiguration configuration, Jobs.Begun begun) {}

  /**
   * Starts or finds a load.
   *
   * @param part that the files are, for the job's id and the table's name
   */
  Load begin(String part, List<LoadFile> files) {
    TableName to = tables.staging(run.runId(), part);
    String id = Jobs.id(run.runId(), part, 0);
    JobConfiguration configuration =
        new Loader.Part(0, format, files).configuration(to, "WRITE_EMPTY");
    api.createTable(to, staging.get());
    return new Load(id, to, configuration, jobs.begin(id, configuration));
  }

  /** Waits; why the load's rows were refused, empty when they were not. */
  Optional<JobFailedException> refusal(Load load) {
    try {
      Jobs.Loaded loaded =
          jobs.load(
              load.id,
              "load a part of the refused files into " + load.to,
              load.configuration,
              load.begun);
      api.dropTable(load.to);
      return Optional.ofNullable(loaded.refusal());
    } catch (JobFailedException e) {
      throw failed(e, "");
    }
  }

  /** The failure of a load whose files people may look at. */
  LoadException failed(JobFailedException e, String why) {
    return new LoadException(e.getMessage() + why + Loader.kept(run), e);
  }
}
