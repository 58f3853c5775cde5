package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.FieldSchemas.of;
import static io.deltaflow.destination.bigquery.FieldSchemas.required;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableSchema;
import io.deltaflow.destination.ColumnType.Kind;
import java.util.List;

/** The columns of the two tables that stand beside each target. */
final class StateTables {
  private StateTables() {}

  /** One row per sync that writes to the target. */
  static Table state(TableName target) {
    return new Table()
        .setDescription(
            "DeltaFlow: one row per sync into "
                + target
                + ", changed in the same transaction as the table; do not edit.")
        .setSchema(
            new TableSchema()
                .setFields(
                    List.of(
                        required("sync_id", Kind.STRING),
                        required("epoch", Kind.INT64),
                        of("watermarks", Kind.STRING),
                        of("schema_fingerprint", Kind.STRING),
                        of("run_id", Kind.STRING),
                        of("replacement", Kind.STRING),
                        of("updated_at", Kind.TIMESTAMP))));
  }

  /**
   * What became of each run, and what was done by hand: rows are only ever added. A run may have
   * two, refused in one attempt and published by a later one; then it has published.
   */
  static Table ledger(TableName target) {
    return new Table()
        .setDescription("DeltaFlow: what runs did to " + target + ".")
        .setSchema(
            new TableSchema()
                .setFields(
                    List.of(
                        required("run_id", Kind.STRING),
                        required("sync_id", Kind.STRING),
                        required("epoch", Kind.INT64),
                        required("outcome", Kind.STRING),
                        of("detail", Kind.STRING),
                        of("write_disposition", Kind.STRING),
                        of("sources", Kind.STRING),
                        of("rows_read", Kind.INT64),
                        of("rows_staged", Kind.INT64),
                        of("rows_inserted", Kind.INT64),
                        of("rows_updated", Kind.INT64),
                        of("rows_deleted", Kind.INT64),
                        of("rows_dead_lettered", Kind.INT64),
                        of("bytes_staged", Kind.INT64),
                        of("bytes_lookup", Kind.INT64),
                        of("bytes_merge", Kind.INT64),
                        of("maximum_published", Kind.STRING),
                        of("started", Kind.TIMESTAMP),
                        of("ended", Kind.TIMESTAMP))));
  }
}
