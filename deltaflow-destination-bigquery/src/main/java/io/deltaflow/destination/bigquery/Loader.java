package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableSchema;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.LoadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads a run's files, one staging table per load job, and as few jobs as BigQuery's limits allow:
 * one for each format unless there are very many files. That a table takes 1,500 load jobs a day is
 * no limit here, since each job has a table of its own.
 *
 * @see <a href="https://cloud.google.com/bigquery/quotas#load_jobs">BigQuery's limits</a>
 */
final class Loader {
  /** What one load job takes: «maximum number of source URIs in job configuration». */
  static final int MOST_FILES = 10_000;

  /** «Maximum size per load job»: 15 TB, across all input files. */
  static final long MOST_BYTES = 15_000_000_000_000L;

  private final BigQueryApi api;
  private final Jobs jobs;
  private final Tables tables;
  private final RunPlan run;
  private final Duration expiry;

  Loader(BigQueryApi api, Jobs jobs, Tables tables, RunPlan run, Duration expiry) {
    this.api = api;
    this.jobs = jobs;
    this.tables = tables;
    this.run = run;
    this.expiry = expiry;
  }

  /** The files of one job: all of one format. */
  record Part(int number, LoadFile.Format format, List<LoadFile> files) {
    long rows() {
      return files.stream().mapToLong(LoadFile::rows).sum();
    }

    JobConfiguration configuration(TableName to, String writeDisposition) {
      boolean isAvro = format == LoadFile.Format.AVRO;
      JobConfigurationLoad load =
          new JobConfigurationLoad()
              .setSourceUris(files.stream().map(f -> uri(f.path())).toList())
              .setSourceFormat(isAvro ? "AVRO" : "NEWLINE_DELIMITED_JSON")
              .setDestinationTable(to.reference())
              .setCreateDisposition("CREATE_NEVER")
              .setWriteDisposition(writeDisposition);
      if (isAvro) {
        load.setUseAvroLogicalTypes(true)
            .setDecimalTargetTypes(List.of("NUMERIC", "BIGNUMERIC", "STRING"));
      }
      return new JobConfiguration().setLoad(load);
    }
  }

  Staging load(List<LoadFile> files) {
    List<Part> parts = parts(files, MOST_FILES, MOST_BYTES);
    List<Jobs.Begun> begun = new ArrayList<>();
    for (Part part : parts) {
      api.createTable(name(part), staging());
      begun.add(jobs.begin(id(part), configuration(part)));
      CrashPoints.reach(CrashPoints.AFTER_LOAD_BEGUN);
      if (part.number == (parts.size() - 1) / 2) {
        CrashPoints.reach(CrashPoints.HALF_LOADS_BEGUN);
      }
    }
    List<String> names = new ArrayList<>();
    long rows = 0;
    for (Part part : parts) {
      rows += await(part, begun.get(part.number));
      names.add(name(part).toString());
    }
    return Staging.loaded(
        names,
        rows,
        files.stream().mapToLong(LoadFile::rows).sum(),
        files.stream().mapToLong(LoadFile::bytes).sum());
  }

  /** The rows of a query, moved by BigQuery itself. */
  Staging query(ServerSideRead read) {
    TableName to = tables.staging(run.runId(), 0);
    api.createTable(to, staging());
    JobConfiguration configuration =
        jobs.queryOf(QueriedRows.sql(read.sql(), run.target().columns()));
    configuration
        .getQuery()
        .setDestinationTable(to.reference())
        .setCreateDisposition("CREATE_NEVER")
        // As with loads: a table that holds rows was filled by a job that should have been found.
        .setWriteDisposition("WRITE_EMPTY");
    Job job =
        jobs.completeWithoutRows(
                Jobs.id(run.runId(), "query", 0),
                "move rows of " + run.sources().get(0).description() + " into " + to,
                configuration)
            .job();
    long rows = api.resultRows(job.getJobReference());
    return Staging.loaded(List.of(to.toString()), rows, rows, 0);
  }

  /** The same parts for the same list of files, always. */
  static List<Part> parts(List<LoadFile> files, int mostFiles, long mostBytes) {
    List<Part> parts = new ArrayList<>();
    for (LoadFile.Format format : LoadFile.Format.values()) {
      List<LoadFile> part = new ArrayList<>();
      long bytes = 0;
      for (LoadFile file : files.stream().filter(f -> f.format() == format).toList()) {
        if (part.size() == mostFiles || !part.isEmpty() && bytes + file.bytes() > mostBytes) {
          parts.add(new Part(parts.size(), format, List.copyOf(part)));
          part.clear();
          bytes = 0;
        }
        part.add(file);
        bytes += file.bytes();
      }
      if (!part.isEmpty()) {
        parts.add(new Part(parts.size(), format, List.copyOf(part)));
      }
    }
    return parts;
  }

  private long await(Part part, Jobs.Begun begun) {
    String doing = "load " + part.files.size() + " files into " + name(part);
    Job job;
    try {
      job = jobs.complete(id(part), doing, configuration(part), begun).job();
    } catch (JobFailedException e) {
      throw new LoadException(e.getMessage() + kept(), e);
    }
    Long rows = job.getStatistics().getLoad().getOutputRows();
    if (rows == null || rows != part.rows()) {
      throw new LoadException(
          "the job "
              + job.getJobReference().getJobId()
              + " loaded "
              + rows
              + " rows from "
              + part.files.size()
              + " files that hold "
              + part.rows()
              + "; nothing was published; run again"
              + kept(),
          null);
    }
    return rows;
  }

  private String kept() {
    return "; the run's files are kept below " + run.tempPath();
  }

  private Table staging() {
    return new Table()
        .setExpirationTime(MachineClock.now().plus(expiry).toEpochMilli())
        .setDescription("DeltaFlow: staged rows of the run " + run.runId() + "; expires by itself.")
        .setSchema(
            new TableSchema()
                .setFields(
                    run.target().columns().stream()
                        .map(c -> FieldSchemas.staging(c.loadName(), c.type()))
                        .toList()));
  }

  private JobConfiguration configuration(Part part) {
    // A table that already holds rows was loaded by a job that this step should have found.
    return part.configuration(name(part), "WRITE_EMPTY");
  }

  private static String uri(String path) {
    if (!path.startsWith("gs://")) {
      throw new ConfigurationException(
          "BigQuery loads files from Cloud Storage only and the run's files are at "
              + path
              + "; give a temporary location that begins with gs://");
    }
    if (path.contains("*")) {
      throw new ConfigurationException(
          "BigQuery takes the * in "
              + path
              + " for a pattern; give a temporary location without one");
    }
    return path;
  }

  private TableName name(Part part) {
    return tables.staging(run.runId(), part.number);
  }

  private String id(Part part) {
    return Jobs.id(run.runId(), "load", part.number);
  }
}
