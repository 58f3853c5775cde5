package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.DmlStatistics;
import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.JobReference;
import com.google.api.services.bigquery.model.JobStatistics;
import com.google.api.services.bigquery.model.JobStatistics2;
import com.google.api.services.bigquery.model.ScriptStatistics;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Runs a query job: a statement, or a script with its child jobs. */
final class QueryJob {
  private static final long MEGABYTE = 1 << 20;
  private static final long LEAST_BILLED = 10 * MEGABYTE;

  private final Warehouse warehouse;
  private final Queries queries;
  private final Jobs jobs;
  private final AnonymousTables anonymous;

  QueryJob(Warehouse warehouse, Queries queries, Jobs jobs) {
    this.warehouse = warehouse;
    this.queries = queries;
    this.jobs = jobs;
    this.anonymous = new AnonymousTables(warehouse);
  }

  /** What jobs.insert refuses at once. */
  static void check(JobConfigurationQuery query) {
    if (query.getQuery() == null || query.getQuery().isBlank()) {
      throw BigQueryError.invalid("Required parameter is missing: query");
    }
    if (!Boolean.FALSE.equals(query.getUseLegacySql())) {
      throw BigQueryError.unsupported("legacy SQL; set useLegacySql to false");
    }
    if (query.getTableDefinitions() != null && !query.getTableDefinitions().isEmpty()) {
      throw BigQueryError.unsupported("external table definitions");
    }
  }

  void run(EmulatedJob job) throws SQLException {
    Job resource = job.resource();
    QueryResult result;
    try {
      result = queries.run(request(resource, job));
    } catch (ScriptFailure e) {
      addChildren(job, e.children());
      throw e;
    }
    addChildren(job, result.children());
    JobConfigurationQuery query = resource.getConfiguration().getQuery();
    TableReference destination = keep(result, resource, query);
    job.change(
        changed -> {
          describe(changed.getStatistics(), result);
          if (destination != null) {
            changed.getConfiguration().getQuery().setDestinationTable(destination);
          }
        });
  }

  /** The statistics of a query that is not run. */
  Job dryRun(Job resource) {
    EmulatedJob job = new EmulatedJob(resource);
    QueryResult result = queries.run(request(resource, job));
    job.change(
        changed -> {
          describe(changed.getStatistics(), result);
          changed.getStatistics().getQuery().setSchema(result.schema());
        });
    job.end(null);
    return job.resource();
  }

  private QueryRequest request(Job resource, EmulatedJob job) {
    JobConfiguration configuration = resource.getConfiguration();
    JobConfigurationQuery query = configuration.getQuery();
    return new QueryRequest(
        resource.getJobReference().getProjectId(),
        query.getDefaultDataset(),
        query.getQuery(),
        query.getQueryParameters() == null ? List.of() : query.getQueryParameters(),
        Boolean.TRUE.equals(configuration.getDryRun()),
        query.getMaximumBytesBilled(),
        query.getScriptOptions() == null ? null : query.getScriptOptions().getStatementByteBudget(),
        job::isCancelled,
        statement ->
            jobs.faults().beforeStatement(resource.getJobReference().getJobId(), statement));
  }

  /**
   * Writes rows to the query's destination, or to an anonymous table; null when there are no rows
   * by nature.
   */
  private TableReference keep(QueryResult result, Job resource, JobConfigurationQuery query)
      throws SQLException {
    if (result.schema() == null) {
      return null;
    }
    JobReference job = resource.getJobReference();
    TableReference destination = query.getDestinationTable();
    Table wanted = new Table().setTableReference(destination);
    if (destination == null) {
      destination = anonymous.next(job.getProjectId(), job.getLocation());
      wanted.setTableReference(destination);
    } else {
      wanted
          .setTimePartitioning(query.getTimePartitioning())
          .setRangePartitioning(query.getRangePartitioning())
          .setClustering(query.getClustering());
    }
    write(result, wanted, query);
    return destination;
  }

  private void write(QueryResult result, Table wanted, JobConfigurationQuery query)
      throws SQLException {
    String disposition = Optional.ofNullable(query.getWriteDisposition()).orElse("WRITE_EMPTY");
    boolean truncates = disposition.equals("WRITE_TRUNCATE");
    LoadSchema schema =
        new LoadSchema(
            Warehouse.name(wanted.getTableReference()),
            new JobConfigurationLoad().setSchemaUpdateOptions(query.getSchemaUpdateOptions()),
            String::equals);
    TableSchema produced = SchemaRules.checked(result.schema());
    TableWrite.Request request =
        new TableWrite.Request(
            wanted,
            query.getCreateDisposition(),
            disposition,
            existing -> schema.resolve(asDestination(produced, existing), existing, truncates));
    try (TableWrite write = TableWrite.open(warehouse, request)) {
      int[] slots = QueryColumns.slots(produced, write.schema());
      try (RowAppender rows =
          new RowAppender(write.session(), write.relation(), write.table(), write.schema())) {
        PartitionCount partitions = PartitionCount.of(write.table());
        for (List<Object> values : result.rows()) {
          Object[] row = QueryColumns.arrange(LoadForms.row(produced.getFields(), values), slots);
          partitions.add(row);
          rows.append(row);
        }
      } catch (LoadError e) {
        throw BigQueryError.invalid(e.getMessage());
      }
      write.commit();
    }
  }

  /** A query's columns are NULLABLE by nature: only NULLs themselves break a REQUIRED column. */
  private static TableSchema asDestination(TableSchema produced, Optional<Table> existing) {
    TableSchema schema = produced.clone();
    if (existing.isPresent() && existing.get().getSchema() != null) {
      for (TableFieldSchema field : schema.getFields()) {
        LoadSchema.find(existing.get().getSchema().getFields(), field.getName())
            .filter(
                column -> "REQUIRED".equals(column.getMode()) && "NULLABLE".equals(field.getMode()))
            .ifPresent(column -> field.setMode("REQUIRED"));
      }
    }
    return schema;
  }

  private void addChildren(EmulatedJob parent, List<QueryResult> children) throws SQLException {
    JobReference reference = parent.reference();
    String stem = "script_job_" + UUID.randomUUID().toString().replace("-", "") + "_";
    for (int i = 0; i < children.size(); i++) {
      addChild(reference, reference.clone().setJobId(stem + i), children.get(i));
    }
    if (!children.isEmpty()) {
      parent.change(j -> j.getStatistics().setNumChildJobs((long) children.size()));
    }
  }

  private void addChild(JobReference parent, JobReference reference, QueryResult result)
      throws SQLException {
    JobConfigurationQuery query =
        new JobConfigurationQuery().setQuery(result.sql()).setUseLegacySql(false);
    Job resource =
        new Job()
            .setJobReference(reference)
            .setConfiguration(new JobConfiguration().setJobType("QUERY").setQuery(query));
    EmulatedJob child = jobs.add(resource);
    TableReference destination = result.error() == null ? keep(result, resource, query) : null;
    child.change(
        job -> {
          JobStatistics statistics = job.getStatistics();
          describe(statistics, result);
          statistics
              .setParentJobId(parent.getJobId())
              .setCreationTime(result.started().toEpochMilli())
              .setStartTime(result.started().toEpochMilli())
              .setScriptStatistics(new ScriptStatistics().setEvaluationKind("STATEMENT"));
          job.getConfiguration().getQuery().setDestinationTable(destination);
        });
    child.end(result.error());
    child.change(job -> job.getStatistics().setEndTime(result.ended().toEpochMilli()));
  }

  private static void describe(JobStatistics statistics, QueryResult result) {
    JobStatistics2 query =
        new JobStatistics2()
            .setStatementType(result.statementType())
            .setTotalBytesProcessed(result.bytesProcessed())
            .setTotalBytesBilled(billed(result.bytesProcessed()))
            .setBillingTier(1)
            .setCacheHit(false);
    if (result.dml() != null) {
      query.setDmlStats(result.dml()).setNumDmlAffectedRows(affected(result.dml()));
    }
    if (result.target() != null) {
      if (result.dml() == null) {
        query.setDdlTargetTable(result.target());
      } else {
        query.setReferencedTables(new ArrayList<>(List.of(result.target())));
      }
    }
    statistics.setTotalBytesProcessed(result.bytesProcessed()).setQuery(query);
  }

  private static long affected(DmlStatistics dml) {
    return count(dml.getInsertedRowCount())
        + count(dml.getUpdatedRowCount())
        + count(dml.getDeletedRowCount());
  }

  private static long count(Long rows) {
    return rows == null ? 0 : rows;
  }

  /** Whole megabytes, and ten at least. */
  private static long billed(long processed) {
    return processed == 0
        ? 0
        : Math.max(LEAST_BILLED, (processed + MEGABYTE - 1) / MEGABYTE * MEGABYTE);
  }
}
