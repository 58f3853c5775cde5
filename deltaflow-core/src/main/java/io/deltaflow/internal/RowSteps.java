package io.deltaflow.internal;

import io.deltaflow.SyncOptions;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.spi.error.QualityCheckException;
import io.deltaflow.transform.BoundTransformation;
import io.deltaflow.transform.FailedCheck;
import io.deltaflow.transform.QualityChecks;
import io.deltaflow.transform.RowChecks;
import io.deltaflow.transform.Transformation;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/**
 * What is done with each row of one source: it is transformed, brought into the order of the run's
 * fields, and checked. Travels without the transformation's text, which may hold keys.
 *
 * @param source number of the source in the run
 * @param input what is read
 * @param output the run's fields; arrays and records of the types that this source gives them
 * @param order where the transformed row has the value of each field; -1 for those that it lacks;
 *     null when it is the run's as it is
 * @param checks of the rows, as configured; null for none
 */
record RowSteps(int source, Schema input, Schema output, int[] order, String checks)
    implements Serializable {

  private static final int MOST_BOUND = 64;
  private static final Map<String, BoundTransformation> BOUND = new ConcurrentHashMap<>();

  /** The name under which the text of a source's transformation is kept with the run's secrets. */
  static String secret(int source) {
    return SyncOptions.TRANSFORMATION_CONFIG.name() + "#" + source;
  }

  /** Worker. */
  Opened open(SecretFile secrets) {
    // Of runs that have ended in this JVM.
    if (BOUND.size() > MOST_BOUND) {
      BOUND.clear();
    }
    // Expressions take long to compile, and splits may be many.
    return open(
        BOUND.computeIfAbsent(
            secrets + " " + source,
            run -> Transformation.parse(secrets.secret(secret(source))).bind(input)));
  }

  Opened open(BoundTransformation transformation) {
    return new Opened(transformation, QualityChecks.parse(checks).bind(output).rowChecks());
  }

  /** Where rows that are not transformed have the value of each of the source's fields. */
  int[] columnOfFields() {
    int[] columns = new int[input.getFieldCount()];
    for (int i = 0; i < output.getFieldCount(); i++) {
      int field = order == null ? i : order[i];
      if (field >= 0) {
        columns[field] = i;
      }
    }
    return columns;
  }

  /** For one reader, and one thread. */
  final class Opened {
    private final BoundTransformation transformation;
    private final RowChecks rowChecks;
    private final Map<String, Long> warned = new TreeMap<>();

    private Opened(BoundTransformation transformation, RowChecks rowChecks) {
      this.transformation = transformation;
      this.rowChecks = rowChecks;
    }

    /**
     * @return a row of {@link #output}
     * @throws io.deltaflow.spi.error.BadValueException when a value cannot be converted
     * @throws FailedRowException when a check keeps the row out
     * @throws QualityCheckException when one fails the run
     */
    Row apply(Row row) {
      Row transformed = ordered(transformation.apply(row));
      for (FailedCheck failed : rowChecks.failures(transformed)) {
        switch (failed.action()) {
          case WARN -> warned.merge(failed.name(), 1L, Long::sum);
          case DEAD_LETTER -> throw new FailedRowException(failed);
          case FAIL -> throw new QualityCheckException(failed + "; nothing was published");
        }
      }
      return transformed;
    }

    private Row ordered(Row row) {
      if (order == null) {
        return row;
      }
      Object[] values = new Object[order.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = order[i] < 0 ? null : widened(i, row.getValue(order[i]));
      }
      return Row.withSchema(output).attachValues(Arrays.asList(values));
    }

    /** Whole numbers of a column that is none of whole numbers in other sources. */
    private Object widened(int field, Object value) {
      if (!(value instanceof Long whole)) {
        return value;
      }
      return switch (FieldTypes.kind(output.getField(field).getType())) {
        case NUMERIC -> BigDecimal.valueOf(whole);
        case FLOAT64 -> {
          if (Math.abs(whole) > 1L << 53 || whole == Long.MIN_VALUE) {
            throw new BadValueException(
                output.getField(field).getName(), whole + " is not exact as a FLOAT64");
          }
          yield (double) whole;
        }
        default -> value;
      };
    }

    /** Whether rows are checked only. */
    boolean isUnchanged() {
      return transformation.isEmpty();
    }

    /** How many rows did not pass each check that only warns. */
    Map<String, Long> warned() {
      return warned;
    }
  }
}
