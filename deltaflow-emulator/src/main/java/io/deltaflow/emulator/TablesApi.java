package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableDataInsertAllRequest;
import com.google.api.services.bigquery.model.TableDataList;
import com.google.api.services.bigquery.model.TableList;
import com.google.api.services.bigquery.model.TableReference;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** BigQuery's tables, and their rows. */
final class TablesApi {
  private static final String TABLES = "/projects/{project}/datasets/{dataset}/tables";
  private static final String TABLE = TABLES + "/{table}";
  private static final Set<String> READ_ONLY =
      Set.of(
          "kind",
          "etag",
          "id",
          "selfLink",
          "tableReference",
          "creationTime",
          "lastModifiedTime",
          "location",
          "type",
          "numRows",
          "numBytes",
          "numLongTermBytes",
          "streamingBuffer");

  private final Warehouse warehouse;
  private final TableRows rows;

  TablesApi(Warehouse warehouse) {
    this.warehouse = warehouse;
    this.rows = new TableRows(warehouse);
  }

  void addTo(Routes routes) {
    routes
        .add("GET", TABLES, this::list)
        .add("POST", TABLES, this::insert)
        .add("GET", TABLE, r -> WireResponse.json(get(r)))
        .add("DELETE", TABLE, this::delete)
        .add("PATCH", TABLE, this::change)
        .add("PUT", TABLE, this::change)
        .add("GET", TABLE + "/data", this::data)
        .add("POST", TABLE + "/insertAll", this::insertAll);
  }

  private static TableReference reference(WireRequest request) {
    return new TableReference()
        .setProjectId(request.variable("project"))
        .setDatasetId(request.variable("dataset"))
        .setTableId(request.variable("table"));
  }

  private WireResponse list(WireRequest request) {
    List<Table> all = warehouse.tables(request.variable("project"), request.variable("dataset"));
    String after = request.parameter("pageToken").orElse("");
    long limit = request.number("maxResults", 1000);
    List<Table> page =
        all.stream()
            .filter(t -> t.getTableReference().getTableId().compareTo(after) > 0)
            .limit(limit)
            .collect(Collectors.toList());
    TableList list =
        new TableList()
            .setKind("bigquery#tableList")
            .setEtag(Warehouse.newEtag())
            .setTotalItems(all.size());
    if (page.isEmpty()) {
      return WireResponse.json(list);
    }
    String last = page.get(page.size() - 1).getTableReference().getTableId();
    boolean more = !all.get(all.size() - 1).getTableReference().getTableId().equals(last);
    return WireResponse.json(
        list.setTables(page.stream().map(TablesApi::listed).collect(Collectors.toList()))
            .setNextPageToken(more ? last : null));
  }

  private static TableList.Tables listed(Table table) {
    return new TableList.Tables()
        .setKind("bigquery#table")
        .setId(table.getId())
        .setTableReference(table.getTableReference())
        .setType(table.getType())
        .setCreationTime(table.getCreationTime())
        .setExpirationTime(table.getExpirationTime())
        .setFriendlyName(table.getFriendlyName())
        .setLabels(table.getLabels())
        .setTimePartitioning(table.getTimePartitioning())
        .setRangePartitioning(table.getRangePartitioning())
        .setClustering(table.getClustering());
  }

  private WireResponse insert(WireRequest request) throws IOException {
    Table wanted = request.json(Table.class);
    TableReference reference = wanted.getTableReference();
    if (reference == null) {
      throw BigQueryError.invalid("Required parameter is missing: tableReference");
    }
    Table table =
        wanted
            .clone()
            .setTableReference(
                reference
                    .clone()
                    .setProjectId(request.variable("project"))
                    .setDatasetId(request.variable("dataset")));
    Long expires = table.getExpirationTime();
    if (expires != null && expires <= System.currentTimeMillis()) {
      throw BigQueryError.invalid("Invalid value for expirationTime: it is in the past");
    }
    warehouse.create(table);
    return WireResponse.json(describe(table.getTableReference(), request));
  }

  private Table get(WireRequest request) {
    return describe(reference(request), request);
  }

  private Table describe(TableReference reference, WireRequest request) {
    return warehouse
        .describe(reference)
        .orElseThrow(() -> BigQueryError.notFound("Not found: Table " + Warehouse.name(reference)))
        .setSelfLink(
            request.origin()
                + "/bigquery/v2/projects/"
                + reference.getProjectId()
                + "/datasets/"
                + reference.getDatasetId()
                + "/tables/"
                + reference.getTableId());
  }

  private WireResponse delete(WireRequest request) {
    Etags.check(request, get(request).getEtag());
    warehouse.drop(reference(request));
    return WireResponse.empty(204);
  }

  private WireResponse change(WireRequest request) throws IOException {
    TableReference reference = reference(request);
    Etags.check(request, get(request).getEtag());
    Table wanted = request.json(Table.class);
    warehouse.update(
        reference,
        table -> Patches.apply(wanted, table, READ_ONLY, request.method().equals("PUT")));
    return WireResponse.json(describe(reference, request));
  }

  private WireResponse data(WireRequest request) {
    TableRows.Page page = rows.page(request, reference(request));
    TableDataList list =
        new TableDataList()
            .setKind("bigquery#tableDataList")
            .setEtag(Warehouse.newEtag())
            .setTotalRows(page.totalRows())
            .setPageToken(page.next());
    return WireResponse.json(page.rows().isEmpty() ? list : list.set("rows", page.rows()));
  }

  private WireResponse insertAll(WireRequest request) throws IOException {
    Map<String, Object> response = new TreeMap<>();
    response.put("kind", "bigquery#tableDataInsertAllResponse");
    List<Map<String, Object>> errors =
        new StreamingInsert(warehouse, reference(request))
            .insert(request.json(TableDataInsertAllRequest.class));
    if (!errors.isEmpty()) {
      response.put("insertErrors", errors);
    }
    return WireResponse.json(response);
  }
}
