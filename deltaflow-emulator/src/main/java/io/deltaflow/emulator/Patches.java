package io.deltaflow.emulator;

import com.google.api.client.json.GenericJson;
import com.google.api.client.util.Data;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Google's PATCH and PUT of resources. */
final class Patches {
  private Patches() {}

  /**
   * Changes a resource: a JSON null removes a field, labels are merged.
   *
   * @param replaces whether fields that are not given are removed too
   */
  static void apply(
      GenericJson wanted, GenericJson resource, Set<String> readOnly, boolean replaces) {
    if (replaces) {
      for (String name : new ArrayList<>(resource.keySet())) {
        if (!readOnly.contains(name) && !wanted.containsKey(name)) {
          resource.set(name, null);
        }
      }
    }
    for (Map.Entry<String, Object> entry : wanted.entrySet()) {
      String name = entry.getKey();
      if (readOnly.contains(name)) {
        continue;
      }
      Object value = entry.getValue();
      if (name.equals("labels") && !replaces && !Data.isNull(value)) {
        value = merged((Map<?, ?>) resource.get(name), (Map<?, ?>) value);
      }
      resource.set(name, Data.isNull(value) ? null : value);
    }
  }

  private static Map<Object, Object> merged(Map<?, ?> old, Map<?, ?> wanted) {
    Map<Object, Object> merged = new HashMap<>();
    if (old != null) {
      merged.putAll(old);
    }
    merged.putAll(wanted);
    merged.values().removeIf(Data::isNull);
    return merged;
  }
}
