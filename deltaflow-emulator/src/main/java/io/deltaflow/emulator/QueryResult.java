package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.DmlStatistics;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableSchema;
import java.time.Instant;
import java.util.List;

/**
 * What a statement, or a whole script, came to.
 *
 * @param statementType BigQuery's name: SELECT, INSERT, MERGE, SCRIPT, ...
 * @param schema of the rows; null when there are none by nature (DML, DDL)
 * @param rows values in the Java types of {@link CellValues}; empty when {@code schema} is null
 * @param dml inserted, updated and deleted rows; null unless DML
 * @param target the table that DML or DDL acted on; null otherwise
 * @param bytesProcessed after partition pruning by literals
 * @param children a script's statements, in order; empty for a single statement
 * @param error set on a child that failed, else null; a request that fails as a whole throws
 *     instead, after its children were reported through {@link ScriptFailure}
 */
record QueryResult(
    String sql,
    String statementType,
    TableSchema schema,
    List<List<Object>> rows,
    DmlStatistics dml,
    TableReference target,
    long bytesProcessed,
    Instant started,
    Instant ended,
    List<QueryResult> children,
    BigQueryError error) {}
