package io.deltaflow.emulator;

import com.google.zetasql.StructType;
import com.google.zetasql.StructType.StructField;
import com.google.zetasql.Type;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.parser.ASTNode;
import com.google.zetasql.parser.ASTNodes.ASTAssignmentFromStruct;
import com.google.zetasql.parser.ASTNodes.ASTBeginEndBlock;
import com.google.zetasql.parser.ASTNodes.ASTBeginStatement;
import com.google.zetasql.parser.ASTNodes.ASTBreakStatement;
import com.google.zetasql.parser.ASTNodes.ASTCommitStatement;
import com.google.zetasql.parser.ASTNodes.ASTContinueStatement;
import com.google.zetasql.parser.ASTNodes.ASTElseifClause;
import com.google.zetasql.parser.ASTNodes.ASTExecuteImmediateStatement;
import com.google.zetasql.parser.ASTNodes.ASTExecuteUsingArgument;
import com.google.zetasql.parser.ASTNodes.ASTExpression;
import com.google.zetasql.parser.ASTNodes.ASTForInStatement;
import com.google.zetasql.parser.ASTNodes.ASTIdentifier;
import com.google.zetasql.parser.ASTNodes.ASTIfStatement;
import com.google.zetasql.parser.ASTNodes.ASTRaiseStatement;
import com.google.zetasql.parser.ASTNodes.ASTReturnStatement;
import com.google.zetasql.parser.ASTNodes.ASTRollbackStatement;
import com.google.zetasql.parser.ASTNodes.ASTScript;
import com.google.zetasql.parser.ASTNodes.ASTScriptStatement;
import com.google.zetasql.parser.ASTNodes.ASTSingleAssignment;
import com.google.zetasql.parser.ASTNodes.ASTStatement;
import com.google.zetasql.parser.ASTNodes.ASTStatementList;
import com.google.zetasql.parser.ASTNodes.ASTSystemVariableAssignment;
import com.google.zetasql.parser.ASTNodes.ASTVariableDeclaration;
import com.google.zetasql.parser.ASTNodes.ASTWhileStatement;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedExpr;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Runs a script, statement by statement. */
final class ScriptRunner {
  /** Errors that say something of the emulator or the job, not of the script. */
  private static final Set<String> NOT_FOR_HANDLERS =
      Set.of("notImplemented", "internalError", "stopped");

  /** Leaves a loop or the script. */
  private static final class Jump extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Class<? extends ASTStatement> to;

    private Jump(Class<? extends ASTStatement> to) {
      super(null, null, false, false);
      this.to = to;
    }
  }

  private final SqlAnalyzer analyzer;
  private final SqlSession session;
  private final StatementRunner statements;
  private final List<QueryResult> children = new ArrayList<>();
  private ScriptText text;
  private BigQueryError handled;
  private long expressionBytes;

  ScriptRunner(SqlAnalyzer analyzer, SqlSession session) {
    this.analyzer = analyzer;
    this.session = session;
    this.statements = new StatementRunner(analyzer, session, true);
  }

  QueryResult run(ASTScript script, String sql) {
    Instant started = Instant.now();
    text = new ScriptText(sql);
    try {
      runList(script.getStatementListNode());
    } catch (Jump jump) {
      if (jump.to != ASTReturnStatement.class) {
        throw new ScriptFailure(
            BigQueryError.invalidQuery("BREAK and CONTINUE are only allowed in loops"), children);
      }
    } catch (BigQueryError e) {
      throw new ScriptFailure(e, children);
    }
    return result(sql, started);
  }

  private QueryResult result(String sql, Instant started) {
    QueryResult last = null;
    long bytes = expressionBytes;
    for (QueryResult child : children) {
      bytes += child.bytesProcessed();
      last = child.schema() == null ? last : child;
    }
    return new QueryResult(
        sql,
        "SCRIPT",
        last == null ? null : last.schema(),
        last == null ? List.of() : last.rows(),
        null,
        null,
        bytes,
        started,
        Instant.now(),
        List.copyOf(children),
        null);
  }

  private void runList(ASTStatementList list) {
    if (list == null) {
      return;
    }
    for (ASTStatement statement : list.getStatementList()) {
      reach(statement);
      if (session.request().cancelled().getAsBoolean()) {
        throw new BigQueryError(
            "stopped", "Job execution was cancelled: User requested cancellation");
      }
      run(statement);
    }
  }

  /** As with a server that dies, no handler hears of a fault. */
  private void reach(ASTStatement statement) {
    String reached = text.of(statement);
    if (statement instanceof ASTIfStatement) {
      reached = "IF " + text.of(((ASTIfStatement) statement).getCondition());
    } else if (statement instanceof ASTBeginEndBlock
        || statement instanceof ASTWhileStatement
        || statement instanceof ASTForInStatement) {
      return;
    }
    try {
      session.request().beforeStatement().accept(reached);
    } catch (BigQueryError e) {
      throw new ScriptFailure(e, children);
    }
  }

  private void run(ASTStatement statement) {
    if (statement instanceof ASTBeginEndBlock) {
      block((ASTBeginEndBlock) statement);
    } else if (statement instanceof ASTIfStatement) {
      branch((ASTIfStatement) statement);
    } else if (statement instanceof ASTWhileStatement) {
      loop((ASTWhileStatement) statement);
    } else if (statement instanceof ASTForInStatement) {
      forIn((ASTForInStatement) statement);
    } else if (statement instanceof ASTBreakStatement
        || statement instanceof ASTContinueStatement) {
      throw new Jump(statement.getClass());
    } else if (statement instanceof ASTReturnStatement) {
      throw new Jump(ASTReturnStatement.class);
    } else if (statement instanceof ASTRaiseStatement) {
      raise((ASTRaiseStatement) statement);
    } else {
      placed(statement, () -> runPlain(statement));
    }
  }

  /** Gives errors of a statement its place. */
  private void placed(ASTNode node, Runnable action) {
    try {
      action.run();
    } catch (BigQueryError e) {
      throw inScript(e, node);
    }
  }

  private BigQueryError inScript(BigQueryError e, ASTNode node) {
    if (e.getMessage().startsWith("Query error: ") || NOT_FOR_HANDLERS.contains(e.reason())) {
      return e;
    }
    String place =
        e.getMessage().matches("(?s).* at \\[[0-9]+:[0-9]+\\]") ? "" : " " + text.position(node);
    BigQueryError placed = new BigQueryError(e.reason(), "Query error: " + e.getMessage() + place);
    placed.initCause(e);
    return placed;
  }

  private void runPlain(ASTStatement statement) {
    if (statement instanceof ASTVariableDeclaration) {
      declare((ASTVariableDeclaration) statement);
    } else if (statement instanceof ASTSingleAssignment) {
      ASTSingleAssignment assignment = (ASTSingleAssignment) statement;
      String name = assignment.getVariable().getIdString();
      session.assign(name, coerced(assignment.getExpression(), session.variableType(name)));
    } else if (statement instanceof ASTAssignmentFromStruct) {
      assignFromStruct((ASTAssignmentFromStruct) statement);
    } else if (statement instanceof ASTBeginStatement) {
      child("BEGIN_TRANSACTION", statement, session::begin);
    } else if (statement instanceof ASTCommitStatement) {
      child("COMMIT_TRANSACTION", statement, session::commit);
    } else if (statement instanceof ASTRollbackStatement) {
      child("ROLLBACK_TRANSACTION", statement, session::rollback);
    } else if (statement instanceof ASTExecuteImmediateStatement) {
      execute((ASTExecuteImmediateStatement) statement);
    } else if (statement instanceof ASTScriptStatement
        || statement instanceof ASTSystemVariableAssignment) {
      throw BigQueryError.unsupported(
          "the script statement " + statement.getClass().getSimpleName().substring(3));
    } else {
      child(text.inPlace(statement), StatementTypes.of(statement));
    }
  }

  private void child(String type, ASTStatement statement, Runnable action) {
    Instant started = Instant.now();
    String sql = text.of(statement);
    BigQueryError error = null;
    try {
      action.run();
    } catch (BigQueryError e) {
      error = e;
    }
    children.add(
        new QueryResult(
            sql, type, null, List.of(), null, null, 0, started, Instant.now(), List.of(), error));
    if (error != null) {
      throw error;
    }
  }

  private QueryResult child(String sql, String type) {
    Instant started = Instant.now();
    try {
      QueryResult result = statements.run(sql);
      children.add(result);
      return result;
    } catch (BigQueryError e) {
      children.add(
          new QueryResult(
              sql.strip(),
              type,
              null,
              List.of(),
              null,
              null,
              0,
              started,
              Instant.now(),
              List.of(),
              e));
      throw e;
    }
  }

  private void block(ASTBeginEndBlock block) {
    session.enterScope();
    try {
      runList(block.getStatementListNode());
    } catch (BigQueryError e) {
      if (block.getHandlerList() == null || NOT_FOR_HANDLERS.contains(e.reason())) {
        throw e;
      }
      handle(block, e);
    } finally {
      session.leaveScope();
    }
  }

  private void handle(ASTBeginEndBlock block, BigQueryError e) {
    BigQueryError outer = handled;
    handled = e;
    session.error(
        e.getMessage(), children.isEmpty() ? null : children.get(children.size() - 1).sql());
    try {
      runList(block.getHandlerList().getExceptionHandlerList().get(0).getStatementList());
    } finally {
      handled = outer;
      session.error(outer == null ? null : outer.getMessage(), null);
    }
  }

  private void branch(ASTIfStatement statement) {
    if (holds(statement.getCondition())) {
      runList(statement.getThenList());
      return;
    }
    if (statement.getElseifClauses() != null) {
      for (ASTElseifClause clause : statement.getElseifClauses().getElseifClauses()) {
        if (holds(clause.getCondition())) {
          runList(clause.getBody());
          return;
        }
      }
    }
    runList(statement.getElseList());
  }

  private boolean holds(ASTExpression condition) {
    Object[] value = new Object[1];
    placed(condition, () -> value[0] = coerced(condition, SqlTypes.BOOL));
    return Boolean.TRUE.equals(value[0]);
  }

  private void loop(ASTWhileStatement statement) {
    while (statement.getCondition() == null || holds(statement.getCondition())) {
      if (!iterate(statement.getBody())) {
        return;
      }
    }
  }

  /** Whether the loop goes on. */
  private boolean iterate(ASTStatementList body) {
    try {
      if (session.request().cancelled().getAsBoolean()) {
        throw new BigQueryError(
            "stopped", "Job execution was cancelled: User requested cancellation");
      }
      runList(body);
      return true;
    } catch (Jump jump) {
      if (jump.to == ASTReturnStatement.class) {
        throw jump;
      }
      return jump.to == ASTContinueStatement.class;
    }
  }

  private void forIn(ASTForInStatement statement) {
    QueryResult[] rows = new QueryResult[1];
    placed(statement, () -> rows[0] = child(text.inPlace(statement.getQuery()), "SELECT"));
    List<StructField> fields = new ArrayList<>();
    rows[0]
        .schema()
        .getFields()
        .forEach(f -> fields.add(new StructField(f.getName(), SqlTypes.of(f))));
    StructType type = TypeFactory.createStructType(fields);
    session.enterScope();
    try {
      String name = statement.getVariable().getIdString();
      session.declare(name, new TypedValue(type, null));
      for (List<Object> row : rows[0].rows()) {
        session.assign(name, row);
        if (!iterate(statement.getBody())) {
          return;
        }
      }
    } finally {
      session.leaveScope();
    }
  }

  private void raise(ASTRaiseStatement statement) {
    if (statement.getMessage() == null) {
      if (handled == null) {
        throw BigQueryError.invalidQuery(
            "Query error: Cannot re-raise an existing exception outside of an exception handler "
                + text.position(statement));
      }
      throw handled;
    }
    Object[] message = new Object[1];
    placed(statement, () -> message[0] = coerced(statement.getMessage(), SqlTypes.STRING));
    if (message[0] == null) {
      throw BigQueryError.invalidQuery(
          "Query error: The message of RAISE must not be NULL " + text.position(statement));
    }
    throw BigQueryError.invalidQuery("Query error: " + message[0] + " " + text.position(statement));
  }

  private void declare(ASTVariableDeclaration declaration) {
    Type type = null;
    Object value = null;
    if (declaration.getType() != null) {
      type =
          analyzer
              .expression("CAST(NULL AS " + text.of(declaration.getType()) + ")", session)
              .node()
              .getType();
    }
    if (declaration.getDefaultValue() != null) {
      if (type == null) {
        StatementRunner.Evaluated evaluated = evaluate(declaration.getDefaultValue());
        type = evaluated.value().type();
        value = evaluated.value().value();
      } else {
        value = coerced(declaration.getDefaultValue(), type);
      }
    }
    for (ASTIdentifier name : declaration.getVariableList().getIdentifierList()) {
      session.declare(name.getIdString(), new TypedValue(type, value));
    }
  }

  private StatementRunner.Evaluated evaluate(ASTExpression expression) {
    return evaluate(statements.analyze(text.inPlace(expression)));
  }

  private StatementRunner.Evaluated evaluate(SqlAnalyzer.Analyzed<ResolvedExpr> analyzed) {
    StatementRunner.Evaluated evaluated = statements.evaluate(analyzed);
    expressionBytes += evaluated.bytes();
    return evaluated;
  }

  /** The value of an expression where one of a type is due. */
  private Object coerced(ASTExpression expression, Type type) {
    SqlAnalyzer.Analyzed<ResolvedExpr> analyzed = statements.analyze(text.inPlace(expression));
    Type own = analyzed.node().getType();
    if (!sameShape(own, type)) {
      analyzed = coercion(expression, own, type);
    }
    return evaluate(analyzed).value().value();
  }

  /** The analyzer coerces the branches of IF by the rules of assignments. */
  private SqlAnalyzer.Analyzed<ResolvedExpr> coercion(
      ASTExpression expression, Type own, Type type) {
    String name = SqlTypes.name(type);
    SqlAnalyzer.Analyzed<ResolvedExpr> analyzed;
    try {
      analyzed =
          statements.analyze(
              "IF(TRUE, (" + text.of(expression) + "\n), CAST(NULL AS " + name + "))");
    } catch (BigQueryError e) {
      throw e.getMessage().startsWith("No matching signature for function IF")
          ? mismatch(own, type)
          : e;
    }
    if (!sameShape(analyzed.node().getType(), type)) {
      throw mismatch(own, type);
    }
    return analyzed;
  }

  /** Whether values of one type are values of the other, but for the names of fields. */
  private static boolean sameShape(Type one, Type other) {
    if (one.isArray() && other.isArray()) {
      return sameShape(one.asArray().getElementType(), other.asArray().getElementType());
    }
    if (!one.isStruct() || !other.isStruct()) {
      return one.equals(other);
    }
    boolean same = one.asStruct().getFieldCount() == other.asStruct().getFieldCount();
    for (int i = 0; same && i < one.asStruct().getFieldCount(); i++) {
      same =
          sameShape(one.asStruct().getField(i).getType(), other.asStruct().getField(i).getType());
    }
    return same;
  }

  private static BigQueryError mismatch(Type own, Type type) {
    return BigQueryError.invalidQuery(
        "Cannot coerce expression of type "
            + SqlTypes.name(own)
            + " to type "
            + SqlTypes.name(type));
  }

  private void assignFromStruct(ASTAssignmentFromStruct assignment) {
    TypedValue struct = evaluate(assignment.getStructExpression()).value();
    List<ASTIdentifier> names = assignment.getVariables().getIdentifierList();
    if (!struct.type().isStruct() || struct.type().asStruct().getFieldCount() != names.size()) {
      throw BigQueryError.invalidQuery(
          "The number of variables in SET does not match the fields of "
              + SqlTypes.name(struct.type()));
    }
    for (int i = 0; i < names.size(); i++) {
      Type field = struct.type().asStruct().getField(i).getType();
      if (!sameShape(field, session.variableType(names.get(i).getIdString()))) {
        throw BigQueryError.unsupported("SET of several variables that needs a coercion");
      }
    }
    for (int i = 0; i < names.size(); i++) {
      Object value = struct.value() == null ? null : ((List<?>) struct.value()).get(i);
      session.assign(names.get(i).getIdString(), value);
    }
  }

  private void execute(ASTExecuteImmediateStatement statement) {
    String sql = (String) coerced(statement.getSql(), SqlTypes.STRING);
    if (sql == null) {
      throw BigQueryError.invalidQuery("SQL created by EXECUTE IMMEDIATE must not be NULL");
    }
    List<ASTStatement> inner = analyzer.parse(sql).getStatementListNode().getStatementList();
    if (inner.size() != 1 || inner.get(0) instanceof ASTScriptStatement) {
      throw BigQueryError.invalidQuery(
          "SQL created by EXECUTE IMMEDIATE must be one statement that is not a script");
    }
    List<String> names = new ArrayList<>();
    List<TypedValue> values = new ArrayList<>();
    if (statement.getUsingClause() != null) {
      for (ASTExecuteUsingArgument argument : statement.getUsingClause().getArguments()) {
        names.add(
            argument.getAlias() == null ? null : argument.getAlias().getIdentifier().getIdString());
        values.add(evaluate(argument.getExpression()).value());
      }
    }
    QueryResult result;
    session.enterParameters(names, values);
    try {
      result = child(sql, StatementTypes.of(inner.get(0)));
    } finally {
      session.leaveParameters();
    }
    if (statement.getIntoClause() != null) {
      into(statement.getIntoClause().getIdentifiers().getIdentifierList(), result);
    }
  }

  private void into(List<ASTIdentifier> names, QueryResult result) {
    if (result.schema() == null || result.schema().getFields().size() != names.size()) {
      throw BigQueryError.invalidQuery(
          "EXECUTE IMMEDIATE with INTO clause has a mismatch in the number of variables and"
              + " columns");
    }
    if (result.rows().size() > 1) {
      throw BigQueryError.invalidQuery("Scalar subquery produced more than one element");
    }
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).getIdString();
      Type type = SqlTypes.of(result.schema().getFields().get(i));
      if (!sameShape(type, session.variableType(name))) {
        throw BigQueryError.invalidQuery(
            "Cannot coerce expression of type "
                + SqlTypes.name(type)
                + " to type "
                + SqlTypes.name(session.variableType(name)));
      }
      session.assign(name, result.rows().isEmpty() ? null : result.rows().get(0).get(i));
    }
  }
}
