package io.deltaflow.source.mongo;

import io.deltaflow.spi.Split;
import io.deltaflow.spi.error.InternalException;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonParseException;
import org.bson.json.JsonWriterSettings;

/**
 * Documents whose {@code _id} is of one type and in a range of it; or not a number, though of that
 * type; or of none of the types that other splits have. Or all, where {@code _id} is no key.
 *
 * @param type of {@code _id}, one of {@link IdTypes#RANGED}, or {@link #NAN}, {@link #REST}, {@link
 *     #ALL}
 * @param from inclusive; null is open
 * @param to exclusive; null is open
 * @param others types that the other splits of the plan have
 * @param named whether the server knows the names of the rest
 * @param ids all types that the collection's {@code _id}s had when the read was planned
 * @param index keys of the index to read by; null leaves it to the server
 */
record SplitSpec(
    String type,
    BsonValue from,
    BsonValue to,
    List<String> others,
    boolean named,
    List<String> ids,
    BsonDocument index) {
  static final String NAN = "nan";
  static final String REST = "rest";
  static final String ALL = "all";

  private static final JsonWriterSettings CANONICAL =
      JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

  static SplitSpec everything() {
    return new SplitSpec(ALL, null, null, List.of(), true, List.of(), null);
  }

  /** Whether documents come in the order of {@code _id}, so that a read can go on after one. */
  boolean isOrdered() {
    return IdTypes.RANGED.contains(type);
  }

  /** Matches the split's documents. */
  BsonDocument condition() {
    return switch (type) {
      case ALL -> new BsonDocument();
      case NAN -> new BsonDocument("_id", new BsonDouble(Double.NaN));
      case REST -> new BsonDocument("_id", rest());
      default -> new BsonDocument("_id", range("$gte", from));
    };
  }

  /** Matches those that come after one of them. */
  BsonDocument conditionAfter(BsonValue id) {
    return new BsonDocument("_id", range("$gt", id));
  }

  private BsonDocument range(String operator, BsonValue lower) {
    BsonDocument range = IdTypes.isOf(type);
    if (lower != null) {
      range.append(operator, lower);
    }
    if (to != null) {
      range.append("$lt", to);
    }
    if (type.equals(IdTypes.NUMBER)) {
      range.append("$ne", new BsonDouble(Double.NaN));
    }
    return range;
  }

  private BsonDocument rest() {
    if (!named) {
      return new BsonDocument("$not", new BsonDocument("$type", strings(others)));
    }
    List<String> types = new ArrayList<>(IdTypes.RANGED);
    types.removeAll(others);
    types.addAll(IdTypes.REST);
    return new BsonDocument("$type", strings(types));
  }

  private static BsonArray strings(List<String> texts) {
    return new BsonArray(texts.stream().map(BsonString::new).toList());
  }

  Split toSplit(long estimatedRows) {
    BsonDocument json = new BsonDocument("type", new BsonString(type));
    if (from != null) {
      json.append("from", from);
    }
    if (to != null) {
      json.append("to", to);
    }
    if (type.equals(REST)) {
      json.append("others", strings(others)).append("named", BsonBoolean.valueOf(named));
    }
    json.append("ids", strings(ids));
    if (index != null) {
      json.append("index", index);
    }
    return new Split(json.toJson(CANONICAL), estimatedRows);
  }

  static SplitSpec parse(Split split) {
    try {
      BsonDocument json = BsonDocument.parse(split.spec());
      return new SplitSpec(
          json.getString("type").getValue(),
          json.get("from"),
          json.get("to"),
          texts(json, "others"),
          json.getBoolean("named", BsonBoolean.TRUE).getValue(),
          texts(json, "ids"),
          json.getDocument("index", null));
    } catch (JsonParseException | org.bson.BsonInvalidOperationException e) {
      throw new InternalException("'" + split.spec() + "' is no split of this source", e);
    }
  }

  private static List<String> texts(BsonDocument json, String name) {
    return json.getArray(name, new BsonArray()).stream().map(v -> v.asString().getValue()).toList();
  }
}
