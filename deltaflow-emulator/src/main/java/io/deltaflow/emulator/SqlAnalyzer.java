package io.deltaflow.emulator;

import com.google.common.collect.ImmutableList;
import com.google.zetasql.Analyzer;
import com.google.zetasql.AnalyzerOptions;
import com.google.zetasql.Constant;
import com.google.zetasql.LanguageOptions;
import com.google.zetasql.Parser;
import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.SimpleConstantProtos.SimpleConstantProto;
import com.google.zetasql.SqlException;
import com.google.zetasql.Type;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.Value;
import com.google.zetasql.ZetaSQLBuiltinFunctionOptions;
import com.google.zetasql.ZetaSQLOptions.ErrorMessageMode;
import com.google.zetasql.ZetaSQLOptions.LanguageFeature;
import com.google.zetasql.ZetaSQLOptions.ParameterMode;
import com.google.zetasql.ZetaSQLOptions.ProductMode;
import com.google.zetasql.parser.ASTNodes.ASTAlterStatementBase;
import com.google.zetasql.parser.ASTNodes.ASTIdentifier;
import com.google.zetasql.parser.ASTNodes.ASTScript;
import com.google.zetasql.parser.ASTNodes.ASTStatement;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedStatement;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Google's own analyzer of GoogleSQL, fed with the tables and variables that a text names.
 * Thread-safe.
 */
final class SqlAnalyzer {
  /**
   * The analyzer's channel is within the process; that gRPC finds no name resolvers there does not
   * matter.
   */
  private static final Logger RESOLVERS =
      Logger.getLogger("com.google.zetasql.io.grpc.NameResolverRegistry");

  static {
    RESOLVERS.setLevel(Level.SEVERE);
  }

  private static final LanguageOptions LANGUAGE = language();

  /** What a text may refer to. */
  interface Names {
    /** The table of a path such as {@code [p.d.t]} or {@code [d, t]}; fails when there is none. */
    BoundTable table(List<String> path);

    /** The script variables by lower-case name. */
    Map<String, TypedValue> variables();

    Map<String, TypedValue> namedParameters();

    List<TypedValue> positionalParameters();

    Map<List<String>, TypedValue> systemVariables();

    /** The table with the rows that it had at an instant. */
    BoundTable asOf(BoundTable table, Instant when);

    /** The value of an expression that reads no table. */
    Object constant(ResolvedExpr expression, Translation translation);
  }

  /**
   * @param tables by {@link BoundTable#key}
   */
  record Analyzed<T>(T node, Map<String, BoundTable> tables) {}

  private static final int MOST_VARIABLE_SETS = 16;

  /**
   * Catalogs that are not in use, by the variables in them. They hold no tables, but the built-in
   * functions, which take long to load.
   */
  private final Map<Map<String, String>, Deque<SimpleCatalog>> idle =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(
            Map.Entry<Map<String, String>, Deque<SimpleCatalog>> eldest) {
          return size() > MOST_VARIABLE_SETS;
        }
      };

  static LanguageOptions languageOptions() {
    return LANGUAGE;
  }

  private static LanguageOptions language() {
    LanguageOptions options = new LanguageOptions();
    options.enableMaximumLanguageFeatures();
    options.enableLanguageFeature(LanguageFeature.FEATURE_ALTER_COLUMN_SET_DATA_TYPE);
    options.setSupportsAllStatementKinds();
    options.setProductMode(ProductMode.PRODUCT_EXTERNAL);
    return options;
  }

  ASTScript parse(String script) {
    return translated(() -> Parser.parseScript(script, LANGUAGE));
  }

  Analyzed<ResolvedStatement> statement(String text, Names names) {
    AnalyzerOptions options = options(names);
    List<List<String>> paths =
        new ArrayList<>(translated(() -> Analyzer.extractTableNamesFromStatement(text, options)));
    alteredTable(text).ifPresent(paths::add);
    return analyzed(paths, names, catalog -> Analyzer.analyzeStatement(text, options, catalog));
  }

  Analyzed<ResolvedExpr> expression(String text, Names names) {
    AnalyzerOptions options = options(names);
    List<List<String>> paths =
        translated(
            () -> Analyzer.extractTableNamesFromStatement("SELECT (" + text + "\n)", options));
    return analyzed(paths, names, catalog -> Analyzer.analyzeExpression(text, options, catalog));
  }

  /** ALTER names a table that {@code extractTableNames} leaves out. */
  private static java.util.Optional<List<String>> alteredTable(String text) {
    if (!lower(text).contains("alter")) {
      return java.util.Optional.empty();
    }
    ASTStatement parsed = translated(() -> Parser.parseStatement(text, LANGUAGE));
    if (parsed instanceof ASTAlterStatementBase
        && ((ASTAlterStatementBase) parsed).getPath() != null) {
      return java.util.Optional.of(
          ((ASTAlterStatementBase) parsed)
              .getPath().getNames().stream()
                  .map(ASTIdentifier::getIdString)
                  .collect(Collectors.toList()));
    }
    return java.util.Optional.empty();
  }

  private interface Analysis<T> {
    T of(SimpleCatalog catalog);
  }

  private <T> Analyzed<T> analyzed(List<List<String>> paths, Names names, Analysis<T> analysis) {
    Map<List<String>, BoundTable> tables = new LinkedHashMap<>();
    for (List<String> path : paths) {
      tables.put(path, names.table(path));
    }
    Map<String, Type> variables = new LinkedHashMap<>();
    names.variables().forEach((name, value) -> variables.put(name, value.type()));
    SimpleCatalog catalog = borrow(variables);
    try {
      Map<String, BoundTable> byKey = new HashMap<>();
      tables.forEach(
          (path, table) -> {
            addTable(catalog, path, table);
            byKey.put(table.key(), table);
          });
      return new Analyzed<>(translated(() -> analysis.of(catalog)), byKey);
    } finally {
      giveBack(catalog, variables, paths);
    }
  }

  private static void addTable(SimpleCatalog root, List<String> path, BoundTable table) {
    SimpleCatalog catalog = root;
    for (String part : path.subList(0, path.size() - 1)) {
      SimpleCatalog inner = child(catalog, part);
      catalog = inner == null ? catalog.addNewSimpleCatalog(part) : inner;
    }
    String name = path.get(path.size() - 1);
    boolean taken = catalog.getTableNameList().stream().anyMatch(n -> n.equalsIgnoreCase(name));
    if (taken) {
      throw BigQueryError.unsupported(
          "table names in one statement that differ in case only: " + name);
    }
    catalog.addSimpleTable(name, table.simpleTable(name));
  }

  private static SimpleCatalog child(SimpleCatalog catalog, String name) {
    return catalog.getCatalogList().stream()
        .filter(c -> c.getFullName().equalsIgnoreCase(name))
        .findFirst()
        .orElse(null);
  }

  private static Constant constant(String name, Type type) {
    // Only the name and the type matter: the value is looked up when the statement runs.
    SimpleConstantProto proto =
        SimpleConstantProto.newBuilder()
            .addNamePath(name)
            .setType(type.serialize())
            .setValue(Value.createNullValue(type).serialize())
            .build();
    return Constant.deserialize(proto, ImmutableList.of(), TypeFactory.nonUniqueNames());
  }

  private static Map<String, String> signature(Map<String, Type> variables) {
    Map<String, String> signature = new HashMap<>();
    variables.forEach((name, type) -> signature.put(name, SqlTypes.name(type)));
    return signature;
  }

  private SimpleCatalog borrow(Map<String, Type> variables) {
    synchronized (idle) {
      Deque<SimpleCatalog> ready = idle.get(signature(variables));
      if (ready != null && !ready.isEmpty()) {
        return ready.pop();
      }
    }
    SimpleCatalog catalog = new SimpleCatalog("root");
    catalog.addZetaSQLFunctionsAndTypes(new ZetaSQLBuiltinFunctionOptions(LANGUAGE));
    variables.forEach((name, type) -> catalog.addConstant(constant(name, type)));
    return catalog;
  }

  private void giveBack(
      SimpleCatalog catalog, Map<String, Type> variables, List<List<String>> paths) {
    for (List<String> path : paths) {
      String first = path.get(0);
      if (path.size() == 1) {
        if (catalog.getTableNameList().stream().anyMatch(n -> n.equalsIgnoreCase(first))) {
          catalog.removeSimpleTable(first);
        }
      } else if (child(catalog, first) != null) {
        catalog.removeSimpleCatalog(child(catalog, first));
      }
    }
    synchronized (idle) {
      idle.computeIfAbsent(signature(variables), v -> new ArrayDeque<>()).push(catalog);
    }
  }

  private static AnalyzerOptions options(Names names) {
    AnalyzerOptions options = new AnalyzerOptions();
    options.setLanguageOptions(LANGUAGE);
    options.setErrorMessageMode(ErrorMessageMode.ERROR_MESSAGE_ONE_LINE);
    options.setPruneUnusedColumns(true);
    options.setDefaultTimezone("UTC");
    options.addDdlPseudoColumn(Warehouse.PARTITION_TIME, SqlTypes.TIMESTAMP);
    options.addDdlPseudoColumn("_PARTITIONDATE", SqlTypes.DATE);
    names.systemVariables().forEach((path, value) -> options.addSystemVariable(path, value.type()));
    if (names.positionalParameters().isEmpty()) {
      options.setParameterMode(ParameterMode.PARAMETER_NAMED);
      names
          .namedParameters()
          .forEach((name, value) -> options.addQueryParameter(name, value.type()));
    } else {
      options.setParameterMode(ParameterMode.PARAMETER_POSITIONAL);
      names.positionalParameters().forEach(v -> options.addPositionalQueryParameter(v.type()));
    }
    return options;
  }

  private static <T> T translated(Supplier<T> call) {
    try {
      return call.get();
    } catch (SqlException e) {
      throw SqlErrors.of(e);
    }
  }

  static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
