package io.deltaflow.template;

import java.beans.Introspector;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.options.PipelineOptions;

/** The names of Beam's own options: of interfaces, with what they inherit. */
final class BeamOptionNames {
  private BeamOptionNames() {}

  static Set<String> of(Collection<Class<? extends PipelineOptions>> interfaces) {
    Set<String> names = new TreeSet<>();
    for (Class<? extends PipelineOptions> options : interfaces) {
      for (Method method : options.getMethods()) {
        property(method).ifPresent(names::add);
      }
    }
    return names;
  }

  private static Optional<String> property(Method method) {
    String name = method.getName();
    if (method.getParameterCount() > 0 || method.isDefault()) {
      return Optional.empty();
    }
    if (name.startsWith("get") && name.length() > 3) {
      return Optional.of(Introspector.decapitalize(name.substring(3)));
    }
    if (name.startsWith("is") && name.length() > 2) {
      return Optional.of(Introspector.decapitalize(name.substring(2)));
    }
    return Optional.empty();
  }
}
