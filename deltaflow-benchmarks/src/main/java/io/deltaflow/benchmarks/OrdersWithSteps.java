package io.deltaflow.benchmarks;

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
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;

/**
 * Orders with a typical configuration of steps on rows: two fields renamed, two converted, one
 * calculated, two checks. It stands in for such steps until there are some, and goes the slow way
 * of every connector that makes Rows.
 */
record OrdersWithSteps(Source source) implements Source {
  private static final long serialVersionUID = 1L;
  private static final BigDecimal NET = new BigDecimal("0.81");
  private static final Set<String> STATES = Set.of("new", "paid", "packed", "shipped", "returned");

  private static Schema after(Schema before) {
    Schema.Builder schema = Schema.builder();
    for (Schema.Field field : before.getFields()) {
      schema.addField(
          switch (field.getName()) {
            case "id" -> field.withName("order_id");
            case "note" -> field.withName("remark");
            case "customer_id" -> Schema.Field.of("customer_id", FieldTypes.STRING);
            case "amount" -> Schema.Field.nullable("amount", FieldTypes.FLOAT64);
            default -> field;
          });
    }
    return schema.addNullableField("net", FieldTypes.numeric(12, 2)).build();
  }

  @Override
  public SchemaDetector schemaDetector(SourceContext context) {
    return () -> DetectedSchema.of(after(source.schemaDetector(context).detect().schema()));
  }

  @Override
  public List<Split> split(ReadRequest request, SourceContext context) {
    return source.split(before(context), context);
  }

  private ReadRequest before(SourceContext context) {
    return ReadRequest.of(source.schemaDetector(context).detect().schema());
  }

  @Override
  public RowReader open(Split split, ReadRequest request, SourceContext context)
      throws IOException {
    return new Steps(source.open(split, before(context), context), request.schema());
  }

  @Override
  public String description() {
    return source.description();
  }

  @Override
  public String identity() {
    return source.identity();
  }

  @Override
  public UpperBound upperBound(UpperBoundRequest request, SourceContext context) {
    return source.upperBound(request, context);
  }

  /** In the order of the table's columns. */
  private static final class Steps implements RowReader {
    private final RowReader rows;
    private final Schema schema;

    Steps(RowReader rows, Schema schema) {
      this.rows = rows;
      this.schema = schema;
    }

    @Override
    public boolean advance() throws IOException {
      return rows.advance();
    }

    @Override
    public Row row() throws IOException {
      List<Object> values = new ArrayList<>(rows.row().getValues());
      Object state = values.get(2);
      if (state != null && !STATES.contains(state)) {
        throw new IllegalStateException("the check of status failed: " + state);
      }
      if (((Instant) values.get(8)).isBefore((Instant) values.get(7))) {
        throw new IllegalStateException("the check of updated_at failed");
      }
      values.set(1, values.get(1).toString());
      BigDecimal amount = (BigDecimal) values.get(3);
      values.set(3, amount == null ? null : amount.doubleValue());
      values.add(amount == null ? null : amount.multiply(NET).setScale(2, RoundingMode.HALF_UP));
      return Row.withSchema(schema).attachValues(values);
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }
}
