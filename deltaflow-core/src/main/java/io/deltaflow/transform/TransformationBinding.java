package io.deltaflow.transform;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.NearNames;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.transform.Calculation.Slot;
import io.deltaflow.transform.Transformation.Formula;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Binds a transformation to a schema, and gathers all problems on the way. */
final class TransformationBinding {
  private final Transformation config;
  private final Schema input;
  private final List<String> problems = new ArrayList<>();

  /** By new name; in the order of the input. */
  private final Map<String, Column> columns = new LinkedHashMap<>();

  private final Map<String, Slot> slots = new HashMap<>();
  private final Set<String> usedByCalculations = new HashSet<>();
  private final List<Calculation.Function> calculations = new ArrayList<>();

  TransformationBinding(Transformation config, Schema input) {
    this.config = config;
    this.input = input;
  }

  /** An input field on its way to the output. */
  private static final class Column {
    final int index;
    final Schema.Field field;
    final String name;
    FieldType type;
    Step conversion;
    Object replacement;
    Step change;
    boolean dropped;

    /** Whether different values may become the same. */
    boolean blurred;

    Column(int index, Schema.Field field, String name) {
      this.index = index;
      this.field = field;
      this.name = name;
      this.type = field.getType();
    }

    boolean changes() {
      return conversion != null || replacement != null || change != null;
    }

    /** Null when nothing is done. */
    Step step() {
      if (!changes()) {
        return null;
      }
      Step first = conversion;
      Object otherwise = replacement;
      Step last = change;
      return value -> {
        Object result = value;
        if (result != null && first != null) {
          result = first.apply(result);
        }
        if (result == null) {
          result = otherwise;
        }
        return result == null || last == null ? result : last.apply(result);
      };
    }
  }

  BoundTransformation bind() {
    rename();
    config.conversions.forEach(this::convert);
    config.defaults.forEach(this::replaceNull);
    config.changes.forEach(this::change);
    calculate();
    checkClashes();
    if (columns.values().stream().allMatch(column -> column.dropped) && config.formulas.isEmpty()) {
      problems.add("--" + Transformation.FLAG + ": every field is dropped");
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return result();
  }

  private void rename() {
    config.mappings.forEach(
        (from, to) -> {
          if (!input.hasField(from)) {
            problem(
                "field_mappings",
                from,
                "the source has no such field" + NearNames.hint(from, input.getFieldNames()));
          }
        });
    for (int i = 0; i < input.getFieldCount(); i++) {
      Schema.Field field = input.getField(i);
      String name = config.mappings.getOrDefault(field.getName(), field.getName());
      if (columns.putIfAbsent(name, new Column(i, field, name)) != null) {
        // Kept under the old name, so that its own problems are found too.
        columns.putIfAbsent(field.getName(), new Column(i, field, name));
      }
    }
  }

  private void convert(String name, FieldType type) {
    Column column = find("type_conversions", name);
    if (column == null) {
      return;
    }
    try {
      column.conversion =
          Conversions.between(column.field.getName(), column.type, type).orElse(null);
      Kind from = FieldTypes.kind(column.type);
      Kind to = FieldTypes.kind(type);
      column.blurred |=
          column.conversion != null
              && to != Kind.STRING
              && !(from == Kind.INT64 && to == Kind.NUMERIC);
      // The null of JSON is a value there.
      boolean nullable =
          FieldTypes.isNullable(column.type) || from == Kind.JSON && column.conversion != null;
      column.type = type.withNullable(nullable);
    } catch (IllegalArgumentException e) {
      problem("type_conversions", name, e.getMessage());
    }
  }

  private void replaceNull(String name, JsonNode value) {
    Column column = find("default_values", name);
    if (column == null) {
      return;
    }
    try {
      column.replacement = Literals.of(value, column.type);
      column.blurred |= FieldTypes.isNullable(column.type);
    } catch (IllegalArgumentException e) {
      problem("default_values", name, e.getMessage());
    }
  }

  private void change(String name, List<ValueChange> changes) {
    Column column = find("value_transformations", name);
    if (column == null) {
      return;
    }
    for (ValueChange change : changes) {
      if (change instanceof ValueChange.Drop) {
        column.dropped = true;
        continue;
      }
      try {
        column.blurred |= !(change instanceof ValueChange.Hash);
        Step before = column.change;
        Step next = change.step(column.field.getName(), column.type);
        column.change = before == null ? next : value -> next.apply(before.apply(value));
        column.type = change.type(column.type).withNullable(FieldTypes.isNullable(column.type));
      } catch (IllegalArgumentException e) {
        problem("value_transformations", name, e.getMessage());
        return;
      }
    }
  }

  private Column find(String key, String name) {
    Column column = columns.get(name);
    if (column == null) {
      problem(key, name, unknown(name));
    }
    return column;
  }

  private String unknown(String name) {
    String renamed = config.mappings.get(name);
    if (renamed != null && input.hasField(name)) {
      return "field_mappings calls it '" + renamed + "' now; use that name";
    } else if (config.formulas.containsKey(name)) {
      return "it is a calculated field, and comes after this; put all into its expression";
    }
    return "there is no such field" + NearNames.hint(name, columns.keySet());
  }

  /** Compiles each after those that it uses. */
  private void calculate() {
    columns.forEach(
        (name, column) -> slots.put(name, new Slot(column.index, column.type.withNullable(true))));
    Map<String, Expression> expressions = new LinkedHashMap<>();
    config.formulas.forEach(
        (name, formula) -> {
          try {
            expressions.put(name, parse(formula.expression()));
          } catch (IllegalArgumentException e) {
            problem("calculated_fields", name, e.getMessage());
          }
        });
    Set<String> done = new HashSet<>();
    for (String name : expressions.keySet()) {
      compile(name, expressions, new LinkedHashSet<>(), done);
    }
  }

  private Expression parse(String text) {
    return parse(text, columns.keySet());
  }

  /**
   * @param fields that there are
   */
  static Expression parse(String text, Set<String> fields) {
    if (fields.contains(text)) {
      return TinyExpression.field(text);
    }
    Optional<TinyExpression> tiny = TinyExpression.parse(text);
    return tiny.isPresent() ? tiny.get() : CelExpression.parse(text);
  }

  private void compile(
      String name, Map<String, Expression> expressions, Set<String> open, Set<String> done) {
    if (done.contains(name)) {
      return;
    }
    if (!open.add(name)) {
      problem(
          "calculated_fields",
          name,
          "it uses itself: " + String.join(" -> ", open) + " -> " + name);
      done.addAll(open);
      return;
    }
    Expression expression = expressions.get(name);
    for (String used : expression.names()) {
      // A calculated field may not replace a field, so a name means one of them.
      if (expressions.containsKey(used) && !columns.containsKey(used)) {
        compile(used, expressions, open, done);
      }
    }
    open.remove(name);
    if (done.add(name)) {
      compile(name, expression);
    }
  }

  private void compile(String name, Expression expression) {
    try {
      Calculation calculation = expression.compile(name, slots);
      Formula formula = config.formulas.get(name);
      if (formula.type().isPresent()) {
        calculation = converted(name, calculation, formula.type().get());
      } else if (calculation.type() == null) {
        throw new IllegalArgumentException(
            "what type '"
                + formula.expression()
                + "' gives is not known before a row is read; say it: {\"expression\": ...,"
                + " \"type\": \"string\"}");
      }
      usedByCalculations.addAll(expression.names());
      slots.putIfAbsent(
          name,
          new Slot(
              input.getFieldCount() + calculations.size(), calculation.type().withNullable(true)));
      calculations.add(calculation.function());
    } catch (Expression.UnknownFieldException e) {
      // Whoever uses a field that is wrong itself needs no problem of its own.
      if (!config.formulas.containsKey(e.field())) {
        problem("calculated_fields", name, "it uses '" + e.field() + "': " + unknown(e.field()));
      }
    } catch (IllegalArgumentException e) {
      problem("calculated_fields", name, e.getMessage());
    }
  }

  private static Calculation converted(String name, Calculation from, FieldType to) {
    Calculation.Function function = from.function();
    Optional<Step> conversion =
        from.type() == null
            ? Optional.of(Conversions.ofAny(name, to))
            : Conversions.between(name, from.type(), to);
    return new Calculation(
        to,
        conversion
            .<Calculation.Function>map(
                step ->
                    slots -> {
                      Object value = function.value(slots);
                      return value == null ? null : step.apply(value);
                    })
            .orElse(function));
  }

  /** BigQuery's names of columns do not differ by case alone. */
  private void checkClashes() {
    Map<String, String> taken = new HashMap<>();
    for (int i = 0; i < input.getFieldCount(); i++) {
      String field = input.getField(i).getName();
      String name = config.mappings.getOrDefault(field, field);
      Column column = columns.get(name);
      if (column != null && column.index == i && column.dropped) {
        continue;
      }
      clash(
          taken,
          name,
          field.equals(name)
              ? "the field '" + name + "'"
              : "'" + field + "' renamed '" + name + "'");
    }
    config
        .formulas
        .keySet()
        .forEach(name -> clash(taken, name, "the calculated field '" + name + "'"));
    for (String name : config.formulas.keySet()) {
      Column column = columns.get(name);
      if (column != null && column.dropped) {
        problem(
            "calculated_fields",
            name,
            "a field that is dropped has this name; give one of them another by field_mappings");
      }
    }
  }

  private void clash(Map<String, String> taken, String name, String what) {
    String other = taken.putIfAbsent(name.toLowerCase(Locale.ROOT), what);
    if (other != null) {
      problems.add(
          "--"
              + Transformation.FLAG
              + ": "
              + other
              + " and "
              + what
              + " would be the same column, since BigQuery does not tell upper from lower case;"
              + " rename one by field_mappings");
    }
  }

  private void problem(String key, String field, String problem) {
    problems.add(Transformation.at(key, field, problem));
  }

  private BoundTransformation result() {
    int fields = input.getFieldCount();
    Step[] steps = new Step[fields];
    boolean[] used = new boolean[fields];
    List<Schema.Field> output = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, Boolean> changed = new HashMap<>();
    Set<String> blurred = new HashSet<>();
    for (Column column : columns.values()) {
      steps[column.index] = column.step();
      used[column.index] = !column.dropped || usedByCalculations.contains(column.name);
      if (!column.dropped) {
        output.add(column.field.withName(column.name).withType(column.type));
        order.add(column.index);
        names.put(column.field.getName(), column.name);
        changed.put(column.name, column.changes());
        if (column.blurred) {
          blurred.add(column.name);
        }
      }
    }
    for (String name : config.formulas.keySet()) {
      Slot slot = slots.get(name);
      output.add(Schema.Field.of(name, slot.type()));
      order.add(slot.index());
      changed.put(name, true);
    }
    return new BoundTransformation(
        config,
        input,
        Schema.builder().addFields(output).build(),
        steps,
        used,
        calculations.toArray(new Calculation.Function[0]),
        order.stream().mapToInt(Integer::intValue).toArray(),
        names,
        changed,
        blurred);
  }
}
