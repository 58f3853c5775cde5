package io.deltaflow.destination.bigquery;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableSchema;
import io.deltaflow.destination.LoadFile;
import io.deltaflow.destination.LoadFiles;
import io.deltaflow.destination.RefusedRow;
import io.deltaflow.destination.RunPlan;
import io.deltaflow.destination.Staging;
import io.deltaflow.fault.CrashPoints;
import io.deltaflow.fault.MachineClock;
import io.deltaflow.spi.ServerSideRead;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.LoadException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

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
    List<Jobs.Begun> begun = begin(parts);
    List<String> names = new ArrayList<>();
    long rows = 0;
    for (Part part : parts) {
      rows += await(part, begun.get(part.number));
      names.add(name(part).toString());
    }
    return Staging.loaded(names, rows, rows(files), bytes(files));
  }

  /**
   * The same without the rows that BigQuery refuses.
   *
   * @param most how many there may be
   */
  Staging load(List<LoadFile> files, long most, LoadFiles divided) {
    List<Part> parts = parts(files, MOST_FILES, MOST_BYTES);
    List<Jobs.Begun> begun = begin(parts);
    List<String> names = new ArrayList<>();
    List<RefusedRow> refused = new ArrayList<>();
    long rows = 0;
    for (Part part : parts) {
      PartLoads loads = new PartLoads(api, jobs, tables, run, this::staging, part.format);
      Jobs.Loaded loaded = outcome(part, begun.get(part.number), loads);
      Part rest = part;
      if (loaded.refusal() == null) {
        rows += count(part, loaded.job());
      } else {
        List<RefusedRow> found =
            new RefusedRowSearch(tables.target(), loads, divided, most - refused.size())
                .find("part_" + part.number, part.files, loaded.refusal());
        refused.addAll(found);
        rest = without(part, found, divided);
        rows += loadRest(rest);
      }
      if (rest.files.isEmpty()) {
        api.dropTable(name(part));
      } else {
        names.add(name(part).toString());
      }
    }
    return Staging.loaded(names, rows, rows(files) - refused.size(), bytes(files)).without(refused);
  }

  private Jobs.Loaded outcome(Part part, Jobs.Begun begun, PartLoads loads) {
    try {
      return jobs.load(id(part), doing(part), configuration(part), begun);
    } catch (JobFailedException e) {
      throw loads.failed(e, "");
    }
  }

  private static long rows(List<LoadFile> files) {
    return files.stream().mapToLong(LoadFile::rows).sum();
  }

  private static long bytes(List<LoadFile> files) {
    return files.stream().mapToLong(LoadFile::bytes).sum();
  }

  private List<Jobs.Begun> begin(List<Part> parts) {
    List<Jobs.Begun> begun = new ArrayList<>();
    for (Part part : parts) {
      api.createTable(name(part), staging());
      begun.add(jobs.begin(id(part), configuration(part)));
      CrashPoints.reach(CrashPoints.AFTER_LOAD_BEGUN);
      if (part.number == (parts.size() - 1) / 2) {
        CrashPoints.reach(CrashPoints.HALF_LOADS_BEGUN);
      }
    }
    return begun;
  }

  private static Part without(Part part, List<RefusedRow> refused, LoadFiles divided) {
    Map<LoadFile, SortedSet<Long>> rows = new HashMap<>();
    refused.forEach(r -> rows.computeIfAbsent(r.file(), f -> new TreeSet<>()).add(r.row()));
    List<LoadFile> rest = new ArrayList<>();
    for (LoadFile file : part.files) {
      SortedSet<Long> bad = rows.getOrDefault(file, Collections.emptySortedSet());
      if (bad.isEmpty()) {
        rest.add(file);
      } else if (bad.size() < file.rows()) {
        rest.add(divided.without(file, bad));
      }
    }
    return new Part(part.number, part.format, rest);
  }

  /** Into the table of the part, which a refused load leaves empty. */
  private long loadRest(Part rest) {
    if (rest.files.isEmpty()) {
      return 0;
    }
    String id = Jobs.id(run.runId(), "rest", rest.number);
    Jobs.Begun begun = jobs.begin(id, configuration(rest));
    CrashPoints.reach(CrashPoints.AFTER_REST_BEGUN);
    return await(id, rest, begun);
  }

  /** The rows of a query, moved by BigQuery itself. */
  Staging query(ServerSideRead read) {
    TableName to = tables.staging(run.runId(), "0");
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
    return await(id(part), part, begun);
  }

  private long await(String id, Part part, Jobs.Begun begun) {
    try {
      return count(part, jobs.complete(id, doing(part), configuration(part), begun).job());
    } catch (JobFailedException e) {
      throw new LoadException(e.getMessage() + kept(run), e);
    }
  }

  private String doing(Part part) {
    return "load " + part.files.size() + " files into " + name(part);
  }

  /** The rows that a load has written, which must be all. */
  private long count(Part part, Job job) {
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
              + kept(run),
          null);
    }
    return rows;
  }

  static String kept(RunPlan run) {
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

  /** A path, which must be of Cloud Storage, as a load job takes it. */
  static String uri(String path) {
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
    return tables.staging(run.runId(), Integer.toString(part.number));
  }

  private String id(Part part) {
    return Jobs.id(run.runId(), "load", part.number);
  }
}
