package io.deltaflow.transform;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;

/** Checks of the rows of one schema. Made on the launcher, used on workers. */
public final class BoundChecks implements Serializable {
  private static final long serialVersionUID = 1L;

  private final transient String json;
  private final transient Schema schema;
  private final transient RowChecks rowChecks;
  private final transient List<AggregateCheck> aggregates;

  BoundChecks(String json, Schema schema, RowChecks rowChecks, List<AggregateCheck> aggregates) {
    this.json = json;
    this.schema = schema;
    this.rowChecks = rowChecks;
    this.aggregates = List.copyOf(aggregates);
  }

  /** Those of each row. */
  public RowChecks rowChecks() {
    return rowChecks;
  }

  /** Those of all rows together, in the order of the configuration. */
  public List<AggregateCheck> aggregates() {
    return aggregates;
  }

  /** Whether a row may have to go to the dead letters. */
  public boolean keepsRowsOut() {
    return rowChecks.keepRowsOut();
  }

  /** Whether there is nothing to check. */
  public boolean isEmpty() {
    return rowChecks.isEmpty() && aggregates.isEmpty();
  }

  private Object writeReplace() {
    return new SerializedForm(json, schema);
  }

  private void readObject(ObjectInputStream stream) throws InvalidObjectException {
    throw new InvalidObjectException("a SerializedForm is written instead");
  }

  /** Bound again where it arrives. */
  private record SerializedForm(String json, Schema schema) implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      return QualityChecks.parse(json).bind(schema);
    }
  }
}
