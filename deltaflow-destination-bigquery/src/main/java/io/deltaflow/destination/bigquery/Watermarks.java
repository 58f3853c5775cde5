package io.deltaflow.destination.bigquery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deltaflow.LedgerEntry;
import io.deltaflow.destination.SourceProgress;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.StoredWatermark;
import io.deltaflow.spi.Window;
import io.deltaflow.spi.error.DestinationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Watermarks and windows as the JSON of the state table and the ledger. */
final class Watermarks {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Watermarks() {}

  /** By source identity. */
  static Map<String, StoredWatermark> parse(String json, long epoch, TableName table) {
    Map<String, StoredWatermark> watermarks = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, JsonNode> e : object(json).properties()) {
        watermarks.put(e.getKey(), watermark(e.getValue(), epoch));
      }
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw new DestinationException(
          "the watermarks in "
              + table
              + " cannot be understood: "
              + json
              + "; were they changed by hand? Restore them from the table's history (FOR"
              + " SYSTEM_TIME AS OF)",
          e);
    }
    return watermarks;
  }

  /**
   * The stored watermarks with those of this run's windows in place of the old ones. A source that
   * was read without a window has come to no known position: a later run that went on from the old
   * one could write its rows again, so that one is removed.
   *
   * @param replaces whether no row stays that was there; then no other source keeps a watermark
   */
  static String advance(String json, List<SourceProgress> sources, boolean replaces) {
    ObjectNode next;
    try {
      next = object(json).deepCopy();
    } catch (JsonProcessingException e) {
      throw new DestinationException("the stored watermarks are no valid JSON: " + json, e);
    }
    if (replaces) {
      next.retain(sources.stream().map(SourceProgress::identity).toList());
    }
    for (SourceProgress source : sources) {
      if (source.window().isPresent()) {
        Window w = source.window().get();
        next.putObject(source.identity())
            .put("cursor", w.cursor())
            .put("kind", w.hi().kind().name())
            .put("position", w.hi().toString());
      } else {
        next.remove(source.identity());
      }
    }
    return next.toString();
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

  private static StoredWatermark watermark(JsonNode node, long epoch) {
    CursorKind kind = CursorKind.valueOf(node.get("kind").asText());
    return new StoredWatermark(
        CursorPosition.parse(kind, node.get("position").asText()),
        node.get("cursor").asText(),
        epoch);
  }
}
