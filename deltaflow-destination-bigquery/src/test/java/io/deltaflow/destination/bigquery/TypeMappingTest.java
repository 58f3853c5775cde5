package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType;
import io.deltaflow.spi.FieldTypes;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TypeMappingTest {
  static Stream<Arguments> types() {
    return Stream.of(
        arguments(FieldTypes.BOOL, "BOOL", "BOOL"),
        arguments(FieldTypes.INT64, "INT64", "INT64"),
        arguments(FieldTypes.FLOAT64, "FLOAT64", "FLOAT64"),
        arguments(FieldTypes.STRING, "STRING", "STRING"),
        arguments(FieldTypes.BYTES, "BYTES", "BYTES"),
        arguments(FieldTypes.DATE, "DATE", "DATE"),
        arguments(FieldTypes.TIME, "TIME", "TIME"),
        arguments(FieldTypes.DATETIME, "DATETIME", "DATETIME"),
        arguments(FieldTypes.TIMESTAMP, "TIMESTAMP", "TIMESTAMP"),
        arguments(FieldTypes.JSON, "JSON", "JSON"),
        arguments(FieldTypes.GEOGRAPHY, "GEOGRAPHY", "GEOGRAPHY"),
        arguments(FieldTypes.numeric(), "BIGNUMERIC", "BIGNUMERIC(76,38)"),
        arguments(FieldTypes.numeric(12, 2), "NUMERIC(12, 2)", "NUMERIC(12,2)"),
        arguments(FieldTypes.numeric(5, 0), "NUMERIC(5)", "NUMERIC(5,0)"),
        arguments(FieldTypes.numeric(38, 9), "NUMERIC", "NUMERIC(38,9)"),
        arguments(FieldTypes.numeric(3, 5), "NUMERIC(5, 5)", "NUMERIC(5,5)"),
        arguments(FieldTypes.numeric(5, -2), "NUMERIC(7)", "NUMERIC(7,0)"),
        arguments(FieldTypes.numeric(30, 0), "BIGNUMERIC(30)", "BIGNUMERIC(30,0)"),
        arguments(FieldTypes.numeric(20, 10), "BIGNUMERIC(20, 10)", "BIGNUMERIC(20,10)"),
        arguments(FieldTypes.numeric(76, 38), "BIGNUMERIC", "BIGNUMERIC(76,38)"),
        arguments(FieldTypes.numeric(40, 1), "STRING", "STRING"),
        arguments(FieldTypes.numeric(50, 39), "STRING", "STRING"),
        arguments(FieldType.array(FieldTypes.INT64), "ARRAY<INT64>", "repeated INT64"),
        arguments(
            FieldType.array(FieldTypes.numeric(9, 4)),
            "ARRAY<NUMERIC(9, 4)>",
            "repeated NUMERIC(9,4)"),
        arguments(
            FieldType.row(
                Schema.of(required("street", FieldTypes.STRING), nullable("no", FieldTypes.INT64))),
            "STRUCT<`street` STRING, `no` INT64>",
            "STRUCT[c0 STRING, c1 INT64]"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("types")
  void everyTypeHasItsColumnAndItsLoadType(FieldType source, String column, String load) {
    Schema schema = Schema.of(nullable("f", source));
    List<TableFieldSchema> fields = new TypeMapping().columns(schema);

    assertThat(FieldSchemas.sqlType(fields.get(0))).isEqualTo(column);
    SchemaMatch match = SchemaMatch.of(schema, fields);
    assertThat(match.problems()).isEmpty();
    assertThat(text(match.columns().get(0).type())).isEqualTo(load);
  }

  @Test
  void whatFitsNoNumberBecomesTextWithAWarning() {
    TypeMapping mapping = new TypeMapping();
    mapping.columns(Schema.of(nullable("huge", FieldTypes.numeric(1000, 500))));
    assertThat(mapping.warnings())
        .singleElement()
        .asString()
        .contains("huge", "numeric(1000,500)", "STRING");
  }

  @Test
  void modesDescriptionsAndOriginalNamesAreKept() {
    List<TableFieldSchema> fields =
        new TypeMapping()
            .columns(
                Schema.of(
                    required("id", FieldTypes.INT64).withDescription("the key"),
                    nullable("a.b", FieldTypes.STRING).withDescription("odd"),
                    required("tags", FieldType.array(FieldTypes.STRING))));
    assertThat(fields.get(0).getMode()).isEqualTo("REQUIRED");
    assertThat(fields.get(0).getDescription()).isEqualTo("the key");
    assertThat(fields.get(1).getName()).isEqualTo("a_b");
    assertThat(fields.get(1).getMode()).isEqualTo("NULLABLE");
    assertThat(fields.get(1).getDescription()).isEqualTo("odd (source field: a.b)");
    assertThat(fields.get(2).getMode()).isEqualTo("REPEATED");
  }

  private static String text(ColumnType type) {
    String size = type.precision() == 0 ? "" : "(" + type.precision() + "," + type.scale() + ")";
    String fields =
        type.fields().isEmpty()
            ? ""
            : type.fields().stream().map(TypeMappingTest::text).toList().toString();
    return (type.repeated() ? "repeated " : "") + type.kind() + size + fields;
  }

  private static String text(Column column) {
    return column.loadName() + " " + text(column.type());
  }
}
