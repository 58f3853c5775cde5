package io.deltaflow.benchmarks;

import io.deltaflow.DeltaFlow;
import io.deltaflow.OptionCatalog;
import io.deltaflow.RunReport;
import io.deltaflow.template.TemplateArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A whole run into load files, started as the command line starts one. Measured is the time between
 * the first split that is opened and the last file that is complete; what comes before is start-up.
 */
final class Extract {
  /** Two fields renamed, two converted, one calculated. */
  private static final String STEPS =
      """
      {"field_mappings": {"id": "order_id", "note": "remark"},
       "type_conversions": {"customer_id": "string", "amount": "float"},
       "calculated_fields": {"total": "amount + order_id"}}
      """;

  private static final String CHECKS =
      """
      [{"check": "accepted_values", "column": "status",
        "values": ["new", "paid", "packed", "shipped", "returned"]},
       {"check": "range", "column": "updated_at", "min": "2026-01-01T00:00:00Z"}]
      """;

  private Extract() {}

  /**
   * Port, user, password, table, folder of the files, {@code plain}, {@code encrypted} or {@code
   * steps}, then Beam's options.
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> flags = new TreeMap<>();
    flags.put("data_source", "postgresql");
    flags.put("postgresql_host", "127.0.0.1");
    flags.put("postgresql_port", args[0]);
    flags.put("postgresql_username", args[1]);
    flags.put("postgresql_password", args[2]);
    flags.put("postgresql_database", OrdersTable.DATABASE);
    flags.put("postgresql_table", args[3]);
    flags.put("enable_smart_sync", "false");
    flags.put("destination_files_folder", args[4]);
    if (args[5].equals("encrypted")) {
      flags.put("postgresql_sslmode", "require");
    }
    if (args[5].equals("steps")) {
      flags.put("transformation_config", STEPS);
      flags.put("quality_checks", CHECKS);
    }
    flags.put("tempLocation", args[4] + "/temp");
    OptionCatalog catalog =
        OptionCatalog.of(
            List.of(new MeasuredConnector()), List.of(new FilesDestinationProvider()), Map.of());
    List<String> command = new ArrayList<>();
    flags.forEach((name, value) -> command.add("--" + name + "=" + value));
    command.addAll(List.of(args).subList(6, args.length));
    TemplateArguments arguments = TemplateArguments.parse(catalog, command.toArray(String[]::new));

    RunReport report = DeltaFlow.launch(arguments.spec(), arguments.options()).waitUntilFinish();
    double seconds = (FilesDestination.completeMillis() - MeasuredSource.openedMillis()) / 1e3;
    Figures.of(report.rows().read(), seconds).print();
    System.exit(0);
  }
}
