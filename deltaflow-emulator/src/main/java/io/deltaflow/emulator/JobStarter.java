package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationExtract;
import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.JobStatistics3;
import com.google.api.services.bigquery.model.JobStatistics4;
import com.google.api.services.bigquery.model.TableReference;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** Checks what a client asks for, completes it, and starts the job. */
final class JobStarter {
  private final Warehouse warehouse;
  private final ObjectStore store;
  private final Queries sql;
  private final QueryJob queries;
  private final Jobs jobs;

  JobStarter(Warehouse warehouse, ObjectStore store, Queries queries, Jobs jobs) {
    this.warehouse = warehouse;
    this.store = store;
    this.sql = queries;
    this.queries = new QueryJob(warehouse, queries, jobs);
    this.jobs = jobs;
  }

  /** Starts a job, or answers a dry run. */
  Job insert(String project, Job wanted) {
    Job job = completed(project, wanted);
    JobConfiguration configuration = job.getConfiguration();
    if (configuration.getQuery() != null && Boolean.TRUE.equals(configuration.getDryRun())) {
      QueryJob.check(configuration.getQuery());
      return queries.dryRun(job);
    }
    return start(job, List.of()).resource();
  }

  /**
   * Starts a job.
   *
   * @param uploaded files that came with the call, in place of source URIs
   */
  EmulatedJob start(String project, Job wanted, List<ObjectStore.Stored> uploaded) {
    return start(completed(project, wanted), uploaded);
  }

  private EmulatedJob start(Job job, List<ObjectStore.Stored> uploaded) {
    JobConfiguration configuration = job.getConfiguration();
    switch (configuration.getJobType()) {
      case "LOAD":
        LoadJob.check(configuration.getLoad(), !uploaded.isEmpty());
        return start(job, running -> load(running, configuration.getLoad(), uploaded));
      case "QUERY":
        QueryJob.check(configuration.getQuery());
        return start(job, queries::run);
      case "COPY":
        CopyJob.check(configuration.getCopy());
        return start(job, running -> new CopyJob(warehouse, configuration.getCopy()).run());
      default:
        ExtractJob.check(configuration.getExtract());
        return start(job, running -> extract(running, configuration.getExtract()));
    }
  }

  private EmulatedJob start(Job job, Jobs.Work work) {
    return jobs.start(
        job.clone(),
        running -> {
          checkLocation(job);
          work.run(running);
        });
  }

  private void extract(EmulatedJob running, JobConfigurationExtract extract) throws IOException {
    JobStatistics4 statistics = new ExtractJob(warehouse, store, sql, extract).run();
    running.change(job -> job.getStatistics().setExtract(statistics));
  }

  private void load(
      EmulatedJob running, JobConfigurationLoad load, List<ObjectStore.Stored> uploaded)
      throws Exception {
    List<ObjectStore.Stored> files =
        uploaded.isEmpty() ? LoadJob.files(store, load.getSourceUris()) : uploaded;
    try {
      JobStatistics3 statistics = new LoadJob(warehouse, load, files, running).run();
      running.change(job -> job.getStatistics().setLoad(statistics));
    } finally {
      for (ObjectStore.Stored file : uploaded) {
        Files.deleteIfExists(file.file());
      }
    }
  }

  private Job completed(String project, Job wanted) {
    Job job = wanted.clone();
    JobConfiguration configuration = job.getConfiguration();
    if (configuration == null) {
      throw BigQueryError.invalid("Required parameter is missing: configuration");
    }
    configuration.setJobType(type(configuration));
    JobReference reference =
        job.getJobReference() == null ? new JobReference() : job.getJobReference();
    if (reference.getJobId() == null) {
      reference.setJobId(Jobs.newId("job_"));
    } else if (!reference.getJobId().matches("[A-Za-z0-9_-]{1,1024}")) {
      throw BigQueryError.invalid(
          "Invalid job ID \""
              + reference.getJobId()
              + "\". Job IDs must be alphanumeric (plus underscores and dashes)"
              + " and must be at most 1024 characters long.");
    }
    reference
        .setProjectId(project)
        .setLocation(location(project, configuration, reference.getLocation()));
    return job.setJobReference(reference);
  }

  private static String type(JobConfiguration configuration) {
    if (configuration.getLoad() != null) {
      return "LOAD";
    } else if (configuration.getQuery() != null) {
      return "QUERY";
    } else if (configuration.getCopy() != null) {
      return "COPY";
    } else if (configuration.getExtract() != null) {
      return "EXTRACT";
    }
    throw BigQueryError.invalid(
        "Required parameter is missing: configuration.load, query, copy or extract");
  }

  /** The location asked for, or that of the dataset that the job works on. */
  private String location(String project, JobConfiguration configuration, String asked) {
    return asked != null
        ? Jobs.canonicalLocation(asked)
        : dataset(project, configuration)
            .map(Dataset::getLocation)
            .orElse(Warehouse.DEFAULT_LOCATION);
  }

  /** Refuses to work on a dataset from another location, where BigQuery does not see it. */
  private void checkLocation(Job job) {
    JobReference reference = job.getJobReference();
    Optional<Dataset> dataset = dataset(reference.getProjectId(), job.getConfiguration());
    if (dataset.isPresent() && !dataset.get().getLocation().equals(reference.getLocation())) {
      throw BigQueryError.notFound(
          "Not found: Dataset "
              + dataset.get().getId()
              + " was not found in location "
              + reference.getLocation());
    }
  }

  /**
   * The destination's dataset, or the default one; empty when there is none, which the job itself
   * will say.
   */
  private Optional<Dataset> dataset(String project, JobConfiguration configuration) {
    DatasetReference reference = datasetReference(configuration);
    if (reference == null) {
      return Optional.empty();
    }
    String owner = reference.getProjectId() == null ? project : reference.getProjectId();
    return warehouse.datasets(owner).stream()
        .filter(d -> d.getDatasetReference().getDatasetId().equals(reference.getDatasetId()))
        .findFirst();
  }

  private static DatasetReference datasetReference(JobConfiguration configuration) {
    TableReference destination = destination(configuration);
    if (destination != null) {
      return new DatasetReference()
          .setProjectId(destination.getProjectId())
          .setDatasetId(destination.getDatasetId());
    }
    return configuration.getQuery() == null ? null : configuration.getQuery().getDefaultDataset();
  }

  private static TableReference destination(JobConfiguration configuration) {
    if (configuration.getLoad() != null) {
      return configuration.getLoad().getDestinationTable();
    } else if (configuration.getCopy() != null) {
      return configuration.getCopy().getDestinationTable();
    } else if (configuration.getExtract() != null) {
      return configuration.getExtract().getSourceTable();
    }
    return configuration.getQuery() == null ? null : configuration.getQuery().getDestinationTable();
  }
}
