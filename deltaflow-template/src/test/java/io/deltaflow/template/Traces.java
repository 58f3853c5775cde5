package io.deltaflow.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.deltaflow.emulator.Faults.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What somebody leaves behind at the emulator, and the requests that could have. */
final class Traces {
  private final SyncBed bed;
  private final Map<String, Fault> writes = new LinkedHashMap<>();
  private final Map<String, String> before;
  private final Set<String> jobs;

  private Traces(SyncBed bed) throws Exception {
    this.bed = bed;
    this.before = everything();
    this.jobs = new HashSet<>();
    jobs().forEach(j -> jobs.add(id(j)));
    // Whatever changes something has one of these methods; jobs are looked at one by one.
    see("PUT", ".*");
    see("PATCH", ".*");
    see("DELETE", ".*");
    see("POST", "(?!.*/projects/[^/]+/jobs$).*");
  }

  /** From now on. */
  static Traces of(SyncBed bed) throws Exception {
    return new Traces(bed);
  }

  private void see(String method, String path) {
    Fault fault = bed.emulator().faults().onCall(method, path).times(Integer.MAX_VALUE);
    writes.put(method, fault.meanwhile(() -> {}));
  }

  /** One line for each thing that is not as it was; empty when nothing was left. */
  List<String> found() throws Exception {
    List<String> found = new ArrayList<>();
    writes.forEach(
        (method, fault) -> {
          if (fault.fired() > 0) {
            found.add(fault.fired() + " requests: " + method);
          }
        });
    bed.emulator().faults().clear();
    for (JsonNode job : jobs()) {
      String type = job.at("/statistics/query/statementType").asText();
      if (!jobs.contains(id(job)) && !type.equals("SELECT")) {
        found.add("the job " + id(job) + ": " + type);
      }
    }
    Map<String, String> after = everything();
    after.forEach(
        (name, content) -> {
          if (!content.equals(before.get(name))) {
            found.add(name + " is now " + content);
          }
        });
    before.keySet().stream()
        .filter(name -> !after.containsKey(name))
        .forEach(name -> found.add(name + " is gone"));
    return found;
  }

  private List<JsonNode> jobs() throws Exception {
    List<JsonNode> all = new ArrayList<>();
    bed.get("bigquery/v2/projects/" + SyncBed.PROJECT + "/jobs?projection=full&maxResults=10000")
        .path("jobs")
        .forEach(all::add);
    return all;
  }

  private static String id(JsonNode job) {
    return job.at("/jobReference/jobId").asText();
  }

  /** The resources of tables, which tell when rows were written and how many, and of objects. */
  private Map<String, String> everything() throws Exception {
    Map<String, String> all = new LinkedHashMap<>();
    String tables = "bigquery/v2/projects/" + SyncBed.PROJECT + "/datasets/" + SyncBed.DATASET;
    for (JsonNode listed : bed.get(tables + "/tables?maxResults=10000").path("tables")) {
      String name = listed.at("/tableReference/tableId").asText();
      all.put(
          "table " + name,
          bed.get(tables + "/tables/" + name)
              + " "
              + bed.emulator().rows("SELECT * FROM `" + SyncBed.PROJECT + "`.shop.`" + name + "`"));
    }
    for (JsonNode object : bed.get("storage/v1/b/deltaflow-temp/o").path("items")) {
      all.put("object " + object.path("name").asText(), object.toString());
    }
    return all;
  }
}
