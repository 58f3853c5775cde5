package io.deltaflow.destination.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.TableFieldSchema;
import io.deltaflow.spi.FieldTypes;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.schemas.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SQL has ASCII digits, also where the launcher's language has others. */
class LocaleTest {
  private final Locale before = Locale.getDefault();

  @BeforeEach
  void countInArabicDigits() {
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    assertThat("%d".formatted(7)).as("the locale has its own digits").isEqualTo("\u0667");
  }

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @Test
  void theGoldenFilesAreTheSame() {
    PublishScriptTest scripts = new PublishScriptTest();
    scripts.append();
    scripts.mergeWithACursor();
    scripts.mergeWithoutACursor();
    scripts.truncate();
    scripts.empty();
    scripts.replace();
    scripts.rowsOfManyPartitionsAreInsertedBySeveralStatements();
    scripts.noRowsTouchStateAndLedgerOnly();
  }

  @Test
  void arraysAreConvertedByTheSameExpressions() {
    Schema days = Schema.builder().addArrayField("days", FieldTypes.DATE).build();
    TableFieldSchema column =
        new TableFieldSchema().setName("days").setType("DATETIME").setMode("REPEATED");
    assertThat(SchemaMatch.of(days, List.of(column)).expressions())
        .containsExactly(
            "ARRAY(SELECT CAST(e0 AS DATETIME) FROM UNNEST(c0) AS e0 WITH OFFSET AS o0 ORDER BY"
                + " o0)");
  }
}
