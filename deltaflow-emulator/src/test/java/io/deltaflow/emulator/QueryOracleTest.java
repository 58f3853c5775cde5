package io.deltaflow.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zetasql.AnalyzerOptions;
import com.google.zetasql.PreparedQuery;
import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.SqlException;
import com.google.zetasql.Value;
import com.google.zetasql.ZetaSQLBuiltinFunctionOptions;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Queries without tables give what GoogleSQL's own interpreter gives. */
class QueryOracleTest {
  private static final String FAILED = "an error";
  private static SqlFixture fixture;
  private static SimpleCatalog catalog;

  @BeforeAll
  static void start() {
    fixture = new SqlFixture();
    catalog = new SimpleCatalog("oracle");
    catalog.addZetaSQLFunctionsAndTypes(
        new ZetaSQLBuiltinFunctionOptions(SqlAnalyzer.languageOptions()));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @TestFactory
  Stream<DynamicTest> resultIsTheInterpreters() throws IOException {
    try (InputStream file = getClass().getResourceAsStream("/oracle/expressions.sql")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .map(
                  sql ->
                      DynamicTest.dynamicTest(
                          sql, () -> assertThat(ours(sql)).isEqualTo(interpreted(sql))))
              .toList()
              .stream();
    }
  }

  private static Object interpreted(String sql) {
    AnalyzerOptions options = new AnalyzerOptions();
    options.setLanguageOptions(SqlAnalyzer.languageOptions());
    options.setDefaultTimezone("UTC");
    try (PreparedQuery query =
        PreparedQuery.builder()
            .setSql(sql)
            .setAnalyzerOptions(options)
            .setCatalog(catalog)
            .setTablesContents(Map.of())
            .prepare()) {
      List<Object> rows = new ArrayList<>();
      for (List<Value> row : query.execute(Map.of()).getTableData()) {
        List<Object> values = new ArrayList<>();
        row.forEach(
            v ->
                values.add(
                    plain(v.isNull() && v.getType().isArray() ? List.of() : SqlLiteral.value(v))));
        rows.add(values);
      }
      return rows;
    } catch (SqlException e) {
      return FAILED;
    }
  }

  private static Object ours(String sql) {
    try {
      return plain(fixture.rows(sql));
    } catch (BigQueryError e) {
      assertThat(e.reason()).as(e.getMessage()).isEqualTo("invalidQuery");
      return FAILED;
    }
  }

  /** In forms that can be compared. */
  private static Object plain(Object value) {
    if (value instanceof List) {
      List<Object> plain = new ArrayList<>();
      ((List<?>) value).forEach(v -> plain.add(plain(v)));
      return plain;
    }
    if (value instanceof BigDecimal) {
      return BigNumerics.text((BigDecimal) value);
    }
    return value instanceof byte[] ? HexFormat.of().formatHex((byte[]) value) : value;
  }
}
