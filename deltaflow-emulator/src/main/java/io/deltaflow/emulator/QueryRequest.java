package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.DatasetReference;
import com.google.api.services.bigquery.model.QueryParameter;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One query job's text: a statement or a script.
 *
 * @param project the project that runs the job, used to complete names
 * @param defaultDataset completes one-part names; may be null
 * @param maximumBytesBilled refuse a statement that would bill more; null means no limit
 * @param statementByteBudget the same for each statement of a script; null means no limit
 * @param cancelled polled between statements of a script
 * @param beforeStatement takes the text of each statement before it runs; what it throws ends the
 *     script
 */
record QueryRequest(
    String project,
    DatasetReference defaultDataset,
    String sql,
    List<QueryParameter> parameters,
    boolean dryRun,
    Long maximumBytesBilled,
    Long statementByteBudget,
    BooleanSupplier cancelled,
    Consumer<String> beforeStatement) {
  QueryRequest(
      String project,
      DatasetReference defaultDataset,
      String sql,
      List<QueryParameter> parameters,
      boolean dryRun,
      Long maximumBytesBilled,
      Long statementByteBudget,
      BooleanSupplier cancelled) {
    this(
        project,
        defaultDataset,
        sql,
        parameters,
        dryRun,
        maximumBytesBilled,
        statementByteBudget,
        cancelled,
        statement -> {});
  }
}
