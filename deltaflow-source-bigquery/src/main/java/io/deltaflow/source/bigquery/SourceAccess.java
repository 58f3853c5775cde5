package io.deltaflow.source.bigquery;

import io.deltaflow.spi.RequiredAccess;
import io.deltaflow.spi.SourceContext;
import java.util.ArrayList;
import java.util.List;

/** What the account of a run needs to read. */
final class SourceAccess {
  private SourceAccess() {}

  static List<RequiredAccess> of(BigQuerySource source, SourceContext context) {
    Target target = source.target();
    Settings settings = source.settings();
    String payer = Warehouse.payer(source, context);
    List<RequiredAccess> all = new ArrayList<>();
    all.add(
        new RequiredAccess(
            "roles/bigquery.dataViewer",
            target.isTable()
                ? "dataset " + target.project() + "." + target.dataset()
                : "what the query of " + target.flag() + " reads",
            "to read"));
    all.add(
        new RequiredAccess("roles/bigquery.jobUser", "project " + payer, "to query and move rows"));
    if (settings.method() == ReadMethod.EXPORT) {
      RequiredAccess.ofBucket(
              "roles/storage.objectUser",
              settings.exportLocation(),
              "to write and read exported files")
          .ifPresent(all::add);
    } else {
      all.add(
          new RequiredAccess(
              "roles/bigquery.readSessionUser",
              "project " + payer,
              "to read by the Storage Read API, unless BigQuery moves the rows itself"));
    }
    if (settings.resultDataset() != null) {
      all.add(
          new RequiredAccess(
              "roles/bigquery.dataEditor",
              "dataset " + payer + "." + settings.resultDataset(),
              "to keep results of views and queries"));
    }
    return all;
  }
}
