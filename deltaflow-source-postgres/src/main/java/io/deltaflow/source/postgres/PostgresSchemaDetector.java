package io.deltaflow.source.postgres;

import io.deltaflow.spi.DetectedSchema;
import io.deltaflow.spi.SchemaDetector;
import io.deltaflow.spi.SourceContext;
import io.deltaflow.spi.error.ConfigurationException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;

/** Detects from the catalog; runs nothing of the user's. */
record PostgresSchemaDetector(PostgresSource source, SourceContext context)
    implements SchemaDetector {
  @Override
  public DetectedSchema detect() {
    Targets targets = source.targets();
    try (Lease lease = Pool.take(source.settings(), context)) {
      Relation relation = WholeRelation.find(lease, targets, Relations::describe);
      DetectedSchema detected = schema(relation);
      if (targets.windowed() != null && (targets.query() != null)) {
        DetectedSchema other = schema(Relations.describe(lease, targets.query()));
        if (!other.schema().equals(detected.schema())) {
          throw new ConfigurationException(
              targets.windowed().flag()
                  + " and "
                  + targets.query().flag()
                  + " must have the same columns, since both fill one destination; found "
                  + columns(detected)
                  + " and "
                  + columns(other));
        }
      }
      return targets.isTable()
          ? detected.withIdentity(source.identity(relation.table().name().toString()))
          : detected;
    } catch (SQLException e) {
      throw SqlErrors.working(e, source.settings(), "describing " + targets.description());
    }
  }

  private static String columns(DetectedSchema detected) {
    List<String> texts = new ArrayList<>();
    for (Schema.Field field : detected.schema().getFields()) {
      texts.add(field.getName() + " " + io.deltaflow.spi.FieldTypes.kind(field.getType()));
    }
    return texts.toString();
  }

  private DetectedSchema schema(Relation relation) {
    TypeMapper mapper = new TypeMapper(relation, source.timeZone());
    Schema.Builder schema = Schema.builder();
    List<String> warnings = new ArrayList<>();
    Map<String, String> types = new HashMap<>();
    if (source.settings().isExposed()) {
      warnings.add(
          source.settings().flags().of(PostgresOptions.SSLMODE)
              + " is "
              + source.settings().tls().mode()
              + ": nothing proves that "
              + source.settings().server()
              + " is your server"
              + (source.settings().tls().mode().mayBePlain()
                  ? ", and rows may pass unencrypted"
                  : "")
              + "; verify-full does"
              + (source.settings().tls().mode().mayBePlain() ? ", and encrypts" : ""));
    }
    for (Column column : relation.columns()) {
      Mapping mapping = mapper.map(column);
      String description = column.description() == null ? "" : column.description();
      schema.addField(
          Schema.Field.of(column.name(), mapping.type())
              .withNullable(relation.isNullable(column))
              .withDescription(description));
      types.put(column.name(), TypeText.of(column, relation.types()));
      if (mapping.warning() != null) {
        warnings.add(mapping.warning());
      }
    }
    DetectedSchema detected = DetectedSchema.of(schema.build()).withSourceTypes(types);
    Relation.TableFacts table = relation.table();
    if (table != null) {
      detected =
          detected
              .withPrimaryKey(table.primaryKey())
              .withDescription(table.description())
              .withEstimate(table.estimatedRows(), table.bytes());
      if (table.inherited()) {
        warnings.add(
            "other tables inherit from "
                + table.name()
                + ": its rows include theirs, and its keys do not hold over all of them");
      }
    }
    return detected.withWarnings(warnings);
  }
}
