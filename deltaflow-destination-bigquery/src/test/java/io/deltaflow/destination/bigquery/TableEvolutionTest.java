package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import io.deltaflow.destination.CreateDisposition;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run changes of a table that is there, and what it refuses to change. */
final class TableEvolutionTest {
  private static final TableName TARGET = new TableName("p", "d", "t");
  private static final String ALTER = "ALTER TABLE `p`.`d`.`t` ";

  private static BigQueryPlan plan(Requests requests, Table table) {
    return new TargetPlanner(TARGET, "EU", requests.request()).plan(Optional.of(table));
  }

  private static BigQueryPlan plan(Schema source, TableFieldSchema... columns) {
    return plan(Requests.of(source), table(columns));
  }

  private static Table table(TableFieldSchema... columns) {
    return new Table().setSchema(new TableSchema().setFields(Arrays.asList(columns)));
  }

  /** From a declaration such as {@code NUMERIC(10, 2) NOT NULL}. */
  private static TableFieldSchema column(String name, String declared) {
    boolean isRequired = declared.endsWith(" NOT NULL");
    String[] type = declared.replace(" NOT NULL", "").split("[(, )]+");
    TableFieldSchema column =
        new TableFieldSchema()
            .setName(name)
            .setType(type[0])
            .setMode(isRequired ? "REQUIRED" : "NULLABLE");
    if (type.length > 1) {
      column.setPrecision(Long.valueOf(type[1]));
    }
    if (type.length > 2) {
      column.setScale(Long.valueOf(type[2]));
    }
    return column;
  }

  private static FieldType numeric(String text) {
    if (text.equals("FLOAT64")) {
      return FieldTypes.FLOAT64;
    }
    String[] size = text.split("[(, )]+");
    return size.length == 1
        ? FieldTypes.numeric()
        : FieldTypes.numeric(Integer.parseInt(size[1]), Integer.parseInt(size[2]));
  }

  private static List<String> sql(BigQueryPlan plan) {
    return plan.alterations().stream().map(Alteration::sql).toList();
  }

  @Test
  void newColumnsAreAddedAsNullableInOneStatement() {
    BigQueryPlan plan =
        plan(
            Schema.of(
                required("id", FieldTypes.INT64),
                required("mail", FieldTypes.STRING).withDescription("where to write"),
                nullable("tags", FieldType.array(FieldTypes.STRING))),
            column("id", "INT64 NOT NULL"));
    assertThat(sql(plan))
        .containsExactly(
            ALTER
                + "ADD COLUMN IF NOT EXISTS `mail` STRING OPTIONS (description = 'where to"
                + " write'), ADD COLUMN IF NOT EXISTS `tags` ARRAY<STRING>");
    assertThat(plan.schemaChanges())
        .containsExactly("add column `mail` STRING", "add column `tags` ARRAY<STRING>");
    assertThat(plan.columns()).hasSize(3).noneMatch(c -> c.name().equals("mail") && c.required());
    assertThat(plan.table().getSchema().getFields()).hasSize(3);
    assertThat(plan.warnings())
        .anySatisfy(
            w ->
                assertThat(w)
                    .contains("'mail' is new", "NULL in rows", "--delete_existing_table=true"))
        .anySatisfy(w -> assertThat(w).contains("'tags' is new", "empty in rows"));
  }

  @Test
  void aPossibleRenameIsPointedOut() {
    BigQueryPlan plan =
        plan(
            Schema.of(required("id", FieldTypes.INT64), nullable("mail", FieldTypes.STRING)),
            column("id", "INT64"),
            column("email", "STRING"));
    assertThat(plan.warnings())
        .singleElement()
        .asString()
        .contains("'mail' is new", "the new name of email");
    assertThat(plan.columns()).noneMatch(c -> c.name().equals("email"));
  }

  @ParameterizedTest(name = "{0} and {1} at the source: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "INT64          | numeric(12, 2)  | NUMERIC",
        "INT64          | numeric(19, 0)  | NUMERIC",
        "INT64          | numeric(40, 12) | BIGNUMERIC",
        "INT64          | numeric         | BIGNUMERIC",
        "NUMERIC(10, 2) | numeric(12, 2)  | NUMERIC(12, 2)",
        "NUMERIC(10, 2) | numeric(10, 4)  | NUMERIC(12, 4)",
        "NUMERIC(10, 2) | numeric(38, 20) | BIGNUMERIC(38, 20)",
        "NUMERIC(10, 2) | numeric         | BIGNUMERIC",
        "NUMERIC        | numeric(30, 12) | BIGNUMERIC(41, 12)",
        "BIGNUMERIC(40, 20) | numeric(24, 2) | BIGNUMERIC(42, 20)",
      })
  void aTypeThatGrewIsWidened(String now, String source, String wide) {
    BigQueryPlan plan = plan(Schema.of(nullable("n", numeric(source))), column("n", now));
    assertThat(sql(plan)).containsExactly(ALTER + "ALTER COLUMN `n` SET DATA TYPE " + wide);
    assertThat(plan.schemaChanges()).containsExactly("change column `n` " + now + " to " + wide);
    assertThat(FieldSchemas.sqlType(plan.table().getSchema().getFields().get(0))).isEqualTo(wide);
    assertThat(plan.warnings()).noneMatch(w -> w.contains("wider than the table's"));
    assertThat(plan.warnings()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"INT64", "NUMERIC", "BIGNUMERIC"})
  void noColumnBecomesInexact(String now) {
    assertThatThrownBy(() -> plan(Schema.of(nullable("n", FieldTypes.FLOAT64)), column("n", now)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'n'")
        .hasMessageContaining(now);
  }

  @ParameterizedTest(name = "{0} and {1} at the source")
  @CsvSource(
      delimiter = '|',
      value = {
        "INT64          | numeric(18, 0)",
        "NUMERIC(12, 4) | numeric(10, 2)",
        "NUMERIC        | numeric",
        "BIGNUMERIC     | numeric(38, 20)",
        "NUMERIC(10, 2) | numeric(900, 2)",
      })
  void aTypeThatIsWideEnoughOrCannotGrowStays(String now, String source) {
    BigQueryPlan plan = plan(Schema.of(nullable("n", numeric(source))), column("n", now));
    assertThat(plan.alterations()).isEmpty();
    assertThat(plan.schemaChanges()).isEmpty();
  }

  @Test
  void aColumnWhoseNumbersAreRoundedStays() {
    Requests requests = Requests.of(Schema.of(nullable("n", FieldTypes.numeric(12, 4))));
    Table table = table(column("n", "NUMERIC(10, 2)"));
    assertThat(plan(requests, table).alterations()).isNotEmpty();
    assertThat(plan(requests.evolution(SchemaEvolution.ADDITIVE, "n"), table).alterations())
        .isEmpty();
  }

  @Test
  void columnsMayBeNullWhenTheyMayAtTheSourceOrAreGone() {
    BigQueryPlan plan =
        plan(
            Requests.of(
                    Schema.of(
                        nullable("id", FieldTypes.INT64), nullable("name", FieldTypes.STRING)))
                .disposition(WriteDisposition.WRITE_MERGE, "id"),
            table(
                column("id", "INT64 NOT NULL"),
                column("name", "STRING NOT NULL"),
                column("gone", "STRING NOT NULL"),
                column("filled", "STRING NOT NULL").setDefaultValueExpression("'x'")));
    assertThat(sql(plan))
        .containsExactly(
            ALTER + "ALTER COLUMN `name` DROP NOT NULL",
            ALTER + "ALTER COLUMN `gone` DROP NOT NULL");
    assertThat(plan.schemaChanges())
        .containsExactly(
            "let column `name` be NULL, which it may be at the source",
            "let column `gone` be NULL, which the source does not have");
    assertThat(plan.columns()).noneMatch(c -> c.name().equals("name") && c.required());
    assertThat(plan.columns()).anyMatch(c -> c.name().equals("id") && c.required());
  }

  @Test
  void whatCannotGrowIsRefusedInOneMessageWithBothTypes() {
    assertThatThrownBy(
            () ->
                plan(
                    Schema.of(
                        nullable("text", FieldTypes.STRING),
                        nullable("less", FieldTypes.INT64),
                        nullable("day", FieldTypes.TIMESTAMP),
                        nullable("list", FieldType.array(FieldTypes.numeric(20, 2))),
                        nullable("fine", FieldTypes.STRING)),
                    column("text", "INT64"),
                    column("less", "STRING"),
                    column("day", "DATE"),
                    column("list", "INT64").setMode("REPEATED")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("column 'text' is STRING at the source and INT64 in the table")
        .hasMessageContaining("column 'less' is INT64 at the source and STRING in the table")
        .hasMessageContaining("column 'day' is TIMESTAMP at the source and DATE in the table")
        .hasMessageContaining("column 'list' is numeric(20,2) at the source")
        .hasMessageContaining("--delete_existing_table=true");
  }

  @Test
  void typesOfKeysPartitionsAndClustersAreNotChanged() {
    Table table =
        table(column("id", "INT64"), column("at", "NUMERIC"), column("by", "INT64"))
            .setTimePartitioning(new TimePartitioning().setType("DAY").setField("at"))
            .setClustering(new Clustering().setFields(List.of("BY")));
    assertThatThrownBy(
            () ->
                plan(
                    Requests.of(
                            Schema.of(
                                nullable("id", FieldTypes.numeric(20, 0)),
                                nullable("at", FieldTypes.FLOAT64),
                                nullable("by", FieldTypes.FLOAT64)))
                        .disposition(WriteDisposition.WRITE_MERGE, "id"),
                    table))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("column 'id' is numeric(20,0) at the source and INT64 in the table")
        .hasMessageContaining("the type stays as it is, since it is a merge key")
        .hasMessageContaining("the type stays as it is, since the table is partitioned by it")
        .hasMessageContaining("the type stays as it is, since the table is clustered by it");
  }

  @Test
  void aMergeKeyThatTheTableLacksIsRefused() {
    Schema source = Schema.of(required("id", FieldTypes.INT64), nullable("n", FieldTypes.INT64));
    assertThatThrownBy(
            () ->
                plan(
                    Requests.of(source).disposition(WriteDisposition.WRITE_MERGE, "id"),
                    table(column("n", "INT64"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("the table lacks the merge key 'id'");
  }

  @Test
  void withoutEvolutionOrAutoSchemaNothingIsChanged() {
    Schema source = Schema.of(nullable("a", FieldTypes.numeric(20, 0)));
    for (Requests requests :
        List.of(
            Requests.of(source).evolution(SchemaEvolution.NONE),
            Requests.of(source).creating(CreateDisposition.CREATE_IF_NEEDED, false))) {
      assertThatThrownBy(() -> plan(requests, table(column("a", "INT64"))))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("column 'a' is numeric(20,0) at the source and INT64")
          .hasMessageContaining(ALTER + "ALTER COLUMN `a` SET DATA TYPE NUMERIC")
          .hasMessageContaining("--schema_evolution=additive");
      assertThat(plan(requests, table(column("a", "NUMERIC(18, 0) NOT NULL"))).alterations())
          .isEmpty();
    }
  }
}
