package io.deltaflow.destination;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * How the rows fit the target; travels to the workers. A destination adds what its later steps
 * need.
 */
public interface TargetPlan extends Serializable {
  /** One per field of the detected schema, in its order; load files have these columns. */
  List<Column> columns();

  /** The DDL of the table that will be created; empty when it exists. */
  Optional<String> ddl();

  /** Changes to an existing table's schema, one line each. */
  List<String> schemaChanges();

  /** Lines for the user. */
  List<String> warnings();

  /** Empty when the rows cannot need more partitions than the target can have. */
  default Optional<PartitionLimit> partitionLimit() {
    return Optional.empty();
  }
}
