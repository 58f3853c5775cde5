package io.deltaflow.transform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.deltaflow.spi.error.ConfigurationException;

/** JSON that names nothing twice, with numbers as they are written. */
final class StrictJson {
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
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(JsonNodeFactory.withExactBigDecimals(true))
          .build();

  private StrictJson() {}

  /** What a user configured. */
  static JsonNode configuration(String flag, String text) {
    if (text.length() > LIMIT) {
      throw new ConfigurationException(
          "--" + flag + ": " + text.length() + " characters are more than 1 MB");
    }
    try {
      return JSON.readTree(text);
    } catch (StreamConstraintsException e) {
      throw new ConfigurationException(
          "--"
              + flag
              + " is nested deeper than "
              + DEEPEST
              + " levels, or has a number of more than 1,000 digits");
    } catch (JsonProcessingException e) {
      // The text may hold a key: say where, not what.
      throw new ConfigurationException(
          "--"
              + flag
              + " is no valid JSON, or names something twice (line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ")");
    }
  }

  /**
   * A value of a row.
   *
   * @throws IllegalArgumentException when it is no JSON
   */
  static JsonNode value(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (node.isMissingNode()) {
        throw new IllegalArgumentException("an empty text is no JSON");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the text is no valid JSON", e);
    }
  }

  static String text(Object tree) {
    try {
      return JSON.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the value cannot be written as JSON", e);
    }
  }
}
