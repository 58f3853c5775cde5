package io.deltaflow.source.mongo;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What fields the documents seen so far had. Two of them merge in any order, and the order in which
 * documents are seen changes nothing.
 */
final class DocumentCensus implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Map<String, FieldCensus> fields = new HashMap<>();
  private long documents;

  /** Looks at a document, and into documents within it that many levels deep. */
  void add(Elements document, int deep) {
    documents++;
    for (int position = 0; document.advance(); position++) {
      fields
          .computeIfAbsent(document.name(), n -> new FieldCensus())
          .add(document.type(), document.bytes(), document.value(), position, deep);
    }
  }

  void merge(DocumentCensus other) {
    documents += other.documents;
    other.fields.forEach(
        (name, census) -> fields.computeIfAbsent(name, n -> new FieldCensus()).merge(census));
  }

  long documents() {
    return documents;
  }

  /** Null when no document had it. */
  FieldCensus field(String name) {
    return fields.get(name);
  }

  boolean isReference() {
    return fields.containsKey("$ref") && fields.containsKey("$id");
  }

  /** In the order in which documents have them. */
  List<String> names() {
    List<String> names = new ArrayList<>(fields.keySet());
    names.sort(
        Comparator.<String>comparingInt(n -> fields.get(n).position())
            .thenComparing(Comparator.naturalOrder()));
    return names;
  }
}
