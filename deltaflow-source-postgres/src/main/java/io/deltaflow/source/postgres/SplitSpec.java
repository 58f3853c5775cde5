package io.deltaflow.source.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.InternalException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A range of a column, {@code lower <= column < upper}, or its NULLs, or everything.
 *
 * @param column null for everything
 * @param type of the bounds, one of {@link #TYPES}
 * @param lower as text; null is open
 * @param upper as text; null is open
 * @param nulls whether it is the NULLs
 */
record SplitSpec(String column, String type, String lower, String upper, boolean nulls) {
  /** Types with a total order whose texts come back as the same values. */
  static final Set<String> TYPES =
      Set.of(
          "int2",
          "int4",
          "int8",
          "numeric",
          "uuid",
          "text",
          "varchar",
          "bpchar",
          "date",
          "timestamp",
          "timestamptz");

  static final SplitSpec EVERYTHING = new SplitSpec(null, null, null, null, false);
  private static final ObjectMapper JSON = new ObjectMapper();

  static SplitSpec nulls(String column) {
    return new SplitSpec(column, null, null, null, true);
  }

  /** Ranges between bounds that ascend in the server's order, the first and the last open. */
  static List<SplitSpec> ranges(String column, String type, List<String> bounds) {
    List<SplitSpec> ranges = new ArrayList<>();
    String lower = null;
    for (String bound : bounds) {
      ranges.add(new SplitSpec(column, type, lower, bound, false));
      lower = bound;
    }
    ranges.add(new SplitSpec(column, type, lower, null, false));
    return ranges;
  }

  /** The condition on an expression; null for none. */
  String condition(String expression) {
    if (column == null) {
      return null;
    }
    if (nulls) {
      return expression + " IS NULL";
    }
    if (lower == null && upper == null) {
      return expression + " IS NOT NULL";
    }
    String from = lower == null ? null : expression + " >= " + typed(lower);
    String to = upper == null ? null : expression + " < " + typed(upper);
    return from == null ? to : to == null ? from : from + " AND " + to;
  }

  private String typed(String bound) {
    return Sql.literal(bound) + "::pg_catalog." + type;
  }

  Split toSplit(long estimatedRows) {
    ObjectNode json = JSON.createObjectNode();
    if (column != null) {
      json.put("column", column);
      if (nulls) {
        json.put("nulls", true);
      } else {
        json.put("type", type);
        json.put("lower", lower);
        json.put("upper", upper);
      }
    }
    return new Split(json.toString(), estimatedRows);
  }

  /** What splits are cut by, for people. */
  static String cut(List<Split> splits) {
    List<SplitSpec> specs = splits.stream().map(SplitSpec::parse).toList();
    if (specs.isEmpty()) {
      return "since no row can be in the window";
    }
    return specs.get(0).column == null
        ? "not cut"
        : "by ranges of "
            + specs.get(0).column
            + (specs.stream().anyMatch(SplitSpec::nulls) ? ", its NULLs apart" : "");
  }

  static SplitSpec parse(Split split) {
    try {
      ObjectNode json = (ObjectNode) JSON.readTree(split.spec());
      String type = json.path("type").textValue();
      if (type != null && !TYPES.contains(type)) {
        throw new InternalException("a split over type '" + type + "'");
      }
      return new SplitSpec(
          json.path("column").textValue(),
          type,
          json.path("lower").textValue(),
          json.path("upper").textValue(),
          json.path("nulls").asBoolean());
    } catch (JsonProcessingException | ClassCastException e) {
      throw new InternalException("'" + split.spec() + "' is no split of this source", e);
    }
  }
}
