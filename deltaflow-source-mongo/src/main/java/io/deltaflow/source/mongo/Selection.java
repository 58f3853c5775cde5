package io.deltaflow.source.mongo;

import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * What the user asks for within the collection. Both are canonical Extended JSON, so that the same
 * words in another spelling are the same sync.
 *
 * @param query null reads all documents
 * @param projection null reads all fields
 * @param withId whether {@code _id} is among the fields; it is read in any case
 */
record Selection(String query, String projection, boolean withId) implements Serializable {
  private static final Set<String> JAVASCRIPT = Set.of("$where", "$function", "$accumulator");
  private static final JsonWriterSettings CANONICAL =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

  /** Adds a line to the problems for each thing that is wrong. */
  static Selection of(ConnectorConfig config, List<String> problems) {
    BsonDocument query = parse(config, MongoOptions.QUERY, problems);
    BsonDocument projection = parse(config, MongoOptions.PROJECTION, problems);
    boolean withId = true;
    if (projection != null && projection.containsKey("_id")) {
      BsonValue id = projection.get("_id");
      if (!id.isNumber() && !id.isBoolean()) {
        problems.add(
            Flags.of(config).of(MongoOptions.PROJECTION)
                + ": _id is read as it is, so it can be left out (0) and not be computed");
      } else {
        withId = id.isBoolean() ? id.asBoolean().getValue() : id.asNumber().doubleValue() != 0;
        if (!withId) {
          projection.remove("_id");
        }
      }
    }
    return new Selection(
        query == null || query.isEmpty() ? null : query.toJson(CANONICAL),
        projection == null || projection.isEmpty() ? null : projection.toJson(CANONICAL),
        withId);
  }

  private static BsonDocument parse(
      ConnectorConfig config, ConnectorOption<String> option, List<String> problems) {
    String text = config.find(option).orElse(null);
    if (text == null) {
      return null;
    }
    String flag = Flags.of(config).of(option);
    BsonDocument document;
    try {
      document = BsonDocument.parse(text);
    } catch (RuntimeException e) {
      // Whatever the driver's parser throws, it is about this text.
      problems.add(
          flag
              + ": '"
              + shortened(text)
              + "' is no JSON object ("
              + e.getMessage()
              + "); expected Extended JSON such as "
              + option.example().orElse("{}"));
      return null;
    }
    String javascript = javascript(document, 0);
    if (javascript != null) {
      problems.add(
          flag
              + ": "
              + javascript
              + " runs JavaScript on the server, which is not allowed; use the operators of find()"
              + " and $expr");
    }
    return document;
  }

  private static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "...";
  }

  /** The operator that runs JavaScript, or null. */
  private static String javascript(BsonValue value, int depth) {
    if (depth > JsonText.DEEPEST) {
      return "nesting deeper than " + JsonText.DEEPEST + " levels";
    }
    if (value.isJavaScript() || value.isJavaScriptWithScope()) {
      return "$code";
    }
    if (value instanceof BsonArray array) {
      return array.stream()
          .map(v -> javascript(v, depth + 1))
          .filter(java.util.Objects::nonNull)
          .findFirst()
          .orElse(null);
    }
    if (value instanceof BsonDocument document) {
      for (var entry : document.entrySet()) {
        if (JAVASCRIPT.contains(entry.getKey())) {
          return entry.getKey();
        }
        String inside = javascript(entry.getValue(), depth + 1);
        if (inside != null) {
          return inside;
        }
      }
    }
    return null;
  }

  /** Matches what the user asks for; empty for all. */
  BsonDocument filter() {
    return query == null ? new BsonDocument() : BsonDocument.parse(query);
  }

  /** Null for all fields. */
  BsonDocument fields() {
    return projection == null ? null : BsonDocument.parse(projection);
  }

  /** What tells two syncs of one collection apart; empty when all of it is read. */
  String identity() {
    if (query == null) {
      return "";
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(query.getBytes(StandardCharsets.UTF_8));
      return " query " + HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }
}
