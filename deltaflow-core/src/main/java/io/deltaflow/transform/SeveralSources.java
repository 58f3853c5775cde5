package io.deltaflow.transform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.transform.Transformation.Formula;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.beam.sdk.schemas.Schema;

/**
 * One configuration for several sources: what names a field is left out for a source that lacks it,
 * as long as another has it.
 */
final class SeveralSources {
  private final Transformation config;
  private final List<Schema> inputs;
  private final List<Set<String>> names = new ArrayList<>();
  private final Set<String> anywhere = new HashSet<>();

  SeveralSources(Transformation config, List<Schema> inputs) {
    this.config = config;
    this.inputs = inputs;
    for (Schema input : inputs) {
      Set<String> own = new HashSet<>();
      input.getFieldNames().forEach(n -> own.add(config.mappings.getOrDefault(n, n)));
      names.add(own);
      anywhere.addAll(own);
    }
    anywhere.addAll(config.formulas.keySet());
  }

  List<BoundTransformation> bind() {
    List<BoundTransformation> bound = new ArrayList<>();
    Set<String> problems = new java.util.LinkedHashSet<>();
    for (int i = 0; i < inputs.size(); i++) {
      try {
        bound.add(Transformation.parse(textFor(i)).bind(inputs.get(i)));
      } catch (ConfigurationException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(List.copyOf(problems));
    }
    return bound;
  }

  /** What is in no source stays for the first, which then says so. */
  private String textFor(int source) {
    if (config.isEmpty()) {
      return "";
    }
    ObjectNode text = (ObjectNode) StrictJson.configuration(Transformation.FLAG, config.json);
    boolean first = source == 0;
    Schema input = inputs.get(source);
    Set<String> own = new HashSet<>(names.get(source));
    retain(
        text,
        "field_mappings",
        name -> input.hasField(name) || first && inputs.stream().noneMatch(s -> s.hasField(name)));
    Predicate<String> known = name -> own.contains(name) || first && !anywhere.contains(name);
    retain(text, "type_conversions", known);
    retain(text, "default_values", known);
    retain(text, "value_transformations", known);
    Set<String> possible = possible(own);
    retain(text, "calculated_fields", possible::contains);
    return text.toString();
  }

  private static void retain(ObjectNode text, String key, Predicate<String> wanted) {
    if (text.get(key) instanceof ObjectNode fields) {
      for (Iterator<String> all = fields.fieldNames(); all.hasNext(); ) {
        if (!wanted.test(all.next())) {
          all.remove();
        }
      }
    }
  }

  /** The calculated fields that use nothing which only other sources have. */
  private Set<String> possible(Set<String> own) {
    Set<String> possible = new HashSet<>(config.formulas.keySet());
    boolean changed = true;
    while (changed) {
      changed =
          possible.removeIf(
              name ->
                  uses(config.formulas.get(name)).stream()
                      .anyMatch(
                          used ->
                              anywhere.contains(used)
                                  && !own.contains(used)
                                  && !possible.contains(used)));
    }
    return possible;
  }

  private Set<String> uses(Formula formula) {
    try {
      return TransformationBinding.parse(formula.expression(), anywhere).names();
    } catch (IllegalArgumentException e) {
      // Told where it is bound.
      return Set.of();
    }
  }
}
