package io.deltaflow.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deltaflow.Proof;
import io.deltaflow.RunReport;
import java.util.List;

/** What was done and whether it holds. */
record QuickstartOutcome(List<RunReport> runs, Proof proof) {
  String toJson() {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.set("runs", json.valueToTree(runs));
    ObjectNode ends = root.putObject("proof");
    ends.set("source", json.valueToTree(proof.source()));
    ends.set("destination", json.valueToTree(proof.destination()));
    ends.put("equal", proof.isEqual());
    try {
      return json.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the outcome could not be written as JSON", e);
    }
  }
}
