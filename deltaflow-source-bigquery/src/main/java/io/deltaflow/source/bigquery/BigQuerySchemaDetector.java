package io.deltaflow.source.bigquery;

import com.google.api.services.bigquery.model.Table;
import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.SourceContext;

/** Detects from the table's resource, or from a query's dry run; neither reads a row. */
record BigQuerySchemaDetector(BigQuerySource source, SourceContext context)
    implements SchemaDetector {
  @Override
  public DetectedSchema detect() {
    Described described = Described.find(source, new Warehouse(source, context));
    TypeMapper mapper = new TypeMapper(source.target().description());
    DetectedSchema detected =
        DetectedSchema.of(mapper.schema(described.columns())).withWarnings(mapper.warnings());
    Table table = described.table();
    if (table == null) {
      return detected;
    }
    if (table.getTableConstraints() != null
        && table.getTableConstraints().getPrimaryKey() != null) {
      detected = detected.withPrimaryKey(table.getTableConstraints().getPrimaryKey().getColumns());
    }
    if (described.isStored() && table.getNumRows() != null && table.getNumBytes() != null) {
      detected = detected.withEstimate(table.getNumRows().longValue(), table.getNumBytes());
    }
    return detected.withDescription(table.getDescription());
  }
}
