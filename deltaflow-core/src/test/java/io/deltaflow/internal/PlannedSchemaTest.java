package io.deltaflow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.RowReader;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.UpperBound;
import io.deltaflow.spi.UpperBoundRequest;
import io.deltaflow.spi.error.SourceException;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.jupiter.api.Test;

/** Which changes of a source end a run that reads it. */
final class PlannedSchemaTest {
  private static final Field ID = Field.of("id", FieldTypes.INT64);

  private static Field field(String name, FieldType type) {
    return Field.nullable(name, type);
  }

  @Test
  void everyChangedColumnIsNamedWithBothTypes() {
    Schema before =
        Schema.of(
            ID,
            field("total", FieldTypes.numeric(10, 2)),
            field("tags", FieldType.array(FieldTypes.STRING)),
            field("home", FieldType.row(Schema.of(field("no", FieldTypes.INT64)))),
            field("gone", FieldTypes.STRING));
    Schema after =
        Schema.of(
            ID,
            field("total", FieldTypes.numeric(12, 2)),
            field("tags", FieldType.array(FieldTypes.INT64)),
            field("home", FieldType.row(Schema.of(field("no", FieldTypes.STRING)))),
            field("mail", FieldTypes.STRING));
    assertThat(PlannedSchema.changes(before, after))
        .containsExactly(
            "column 'total' was NUMERIC(10,2) and is NUMERIC(12,2)",
            "column 'tags' was ARRAY<STRING> and is ARRAY<INT64>",
            "column 'home' was RECORD<no INT64> and is RECORD<no STRING>",
            "column 'gone' is gone",
            "column 'mail' is new");
  }

  @Test
  void columnsThatSwapTheirNamesAreSeen() {
    Schema before = Schema.of(ID, field("a", FieldTypes.STRING), field("b", FieldTypes.STRING));
    Schema after = Schema.of(ID, field("b", FieldTypes.STRING), field("a", FieldTypes.STRING));
    assertThat(PlannedSchema.changes(before, after))
        .containsExactly("the columns were id, a, b and are id, b, a in this order");
  }

  @Test
  void commentsAndNullsDoNotCount() {
    Schema before = Schema.of(ID, field("a", FieldTypes.STRING));
    Schema after =
        Schema.of(
            field("id", FieldTypes.INT64),
            Field.of("a", FieldTypes.STRING).withDescription("the first letter"));
    assertThat(PlannedSchema.changes(before, after)).isEmpty();
  }

  @Test
  void aSchemaThatIsInferredFromRowsIsNotComparedAgain() throws Exception {
    Schema planned = Schema.of(ID);
    Schema now = Schema.of(ID, field("mail", FieldTypes.STRING));
    new PlannedSchema(new Detected(now, false), planned, null).requireUnchanged(1, null);
    assertThatThrownBy(
            () ->
                new PlannedSchema(new Detected(now, true), planned, null).requireUnchanged(1, null))
        .isInstanceOf(SourceException.class)
        .hasMessage(
            "a test was altered after the run was planned: column 'mail' is new. Nothing was"
                + " published; run again");
  }

  /** A source that only has a schema. */
  private record Detected(Schema schema, boolean isDeclared) implements Source {
    @Override
    public String description() {
      return "a test";
    }

    @Override
    public String identity() {
      return "test";
    }

    @Override
    public SchemaDetector schemaDetector(SourceContext context) {
      return new SchemaDetector() {
        @Override
        public DetectedSchema detect() {
          return DetectedSchema.of(schema);
        }

        @Override
        public boolean isDeclared() {
          return Detected.this.isDeclared();
        }
      };
    }

    @Override
    public UpperBound upperBound(UpperBoundRequest request, SourceContext context) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Split> split(ReadRequest request, SourceContext context) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RowReader open(Split split, ReadRequest request, SourceContext context) {
      throw new UnsupportedOperationException();
    }
  }
}
