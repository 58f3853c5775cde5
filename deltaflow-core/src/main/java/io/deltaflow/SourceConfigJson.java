package io.deltaflow;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;

/** The options that arrive through {@code source_config}. */
final class SourceConfigJson {
  private static final int LIMIT = 1 << 20;
  private static final int DEEPEST = 100;
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SourceConfigJson() {}

  static void addTo(Map<String, String> texts, String json, List<String> problems) {
    if (json == null || json.isBlank()) {
      return;
    }
    if (json.length() > LIMIT) {
      problems.add("--source_config: " + json.length() + " characters are more than 1 MB");
      return;
    }
    JsonNode node;
    try {
      node = JSON.readTree(json);
    } catch (StreamConstraintsException e) {
      problems.add(
          "--source_config is nested deeper than "
              + DEEPEST
              + " levels, or has a number of more than 1,000 digits");
      return;
    } catch (JsonProcessingException e) {
      // The text may hold a password: say where, not what.
      problems.add(
          "--source_config is no valid JSON, or names something twice (line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ")");
      return;
    }
    if (!node.isObject()) {
      problems.add("--source_config is no JSON object of flag names and values");
      return;
    }
    node.fields().forEachRemaining(e -> add(texts, e.getKey(), e.getValue(), problems));
  }

  private static void add(
      Map<String, String> texts, String flag, JsonNode value, List<String> problems) {
    if (texts.containsKey(flag)) {
      problems.add("--" + flag + " is given both as a flag and in --source_config");
    } else {
      texts.put(flag, value.isTextual() ? value.asText() : value.toString());
    }
  }
}
