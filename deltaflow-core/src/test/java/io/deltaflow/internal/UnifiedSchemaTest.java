package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.jupiter.api.Test;

final class UnifiedSchemaTest {
  private static DetectedSchema unify(Schema... schemas) {
    List<UnifiedSchema.Part> parts = new java.util.ArrayList<>();
    for (Schema schema : schemas) {
      parts.add(new UnifiedSchema.Part("source " + parts.size(), DetectedSchema.of(schema)));
    }
    return UnifiedSchema.of(parts);
  }

  private static Schema one(FieldType type) {
    return Schema.builder().addField("x", type).build();
  }

  private static FieldType both(FieldType a, FieldType b) {
    FieldType type = unify(one(a), one(b)).schema().getField("x").getType();
    assertThat(unify(one(b), one(a)).schema().getField("x").getType())
        .as("the order of the sources does not matter")
        .isEqualTo(type);
    return type;
  }

  @Test
  void aFieldThatASourceLacksMayBeNull() {
    Schema unified =
        unify(
                Schema.builder()
                    .addField("id", FieldTypes.INT64)
                    .addField("a", FieldTypes.STRING)
                    .build(),
                Schema.builder()
                    .addField("b", FieldTypes.BOOL)
                    .addField("ID", FieldTypes.INT64)
                    .build())
            .schema();

    assertThat(unified.getFieldNames()).containsExactly("id", "a", "b");
    assertThat(unified.getField("id").getType().getNullable()).isFalse();
    assertThat(unified.getField("a").getType().getNullable()).isTrue();
    assertThat(unified.getField("b").getType().getNullable()).isTrue();
  }

  @Test
  void aColumnMayBeNullWhereOneSourceSaysSo() {
    assertThat(both(FieldTypes.STRING, FieldTypes.STRING.withNullable(true)).getNullable())
        .isTrue();
    assertThat(both(FieldTypes.STRING, FieldTypes.STRING).getNullable()).isFalse();
  }

  @Test
  void theWiderTypeHoldsTheValuesOfBoth() {
    assertThat(both(FieldTypes.INT64, FieldTypes.FLOAT64)).isEqualTo(FieldTypes.FLOAT64);
    assertThat(both(FieldTypes.INT64, FieldTypes.numeric())).isEqualTo(FieldTypes.numeric());
    assertThat(both(FieldTypes.INT64, FieldTypes.numeric(12, 2)))
        .isEqualTo(FieldTypes.numeric(21, 2));
    assertThat(both(FieldTypes.numeric(12, 2), FieldTypes.numeric(8, 5)))
        .isEqualTo(FieldTypes.numeric(15, 5));
    assertThat(both(FieldTypes.numeric(12, 2), FieldTypes.numeric()))
        .isEqualTo(FieldTypes.numeric());
    assertThat(
            both(FieldType.array(FieldTypes.INT64), FieldType.array(FieldTypes.FLOAT64))
                .getCollectionElementType())
        .isEqualTo(FieldTypes.FLOAT64);
    assertThat(
            both(FieldType.row(one(FieldTypes.INT64)), FieldType.row(one(FieldTypes.FLOAT64)))
                .getRowSchema()
                .getField("x")
                .getType())
        .isEqualTo(FieldTypes.FLOAT64);
  }

  @Test
  void everyColumnThatCannotBeUnifiedIsNamedWithItsTypes() {
    Schema a =
        Schema.builder()
            .addField("at", FieldTypes.TIMESTAMP)
            .addField("note", FieldTypes.STRING)
            .addField("size", FieldTypes.FLOAT64)
            .addField("same", FieldTypes.DATE)
            .build();
    Schema b =
        Schema.builder()
            .addField("At", FieldTypes.DATETIME)
            .addField("note", FieldTypes.JSON)
            .addField("size", FieldTypes.numeric(5, 2))
            .addField("same", FieldTypes.DATE)
            .build();

    assertThatThrownBy(() -> unify(a, b))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .satisfiesExactly(
                        p ->
                            assertThat(p)
                                .startsWith(
                                    "column 'at' is TIMESTAMP in source 0 and DATETIME in source"
                                        + " 1"),
                        p -> assertThat(p).contains("'note' is STRING in", "JSON in source 1"),
                        p -> assertThat(p).contains("FLOAT64 in", "NUMERIC(5,2) in source 1")));
  }

  @Test
  void twoFieldsOfOneSourceThatDifferInCaseAreRefused() {
    Schema both =
        Schema.builder().addField("Id", FieldTypes.INT64).addField("id", FieldTypes.INT64).build();

    assertThatThrownBy(() -> unify(both, one(FieldTypes.INT64)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("source 0 has the columns 'Id' and 'id'");
  }

  @Test
  void aKeyIsTheRunsWhenAllSourcesHaveIt() {
    DetectedSchema id = DetectedSchema.of(one(FieldTypes.INT64)).withPrimaryKey(List.of("x"));
    DetectedSchema upper = DetectedSchema.of(one(FieldTypes.INT64)).withPrimaryKey(List.of("X"));
    DetectedSchema none = DetectedSchema.of(one(FieldTypes.INT64));

    assertThat(
            UnifiedSchema.of(
                    List.of(new UnifiedSchema.Part("a", id), new UnifiedSchema.Part("b", upper)))
                .primaryKey())
        .containsExactly("x");
    assertThat(
            UnifiedSchema.of(
                    List.of(new UnifiedSchema.Part("a", id), new UnifiedSchema.Part("b", none)))
                .primaryKey())
        .isEmpty();
  }
}
