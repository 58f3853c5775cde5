package io.deltaflow.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.spi.FieldTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What docs/transformations.md shows is what happens. */
final class TransformationDocsTest {
  private static final Path PAGE = Path.of("../docs/transformations.md");
  private static final Schema SOURCE =
      Schema.builder()
          .addField("id", FieldTypes.INT64)
          .addNullableField("name", FieldTypes.STRING)
          .addNullableField("email", FieldTypes.STRING)
          .addNullableField("phone", FieldTypes.STRING)
          .addNullableField("status", FieldTypes.STRING)
          .addNullableField("quantity", FieldTypes.INT64)
          .addNullableField("price", FieldTypes.numeric(12, 2))
          .addNullableField("weight", FieldTypes.STRING)
          .addNullableField("ordered", FieldTypes.STRING)
          .addNullableField("updated_at", FieldTypes.TIMESTAMP)
          .addNullableField("details", FieldTypes.JSON)
          .addNullableField("tags", FieldType.array(FieldTypes.STRING))
          .build();

  /**
   * A configuration and the lines about it.
   *
   * @param kind the word behind {@code json}
   */
  private record Example(int line, String kind, String json, List<String> rows) {}

  private static List<Example> examples() throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.startsWith("```")) {
        continue;
      }
      List<String> block = new ArrayList<>();
      int start = i + 1;
      for (i++; !lines.get(i).equals("```"); i++) {
        block.add(lines.get(i));
      }
      if (line.startsWith("```json ")) {
        examples.add(
            new Example(start, line.substring(8), String.join("\n", block), new ArrayList<>()));
      } else if (line.equals("```rows")) {
        examples.get(examples.size() - 1).rows.addAll(block);
      }
    }
    return examples;
  }

  @TestFactory
  List<DynamicTest> examplesDoWhatThePageSays() throws IOException {
    return examples().stream()
        .map(example -> DynamicTest.dynamicTest("line " + example.line, () -> check(example)))
        .toList();
  }

  @Test
  void everyKeyTypeAndCheckHasAnExample() throws IOException {
    String all = examples().stream().map(Example::json).collect(Collectors.joining());

    for (String word :
        ("field_mappings type_conversions default_values value_transformations calculated_fields"
                + " string integer float boolean timestamp numeric date datetime time bytes json"
                + " regex_replace upper lower trim hash mask drop"
                + " not_null unique accepted_values range regex row_count freshness"
                + " warn dead_letter fail")
            .split(" ")) {
      assertThat(all).contains("\"" + word + (word.equals("numeric") ? "(" : "\""));
    }
    assertThat(examples()).allMatch(example -> !example.rows.isEmpty());
  }

  private static void check(Example example) {
    boolean checks = example.kind.equals("quality_checks");
    for (String line : example.rows) {
      String[] sides = line.split(" +→ +", 2);
      if (sides[0].isBlank() || sides[0].startsWith("refused")) {
        assertThatThrownBy(() -> Transformation.parse(example.json).bind(SOURCE))
            .hasMessageContaining(sides[1].strip());
        continue;
      }
      Row row = row(StrictJson.value(sides[0]));
      String expected = sides[1].strip();
      if (checks) {
        List<FailedCheck> failures =
            QualityChecks.parse(example.json).bind(SOURCE).rowChecks().failures(row);
        assertThat(
                failures.isEmpty()
                    ? "passes"
                    : failures.get(0).action().text() + ": " + failures.get(0))
            .isEqualTo(expected);
      } else if (expected.startsWith("{")) {
        Row result = Transformation.parse(example.json).bind(SOURCE).apply(row);
        StrictJson.value(expected)
            .fields()
            .forEachRemaining(entry -> same(result, entry.getKey(), entry.getValue()));
      } else {
        assertThatThrownBy(() -> Transformation.parse(example.json).bind(SOURCE).apply(row))
            .hasMessage(expected);
      }
    }
  }

  private static void same(Row row, String field, JsonNode expected) {
    if (expected.isTextual() && expected.textValue().equals("(no such column)")) {
      assertThat(row.getSchema().hasField(field)).isFalse();
      return;
    }
    Object value = row.getValue(field);
    FieldType type = row.getSchema().getField(field).getType();
    if (value instanceof byte[] bytes) {
      value = new String(bytes, StandardCharsets.UTF_8);
      type = FieldTypes.STRING;
    }
    assertThat(StrictJson.value(StrictJson.text(JsonTree.of(value, type))))
        .as(field)
        .isEqualTo(expected);
  }

  private static Row row(JsonNode values) {
    Map<String, Object> given = new HashMap<>();
    values
        .fields()
        .forEachRemaining(
            entry -> {
              Schema.Field field = SOURCE.getField(entry.getKey());
              if (entry.getValue().isArray() && field.getName().equals("tags")) {
                List<Object> tags = new ArrayList<>();
                entry.getValue().forEach(tag -> tags.add(tag.textValue()));
                given.put(field.getName(), tags);
              } else if (!entry.getValue().isNull()) {
                given.put(field.getName(), Literals.of(entry.getValue(), field.getType()));
              }
            });
    given.putIfAbsent("id", 1L);
    return Row.withSchema(SOURCE)
        .attachValues(new ArrayList<>(SOURCE.getFieldNames().stream().map(given::get).toList()));
  }
}
