package io.deltaflow.transform;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/**
 * A transformation of the rows of one schema. Made on the launcher, applied on workers, by any
 * number of threads.
 *
 * <p>Its serialized form is the configuration's text and the schema, the keys of hashes included.
 */
public final class BoundTransformation implements Serializable {
  private static final long serialVersionUID = 1L;

  private final transient Transformation transformation;
  private final transient Schema input;
  private final transient Schema output;

  /** Of each input field what is done with its value; null: nothing. */
  private final transient Step[] steps;

  /** Whether the value of an input field is needed. */
  private final transient boolean[] used;

  /** In an order in which each finds what it uses; they follow the input fields. */
  private final transient Calculation.Function[] calculations;

  /** Where the value of each output field is; null: where it belongs already. */
  private final transient int[] order;

  private final transient List<String> dropped;
  private final transient Map<String, String> outputNames;
  private final transient Map<String, Boolean> changed;
  private final transient Set<String> blurred;

  BoundTransformation(
      Transformation transformation,
      Schema input,
      Schema output,
      Step[] steps,
      boolean[] used,
      Calculation.Function[] calculations,
      int[] order,
      Map<String, String> outputNames,
      Map<String, Boolean> changed,
      Set<String> blurred) {
    this.transformation = transformation;
    this.input = input;
    this.output = output;
    this.steps = steps;
    this.used = used;
    this.calculations = calculations;
    this.order = isIdentity(order, steps.length + calculations.length) ? null : order;
    this.outputNames = outputNames;
    this.changed = changed;
    this.blurred = blurred;
    this.dropped =
        input.getFieldNames().stream().filter(name -> !outputNames.containsKey(name)).toList();
  }

  private static boolean isIdentity(int[] order, int slots) {
    if (order.length != slots) {
      return false;
    }
    for (int i = 0; i < slots; i++) {
      if (order[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** The configuration to bind again elsewhere; it may hold keys of hashes, which are secrets. */
  public String configuration() {
    return transformation.json;
  }

  /** Whether rows stay as they are. */
  public boolean isEmpty() {
    return transformation.isEmpty();
  }

  /** What was bound. */
  public Schema input() {
    return input;
  }

  /** The kept input fields in their order, under their new names, and then the calculated ones. */
  public Schema output() {
    return output;
  }

  /**
   * Transforms one row.
   *
   * @param row of {@link #input}
   * @return a row of {@link #output}
   * @throws io.deltaflow.spi.error.BadValueException when one of its values cannot be converted;
   *     the column is the source's, or the calculated field
   */
  public Row apply(Row row) {
    if (transformation.isEmpty()) {
      return row;
    }
    Object[] values = new Object[steps.length + calculations.length];
    for (int i = 0; i < steps.length; i++) {
      if (used[i]) {
        Object value = row.getValue(i);
        Step step = steps[i];
        values[i] = step == null ? value : step.apply(value);
      }
    }
    for (int i = 0; i < calculations.length; i++) {
      values[steps.length + i] = calculations[i].value(values);
    }
    return Row.withSchema(output)
        .attachValues(Arrays.asList(order == null ? values : sort(values)));
  }

  private Object[] sort(Object[] values) {
    Object[] sorted = new Object[order.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = values[order[i]];
    }
    return sorted;
  }

  /** The input fields that are left out, by their names there. */
  public List<String> droppedFields() {
    return dropped;
  }

  /** What an input field is called in the output; empty when it is left out or not there. */
  public Optional<String> outputName(String inputField) {
    return Optional.ofNullable(outputNames.get(inputField));
  }

  /**
   * Whether the values of an output field may differ from those of a field of the source: it is
   * converted, changed, calculated, or gets a default. A new name alone changes nothing.
   *
   * @throws IllegalArgumentException when there is no such field
   */
  public boolean changes(String outputField) {
    Boolean changes = changed.get(outputField);
    if (changes == null) {
      throw new IllegalArgumentException("there is no output field '" + outputField + "'");
    }
    return changes;
  }

  /**
   * Whether different values of the field behind an output field may become the same one, as those
   * of a mask do: what told rows apart may then not any more. A hash counts as different.
   */
  public boolean blurs(String outputField) {
    return blurred.contains(outputField);
  }

  private Object writeReplace() {
    return new SerializedForm(transformation.json, input);
  }

  private void readObject(ObjectInputStream stream) throws InvalidObjectException {
    throw new InvalidObjectException("a SerializedForm is written instead");
  }

  @Override
  public String toString() {
    return transformation + " to " + output.getFieldNames();
  }

  /** Bound again where it arrives, once in a JVM however many threads unpack it. */
  private record SerializedForm(String json, Schema schema) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int MOST = 64;
    private static final Map<SerializedForm, BoundTransformation> BOUND =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(
              Map.Entry<SerializedForm, BoundTransformation> eldest) {
            return size() > MOST;
          }
        };

    private Object readResolve() {
      synchronized (BOUND) {
        BoundTransformation known = BOUND.get(this);
        if (known == null) {
          known = Transformation.parse(json).bind(schema);
          BOUND.put(this, known);
        }
        return known;
      }
    }

    @Override
    public String toString() {
      return "SerializedForm of " + schema.getFieldNames();
    }
  }
}
