package io.deltaflow.transform;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExprVisitor;
import dev.cel.common.types.CelType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.transform.Calculation.Slot;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * An expression of the Common Expression Language. It sees the row and nothing else, and always
 * ends.
 *
 * <p>NULL as in SQL where an operator or function meets it: the result is NULL, unless {@code ||},
 * {@code &&} or {@code ?:} do not need it. It can be compared with {@code null}.
 */
final class CelExpression implements Expression {
  private static final int MOST_TURNS = 100_000;
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableTimestampEpoch(true)
          .enableHeterogeneousNumericComparisons(true)
          .evaluateCanonicalTypesToNativeValues(true)
          .errorOnIntWrap(true)
          .comprehensionMaxIterations(MOST_TURNS)
          .build();
  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*");

  private final String text;
  private final Set<String> names;

  private CelExpression(String text, Set<String> names) {
    this.text = text;
    this.names = names;
  }

  /**
   * @throws IllegalArgumentException when it is none
   */
  static CelExpression parse(String text) {
    CelValidationResult result = builder().build().parse(text);
    Set<String> names = new LinkedHashSet<>();
    new CelExprVisitor() {
      @Override
      protected void visit(CelExpr expr, CelExpr.CelIdent ident) {
        names.add(ident.name());
      }
    }.visit(tree(text, result));
    return new CelExpression(text, names);
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public Calculation compile(String column, Map<String, Slot> fields) {
    CelBuilder builder = builder();
    Map<String, Variable> variables = new HashMap<>();
    names.stream()
        .filter(fields::containsKey)
        .forEach(
            name -> {
              Slot slot = fields.get(name);
              builder.addVar(name, CelValues.type(slot.type()));
              variables.put(name, new Variable(slot.index(), CelValues.toCel(slot.type())));
            });
    Cel cel = builder.build();
    CelValidationResult result = cel.check(tree(text, builder().build().parse(text)));
    checkNames(result, fields);
    CelType type = tree(text, result).getResultType();
    Optional<FieldType> known = CelValues.fieldType(type);
    try {
      CelRuntime.Program program = cel.createProgram(result.getAst());
      Function<Object, Object> fromCel = CelValues.fromCel(type);
      Evaluation evaluation = new Evaluation(column, text, program, variables, fromCel);
      return new Calculation(known.orElse(null), evaluation::of);
    } catch (CelEvaluationException | CelValidationException e) {
      throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
    }
  }

  private static CelBuilder builder() {
    CelBuilder builder =
        CelFactory.standardCelBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addCompilerLibraries(CelExtensions.strings(), CelExtensions.math(OPTIONS))
            .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.math(OPTIONS));
    return CelDecimals.addTo(builder);
  }

  private static CelAbstractSyntaxTree tree(String text, CelValidationResult result) {
    try {
      return result.getAst();
    } catch (CelValidationException e) {
      String issues =
          result.getErrors().stream()
              .map(issue -> at(issue) + issue.getMessage())
              .collect(Collectors.joining("; "));
      throw new IllegalArgumentException(
          "'" + text + "': " + (issues.isEmpty() ? e.getMessage() : issues), e);
    }
  }

  private static String at(CelIssue issue) {
    // Columns count from 0, and most expressions have one line.
    return issue.getSourceLocation().getLine() > 0
        ? "at character " + (issue.getSourceLocation().getColumn() + 1) + ": "
        : "";
  }

  private static void checkNames(CelValidationResult result, Map<String, Slot> fields) {
    for (CelIssue issue : result.getErrors()) {
      Matcher matcher = UNDECLARED.matcher(issue.getMessage());
      if (matcher.matches() && !fields.containsKey(matcher.group(1))) {
        String name = matcher.group(1);
        if (name.equals("len")) {
          throw new IllegalArgumentException(
              "len(...) takes the name of one field; in longer expressions write size(...)");
        } else if (CelDecimals.isFunction(name)) {
          continue;
        }
        throw new UnknownFieldException(name);
      }
    }
  }

  /**
   * @param toCel null when values are taken as they are
   */
  private record Variable(int slot, Function<Object, Object> toCel) {}

  private record Evaluation(
      String column,
      String text,
      CelRuntime.Program program,
      Map<String, Variable> variables,
      Function<Object, Object> fromCel) {

    Object of(Object[] slots) {
      Object result;
      try {
        result = program.eval((CelVariableResolver) name -> find(name, slots));
      } catch (CelEvaluationException e) {
        if (hasNull(slots) && metNull(e)) {
          return null;
        }
        throw failed(withReason(e), e);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw failed(e.getMessage(), e);
      }
      if (CelValues.isNull(result)) {
        return null;
      }
      try {
        return fromCel.apply(result);
      } catch (IllegalArgumentException e) {
        throw failed(e.getMessage(), e);
      }
    }

    private Optional<Object> find(String name, Object[] slots) {
      Variable variable = variables.get(name);
      if (variable == null) {
        return Optional.empty();
      }
      Object value = slots[variable.slot];
      if (value == null) {
        return Optional.of(CelValues.NULL);
      }
      return Optional.of(variable.toCel == null ? value : variable.toCel.apply(value));
    }

    private boolean hasNull(Object[] slots) {
      for (Variable variable : variables.values()) {
        if (slots[variable.slot] == null) {
          return true;
        }
      }
      return false;
    }

    /** Whether NULL stood where the expression needs a value. */
    private static boolean metNull(CelEvaluationException e) {
      String message = e.getMessage();
      return e.getErrorCode() == CelErrorCode.OVERLOAD_NOT_FOUND
          || message.contains("found: NULL_VALUE")
          || message.contains("but got 'NullValue'")
          || message.contains("Field selections must be performed on messages or maps");
    }

    private static String withReason(CelEvaluationException e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return root == e ? e.getMessage() : e.getMessage() + ": " + root.getMessage();
    }

    private BadValueException failed(String problem, Exception cause) {
      return new BadValueException(column, "'" + text + "' has no result: " + problem, cause);
    }
  }
}
