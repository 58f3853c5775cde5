package io.deltaflow.emulator;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a text is a geography, as WKT or GeoJSON. Form and latitudes are checked; that loops of
 * polygons cross, which BigQuery refuses too, is not.
 */
final class Geographies {
  private static final Pattern TOKEN =
      Pattern.compile("\\s*([A-Za-z]+|[(),]|[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?|\\S)");

  /** In hexadecimal digits: the order of bytes, the type, and more. */
  private static final Pattern WKB = Pattern.compile("\\s*0[01][0-9A-Fa-f]{8,}\\s*");

  /** How deep the lists of each type's positions are. */
  private static final Map<String, Integer> DEPTHS =
      Map.of(
          "POINT", 0,
          "LINESTRING", 1,
          "MULTIPOINT", 1,
          "POLYGON", 2,
          "MULTILINESTRING", 2,
          "MULTIPOLYGON", 3);

  private static final String COLLECTION = "GEOMETRYCOLLECTION";

  private final List<String> tokens = new ArrayList<>();
  private int next;

  private Geographies(String wkt) {
    Matcher token = TOKEN.matcher(wkt);
    while (token.lookingAt()) {
      tokens.add(token.group(1).toUpperCase(Locale.ROOT));
      token.region(token.end(), wkt.length());
    }
  }

  /**
   * Refuses what is none.
   *
   * @throws LoadError naming the column
   */
  static void check(String column, String text) {
    if (WKB.matcher(text).matches()) {
      throw BigQueryError.unsupported("a geography as WKB");
    }
    try {
      if (text.strip().startsWith("{")) {
        geoJson(JsonText.parse(text));
      } else {
        Geographies wkt = new Geographies(text.strip());
        wkt.geography();
        wkt.require(wkt.next == wkt.tokens.size());
      }
    } catch (BigQueryError | IllegalStateException | NumberFormatException e) {
      throw new LoadError(
          "Invalid geography value, error: " + e.getMessage() + "; in column '" + column + "'");
    }
  }

  private void require(boolean holds) {
    if (!holds) {
      throw new IllegalStateException(
          "Invalid WKT near '" + (next < tokens.size() ? tokens.get(next) : "") + "'");
    }
  }

  private boolean take(String token) {
    boolean found = next < tokens.size() && tokens.get(next).equals(token);
    next += found ? 1 : 0;
    return found;
  }

  private void geography() {
    require(next < tokens.size());
    String type = tokens.get(next);
    require(type.equals(COLLECTION) || DEPTHS.containsKey(type));
    next++;
    if (take("EMPTY")) {
      return;
    }
    if (type.equals(COLLECTION)) {
      list(this::geography);
    } else if (type.equals("POINT")) {
      require(take("("));
      position();
      require(take(")"));
    } else {
      // The points of a MULTIPOINT may have parentheses of their own.
      positions(DEPTHS.get(type), type.equals("MULTIPOINT"));
    }
  }

  private void positions(int depth, boolean mayBeNested) {
    list(
        () -> {
          if (depth > 1) {
            positions(depth - 1, false);
          } else if (mayBeNested && take("(")) {
            position();
            require(take(")"));
          } else {
            position();
          }
        });
  }

  private void list(Runnable element) {
    require(take("("));
    do {
      element.run();
    } while (take(","));
    require(take(")"));
  }

  private void position() {
    number();
    requireLatitude(number());
  }

  private BigDecimal number() {
    require(next < tokens.size() && tokens.get(next).matches("[-+.0-9].*"));
    return new BigDecimal(tokens.get(next++));
  }

  private static void requireLatitude(BigDecimal degrees) {
    if (degrees.abs().compareTo(BigDecimal.valueOf(90)) > 0) {
      throw new IllegalStateException(
          "Latitude must be between -90 and 90 degrees, not " + degrees.toPlainString());
    }
  }

  private static void geoJson(JsonElement value) {
    JsonObject object = value.getAsJsonObject();
    JsonElement name = object.get("type");
    String type = name == null ? "" : name.getAsString().toUpperCase(Locale.ROOT);
    String members = type.equals(COLLECTION) ? "geometries" : "coordinates";
    JsonElement list = object.get(members);
    if (list == null || !list.isJsonArray()) {
      throw new IllegalStateException("Invalid GeoJSON: no array '" + members + "'");
    }
    if (type.equals(COLLECTION)) {
      list.getAsJsonArray().forEach(Geographies::geoJson);
    } else if (DEPTHS.containsKey(type)) {
      geoJson(list, DEPTHS.get(type));
    } else {
      throw new IllegalStateException("Invalid GeoJSON: unknown type '" + type + "'");
    }
  }

  private static void geoJson(JsonElement positions, int depth) {
    JsonArray list = positions.getAsJsonArray();
    if (depth > 0) {
      list.forEach(p -> geoJson(p, depth - 1));
      return;
    }
    if (list.size() < 2) {
      throw new IllegalStateException("Invalid GeoJSON: a position of " + list.size() + " numbers");
    }
    requireLatitude(list.get(1).getAsBigDecimal());
  }
}
