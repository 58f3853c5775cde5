package io.deltaflow.emulator;

import com.google.zetasql.parser.ASTNodes.ASTAlterTableStatement;
import com.google.zetasql.parser.ASTNodes.ASTCreateSchemaStatement;
import com.google.zetasql.parser.ASTNodes.ASTCreateTableStatement;
import com.google.zetasql.parser.ASTNodes.ASTDeleteStatement;
import com.google.zetasql.parser.ASTNodes.ASTDropStatement;
import com.google.zetasql.parser.ASTNodes.ASTInsertStatement;
import com.google.zetasql.parser.ASTNodes.ASTMergeStatement;
import com.google.zetasql.parser.ASTNodes.ASTQueryStatement;
import com.google.zetasql.parser.ASTNodes.ASTStatement;
import com.google.zetasql.parser.ASTNodes.ASTTruncateStatement;
import com.google.zetasql.parser.ASTNodes.ASTUpdateStatement;
import java.util.Map;

/** BigQuery's names for kinds of statements, also of those that fail before they resolve. */
final class StatementTypes {
  private static final Map<Class<? extends ASTStatement>, String> TYPES =
      Map.ofEntries(
          Map.entry(ASTQueryStatement.class, "SELECT"),
          Map.entry(ASTInsertStatement.class, "INSERT"),
          Map.entry(ASTUpdateStatement.class, "UPDATE"),
          Map.entry(ASTDeleteStatement.class, "DELETE"),
          Map.entry(ASTMergeStatement.class, "MERGE"),
          Map.entry(ASTTruncateStatement.class, "TRUNCATE_TABLE"),
          Map.entry(ASTCreateTableStatement.class, "CREATE_TABLE"),
          Map.entry(ASTAlterTableStatement.class, "ALTER_TABLE"),
          Map.entry(ASTDropStatement.class, "DROP_TABLE"),
          Map.entry(ASTCreateSchemaStatement.class, "CREATE_SCHEMA"));

  private StatementTypes() {}

  /** The name, or null for a statement that has none here. */
  static String of(ASTStatement statement) {
    return TYPES.get(statement.getClass());
  }
}
