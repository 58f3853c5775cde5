package io.deltaflow.destination.bigquery;

import static io.deltaflow.destination.bigquery.Requests.ORDERS;
import static io.deltaflow.destination.bigquery.Requests.nullable;
import static io.deltaflow.destination.bigquery.Requests.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import com.google.api.services.bigquery.model.TimePartitioning;
import io.deltaflow.destination.Column;
import io.deltaflow.destination.ColumnType.Kind;
import io.deltaflow.destination.CreateDisposition;
import io.deltaflow.destination.SchemaEvolution;
import io.deltaflow.destination.WriteDisposition;
import io.deltaflow.destination.bigquery.BigQueryPlan.Action;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.junit.jupiter.api.Test;

class TargetPlannerTest {
  private static final TableName TARGET = new TableName("my-project", "shop", "orders");

  @Test
  void aNewTableIsPartitionedByDayOnTheDefaultField() {
    BigQueryPlan plan = plan(Requests.of(ORDERS));
    assertThat(plan.action()).isEqualTo(Action.CREATE);
    assertThat(plan.table().getTimePartitioning().getField()).isEqualTo("updated_at");
    assertThat(plan.table().getTimePartitioning().getType()).isEqualTo("DAY");
    assertThat(plan.warnings()).isEmpty();
    assertThat(plan.columns()).extracting(Column::loadName).containsExactly("c0", "c1", "c2", "c3");
    assertThat(plan.columns())
        .extracting(Column::required)
        .containsExactly(true, false, false, true);
  }

  @Test
  void ddlSaysWhatTheTableWillBe() {
    Schema schema =
        Schema.builder()
            .addFields(ORDERS.getFields())
            .addField(nullable("tags", FieldType.array(FieldTypes.STRING)))
            .addField(
                nullable(
                    "address", FieldType.row(Schema.of(required("street", FieldTypes.STRING)))))
            .addField(nullable("it's", FieldTypes.JSON))
            .build();
    BigQueryPlan plan =
        plan(
            Requests.of(schema)
                .disposition(WriteDisposition.WRITE_MERGE, "id")
                .clustering("customer", "id"));
    Golden.check("create-table.sql", plan.ddl().orElseThrow() + ";\n");
  }

  @Test
  void aPartitionFieldThatIsNotThereIsAWarning() {
    assertThat(plan(Requests.of(Schema.of(required("id", FieldTypes.INT64)))).warnings())
        .singleElement()
        .asString()
        .contains("no field 'updated_at'", "without partitioning");
    BigQueryPlan named = plan(Requests.of(ORDERS).partition("update_at"));
    assertThat(named.table().getTimePartitioning()).isNull();
    assertThat(named.warnings()).singleElement().asString().contains("did you mean 'updated_at'");
  }

  @Test
  void aPartitionFieldOfAnotherTypeIsAnErrorOnlyWhenGiven() {
    assertThatThrownBy(() -> plan(Requests.of(ORDERS).partition("customer")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("--partition_field")
        .hasMessageContaining("STRING")
        .hasMessageContaining("such as updated_at");
    Schema textual = Schema.of(nullable("updated_at", FieldTypes.STRING));
    assertThat(plan(Requests.of(textual)).warnings())
        .singleElement()
        .asString()
        .contains("'updated_at' is STRING");
  }

  @Test
  void clusteringFieldsAreChecked() {
    Schema wide =
        Schema.builder()
            .addFields(ORDERS.getFields())
            .addField(nullable("doc", FieldTypes.JSON))
            .build();
    assertThatThrownBy(() -> plan(Requests.of(wide).clustering("costumer", "doc", "id", "ID")))
        .hasMessageContaining("no field 'costumer'; did you mean 'customer'")
        .hasMessageContaining("'doc' is JSON")
        .hasMessageContaining("'ID' twice");
    Schema five =
        Schema.of(
            Arrays.stream("a b c d e".split(" "))
                .map(n -> nullable(n, FieldTypes.STRING))
                .toArray(Schema.Field[]::new));
    assertThatThrownBy(() -> plan(Requests.of(five).clustering("a", "b", "c", "d", "e")))
        .hasMessageContaining("5 fields")
        .hasMessageContaining("at most 4");
  }

  @Test
  void keysAreDeclaredOnlyWhereRowsKeepThem() {
    assertThat(
            plan(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_APPEND, "id"))
                .table()
                .getTableConstraints())
        .isNull();
    for (WriteDisposition d :
        new WriteDisposition[] {WriteDisposition.WRITE_MERGE, WriteDisposition.WRITE_TRUNCATE}) {
      assertThat(
              plan(Requests.of(ORDERS).disposition(d, "id"))
                  .table()
                  .getTableConstraints()
                  .getPrimaryKey()
                  .getColumns())
          .containsExactly("id");
    }
  }

  @Test
  void keysThatCannotBeMatchedAreRefused() {
    Schema schema = Schema.of(nullable("f", FieldTypes.FLOAT64), nullable("j", FieldTypes.JSON));
    assertThatThrownBy(
            () ->
                plan(Requests.of(schema).disposition(WriteDisposition.WRITE_MERGE, "f", "j", "k")))
        .hasMessageContaining("'f' is FLOAT64")
        .hasMessageContaining("'j' is JSON")
        .hasMessageContaining("no field 'k'");
  }

  @Test
  void anAbsentTableIsCreatedOnlyWhenThatIsAllowed() {
    assertThatThrownBy(
            () -> plan(Requests.of(ORDERS).creating(CreateDisposition.CREATE_NEVER, true)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("my-project.shop.orders does not exist")
        .hasMessageContaining("CREATE_NEVER");
    assertThatThrownBy(
            () -> plan(Requests.of(ORDERS).creating(CreateDisposition.CREATE_IF_NEEDED, false)))
        .hasMessageContaining("--enable_auto_schema=false");
  }

  @Test
  void anExistingTableKeepsItsNamesAndTypes() {
    BigQueryPlan plan =
        plan(
            Requests.of(ORDERS),
            table(
                column("ID", "INTEGER", "REQUIRED"),
                column("Total", "NUMERIC", "NULLABLE"),
                column("customer", "STRING", "NULLABLE"),
                column("updated_at", "TIMESTAMP", "NULLABLE"),
                column("note", "STRING", "NULLABLE")));
    assertThat(plan.action()).isEqualTo(Action.KEEP);
    assertThat(plan.ddl()).isEmpty();
    assertThat(plan.columns())
        .extracting(Column::name)
        .containsExactly("ID", "customer", "Total", "updated_at");
    assertThat(plan.columns())
        .extracting(Column::required)
        .containsExactly(true, false, false, false);
    assertThat(plan.expressions()).containsExactly("c0", "c1", "c2", "c3");
  }

  @Test
  void allMismatchesAreInOneMessage() {
    assertThatThrownBy(
            () ->
                plan(
                    Requests.of(ORDERS).evolution(SchemaEvolution.NONE),
                    table(
                        column("id", "STRING", "NULLABLE"),
                        column("total", "FLOAT", "NULLABLE"),
                        column("updated_at", "DATETIME", "NULLABLE"),
                        column("must", "STRING", "REQUIRED"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("column 'id' is INT64 at the source and STRING in the table")
        .hasMessageContaining("column 'total' is numeric(12,2) at the source and FLOAT64")
        .hasMessageContaining("an instant loses its time zone in a DATETIME")
        .hasMessageContaining("column 'must' of the table is REQUIRED")
        .hasMessageContaining("the table lacks 'customer'")
        .hasMessageContaining(
            "these changes are needed: ALTER TABLE `my-project`.`shop`.`orders` ALTER COLUMN `must`"
                + " DROP NOT NULL; ALTER TABLE `my-project`.`shop`.`orders` ADD COLUMN `customer`"
                + " STRING; make them, or let a run make them with --schema_evolution=additive");
  }

  @Test
  void losslessConversionsAreAccepted() {
    Schema schema =
        Schema.of(
            nullable("n", FieldTypes.INT64),
            nullable("d", FieldTypes.DATE),
            nullable("local", FieldTypes.DATETIME),
            nullable("doc", FieldTypes.JSON),
            nullable("count", FieldTypes.numeric(10, 0)),
            nullable("any", FieldTypes.numeric()));
    BigQueryPlan plan =
        plan(
            Requests.of(schema),
            table(
                column("n", "NUMERIC", "NULLABLE"),
                column("d", "DATETIME", "NULLABLE"),
                column("local", "TIMESTAMP", "NULLABLE"),
                column("doc", "STRING", "NULLABLE"),
                column("count", "INT64", "NULLABLE"),
                column("any", "NUMERIC", "NULLABLE")));
    assertThat(plan.columns())
        .extracting(c -> c.type().kind())
        .containsExactly(
            Kind.NUMERIC, Kind.DATE, Kind.TIMESTAMP, Kind.STRING, Kind.NUMERIC, Kind.NUMERIC);
    assertThat(plan.expressions())
        .containsExactly("c0", "CAST(c1 AS DATETIME)", "c2", "c3", "CAST(c4 AS INT64)", "c5");
    assertThat(plan.warnings())
        .anySatisfy(w -> assertThat(w).contains("column local", "taken as UTC"))
        .anySatisfy(w -> assertThat(w).contains("column any", "numeric of any size", "NUMERIC"));
  }

  @Test
  void recordsAreRebuiltWithTheTablesNamesAndOrder() {
    Schema address =
        Schema.of(nullable("street", FieldTypes.STRING), nullable("no", FieldTypes.INT64));
    BigQueryPlan plan =
        plan(
            Requests.of(
                Schema.of(
                    nullable("home", FieldType.row(address)),
                    nullable("others", FieldType.array(FieldType.row(address))))),
            table(
                column("home", "RECORD", "NULLABLE")
                    .setFields(
                        Arrays.asList(
                            column("no", "INTEGER", "NULLABLE"),
                            column("zip", "STRING", "NULLABLE"),
                            column("Street", "STRING", "NULLABLE"))),
                column("others", "RECORD", "REPEATED")
                    .setFields(
                        Arrays.asList(
                            column("street", "STRING", "NULLABLE"),
                            column("no", "INTEGER", "NULLABLE")))));
    assertThat(plan.expressions())
        .containsExactly(
            "IF(c0 IS NULL, NULL, STRUCT(c0.c1 AS `no`, CAST(NULL AS STRING) AS `zip`, c0.c0 AS"
                + " `Street`))",
            "ARRAY(SELECT IF(e0 IS NULL, NULL, STRUCT(e0.c0 AS `street`, e0.c1 AS `no`)) FROM"
                + " UNNEST(c1) AS e0 WITH OFFSET AS o0 ORDER BY o0)");
  }

  @Test
  void aTableThatDemandsAPartitionFilterIsOnlyAppendedTo() {
    Table table =
        new Table()
            .setSchema(new TableSchema().setFields(new TypeMapping().columns(ORDERS)))
            .setRequirePartitionFilter(true);
    assertThat(plan(Requests.of(ORDERS), table).action()).isEqualTo(Action.KEEP);
    assertThatThrownBy(
            () -> plan(Requests.of(ORDERS).disposition(WriteDisposition.WRITE_MERGE, "id"), table))
        .hasMessageContaining("require_partition_filter = false");
  }

  @Test
  void replacingATableOfTheSameShapeKeepsIt() {
    Table same =
        new Table()
            .setSchema(new TableSchema().setFields(new TypeMapping().columns(ORDERS)))
            .setTimePartitioning(new TimePartitioning().setType("DAY").setField("updated_at"));
    assertThat(plan(Requests.of(ORDERS).deleteExisting(), same).action()).isEqualTo(Action.EMPTY);
  }

  @Test
  void replacingATableOfAnotherShapeSaysWhatChanges() {
    Table other =
        table(
                column("id", "STRING", "NULLABLE"),
                column("gone", "STRING", "NULLABLE"),
                column("customer", "STRING", "NULLABLE"))
            .setClustering(new Clustering().setFields(java.util.List.of("gone")));
    BigQueryPlan plan = plan(Requests.of(ORDERS).deleteExisting(), other);
    assertThat(plan.action()).isEqualTo(Action.REPLACE);
    assertThat(plan.schemaChanges())
        .contains(
            "change column `id` STRING to `id` INT64 NOT NULL",
            "add column `total` NUMERIC(12, 2)",
            "drop column `gone` STRING",
            "change the layout from no partitioning and clustering by gone to partitioning by DAY"
                + " of updated_at");
    assertThat(plan.warnings()).anySatisfy(w -> assertThat(w).contains("absent for a moment"));
  }

  private static BigQueryPlan plan(Requests request) {
    return new TargetPlanner(TARGET, "EU", request.request()).plan(Optional.empty());
  }

  private static BigQueryPlan plan(Requests request, Table existing) {
    return new TargetPlanner(TARGET, "EU", request.request()).plan(Optional.of(existing));
  }

  private static Table table(TableFieldSchema... columns) {
    return new Table().setSchema(new TableSchema().setFields(Arrays.asList(columns)));
  }

  private static TableFieldSchema column(String name, String type, String mode) {
    return new TableFieldSchema().setName(name).setType(type).setMode(mode);
  }
}
