package io.deltaflow.destination.bigquery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deltaflow.LedgerEntry;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.destination.StoredWatermark;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.DestinationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Watermarks and windows as the JSON of the state table and the ledger. */
final class Watermarks {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Watermarks() {}

  /** By source identity. */
  static Map<String, StoredWatermark> parse(String json, TableName table) {
    Map<String, StoredWatermark> watermarks = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, JsonNode> e : object(json).properties()) {
        watermarks.put(e.getKey(), watermark(e.getValue()));
      }
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw notUnderstood(table.toString(), json, e);
    }
    return watermarks;
  }

  private static DestinationException notUnderstood(String table, String json, Exception e) {
    return new DestinationException(
        "the watermarks in "
            + table
            + " cannot be understood: "
            + json
            + "; were they changed by hand? Restore them from the table's history (FOR SYSTEM_TIME"
            + " AS OF)",
        e);
  }

  /**
   * The stored watermarks with those of this run's windows in place of the old ones. A source that
   * was read without a window has come to no known position: a later run that went on from the old
   * one could write its rows again, so that one is removed.
   *
   * @param largest the largest cursor of the rows that are published; null when there is none
   * @param replaces whether no row stays that was there; then nothing of what was stored does
   */
  static String advance(
      String json, List<SourceProgress> sources, CursorPosition largest, boolean replaces) {
    try {
      ObjectNode next = replaces ? JSON.createObjectNode() : object(json).deepCopy();
      for (SourceProgress source : sources) {
        JsonNode old = next.remove(source.identity());
        if (source.window().isPresent()) {
          Optional<StoredWatermark> before = Optional.ofNullable(old).map(Watermarks::watermark);
          put(next.putObject(source.identity()), source, before, largest);
        }
      }
      return next.toString();
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw notUnderstood("the state table", json, e);
    }
  }

  private static void put(
      ObjectNode entry,
      SourceProgress source,
      Optional<StoredWatermark> before,
      CursorPosition largest) {
    Window window = source.window().orElseThrow();
    entry
        .put("cursor", window.cursor())
        .put("kind", window.hi().kind().name())
        .put("position", window.hi().toString());
    // What this run could not learn it has not disproved either.
    source
        .system()
        .or(() -> before.flatMap(StoredWatermark::system))
        .ifPresent(system -> entry.put("system", system));
    before
        .flatMap(StoredWatermark::published)
        .filter(old -> largest == null || old.compareTo(largest) > 0)
        .or(() -> Optional.ofNullable(largest))
        .ifPresent(maximum -> entry.put("maximum", maximum.toString()));
  }

  /**
   * The largest cursor that a sync has published, as text.
   *
   * @param json from {@link #advance}
   */
  static Optional<String> maximum(String json, List<SourceProgress> sources) {
    try {
      ObjectNode watermarks = object(json);
      return sources.stream()
          .map(s -> watermarks.path(s.identity()).path("maximum").asText(null))
          .filter(Objects::nonNull)
          .findFirst();
    } catch (JsonProcessingException e) {
      throw notUnderstood("the state table", json, e);
    }
  }

  /** What a run read, for the ledger. */
  static String windows(List<SourceProgress> sources) {
    ArrayNode list = JSON.createArrayNode();
    for (SourceProgress source : sources) {
      ObjectNode entry =
          list.addObject()
              .put("identity", source.identity())
              .put("description", source.description());
      if (source.window().isPresent()) {
        Window w = source.window().get();
        entry
            .put("cursor", w.cursor())
            .put("kind", w.hi().kind().name())
            .put("lo", w.lo().map(CursorPosition::toString).orElse(null))
            .put("hi", w.hi().toString())
            .put("include_null", w.includeNull());
      }
    }
    return list.toString();
  }

  /** The inverse of {@link #windows}. */
  static List<LedgerEntry.SourceRead> parseWindows(String json, TableName table) {
    List<LedgerEntry.SourceRead> sources = new ArrayList<>();
    try {
      for (JsonNode entry : json == null ? JSON.createArrayNode() : JSON.readTree(json)) {
        sources.add(
            new LedgerEntry.SourceRead(
                text(entry, "description"),
                text(entry, "cursor"),
                text(entry, "lo"),
                text(entry, "hi")));
      }
    } catch (JsonProcessingException e) {
      throw new DestinationException(
          "the sources in "
              + table
              + " are no valid JSON: "
              + json
              + "; were they changed by hand?",
          e);
    }
    return sources;
  }

  private static String text(JsonNode entry, String field) {
    return entry.hasNonNull(field) ? entry.get(field).asText() : null;
  }

  private static ObjectNode object(String json) throws JsonProcessingException {
    JsonNode node = json == null ? JSON.createObjectNode() : JSON.readTree(json);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException("not a JSON object");
  }

  private static StoredWatermark watermark(JsonNode node) {
    CursorKind kind = CursorKind.valueOf(node.get("kind").asText());
    JsonNode maximum = node.get("maximum");
    return new StoredWatermark(
        CursorPosition.parse(kind, node.get("position").asText()),
        node.get("cursor").asText(),
        node.path("system").asText(null),
        maximum == null ? null : CursorPosition.parse(kind, maximum.asText()));
  }
}
