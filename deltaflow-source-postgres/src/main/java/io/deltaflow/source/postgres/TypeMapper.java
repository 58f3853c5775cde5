package io.deltaflow.source.postgres;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/** Decides how columns travel; the one place that knows PostgreSQL's types. */
final class TypeMapper {
  /**
   * Besides those with a case of their own: types whose text is their usual form, so that it needs
   * no warning.
   */
  private static final Set<String> TEXTUAL =
      Set.of(
          "bpchar",
          "char",
          "timetz",
          "interval",
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "xml",
          "bit",
          "varbit",
          "tsvector",
          "tsquery",
          "pg_lsn",
          "xid",
          "xid8",
          "cid",
          "tid",
          "regclass",
          "regtype",
          "regproc",
          "regprocedure",
          "regoper",
          "regoperator",
          "regrole",
          "regnamespace",
          "regconfig",
          "regdictionary",
          "regcollation",
          "jsonpath",
          "unknown",
          "cstring",
          "refcursor",
          "int2vector",
          "oidvector");

  /** money keeps 64 bits and as many decimals as the currency of lc_monetary has, at most 3. */
  private static final FieldType MONEY = FieldTypes.numeric(22, 3);

  private final Relation relation;
  private final String timeZone;

  /**
   * @param timeZone of {@code timestamp} values; null leaves them local
   */
  TypeMapper(Relation relation, String timeZone) {
    this.relation = relation;
    this.timeZone = timeZone;
  }

  /** The type that the column is detected with. */
  Mapping map(Column column) {
    return map(column.name(), column.type(), column.modifier(), column.dimensions(), true);
  }

  /**
   * A column as a field of a given type: the detected one, or one that it can be read as without
   * loss.
   */
  Mapping mapAs(Column column, FieldType wanted) {
    Mapping detected = map(column);
    Kind kind = FieldTypes.kind(wanted);
    if (kind == FieldTypes.kind(detected.type())) {
      return detected;
    }
    if (kind == Kind.STRING) {
      return text(column.name(), relation.baseType(column));
    }
    if (kind == Kind.TIMESTAMP && FieldTypes.kind(detected.type()) == Kind.DATETIME) {
      return zoned(column.name(), timeZone == null ? "UTC" : timeZone);
    }
    return null;
  }

  private Mapping map(String name, int oid, int modifier, int dimensions, boolean top) {
    PgType type = relation.types().get(oid);
    switch (type.kind()) {
      case 'd':
        return map(
            name,
            type.base(),
            type.baseModifier() >= 0 ? type.baseModifier() : modifier,
            Math.max(dimensions, type.baseDimensions()),
            top);
      case 'c':
        return composite(name, type, top);
      case 'e':
        return Mapping.raw(FieldTypes.STRING, type, Codecs.utf8());
      case 'r':
      case 'm':
        return text(name, type);
      case 'p':
        return type.name().equals("record") ? toJson(name) : text(name, type);
      default:
        if (type.isArray()) {
          return array(name, type, modifier, dimensions);
        }
        return type.isBuiltIn()
            ? builtIn(name, type, modifier, top)
            : extension(name, type, modifier);
    }
  }

  private Mapping builtIn(String name, PgType type, int modifier, boolean top) {
    switch (type.name()) {
      case "bool":
        return Mapping.raw(FieldTypes.BOOL, type, Codecs.bool(name));
      case "int2":
        return Mapping.raw(FieldTypes.INT64, type, Codecs.int16(name));
      case "int4":
        return Mapping.raw(FieldTypes.INT64, type, Codecs.int32(name));
      case "int8":
        return Mapping.raw(FieldTypes.INT64, type, Codecs.int64(name));
      case "oid":
        return Mapping.raw(FieldTypes.INT64, type, Codecs.unsigned32(name));
      case "float4":
        return Mapping.raw(FieldTypes.FLOAT64, type, Codecs.float32(name));
      case "float8":
        return Mapping.raw(FieldTypes.FLOAT64, type, Codecs.float64(name));
      case "numeric":
        return Mapping.raw(numericType(modifier), type, new NumericCodec(name));
      case "money":
        return Mapping.cast(MONEY, "numeric", new NumericCodec(name));
      case "text":
      case "varchar":
      case "name":
        return Mapping.raw(FieldTypes.STRING, type, Codecs.utf8());
      case "uuid":
        return Mapping.raw(FieldTypes.STRING, type, Codecs.uuid(name));
      case "json":
        return Mapping.raw(FieldTypes.JSON, type, Codecs.utf8());
      case "jsonb":
        return Mapping.raw(FieldTypes.JSON, type, Codecs.jsonb(name));
      case "bytea":
        return Mapping.raw(FieldTypes.BYTES, type, Codecs.bytes());
      case "date":
        return Mapping.raw(FieldTypes.DATE, type, Codecs.date(name));
      case "time":
        return Mapping.raw(FieldTypes.TIME, type, Codecs.time(name));
      case "timestamptz":
        return Mapping.raw(FieldTypes.TIMESTAMP, type, Codecs.timestamp(name));
      case "timestamp":
        return top && timeZone != null
            ? zoned(name, timeZone)
            : Mapping.raw(FieldTypes.DATETIME, type, Codecs.dateTime(name));
      default:
        return text(name, type);
    }
  }

  private Mapping extension(String name, PgType type, int modifier) {
    switch (type.name()) {
      case "citext":
        return text(name, type);
      case "hstore":
        // The cast to json is the extension's own, wherever it is installed.
        return Mapping.function(
            FieldTypes.JSON, e -> e + "::pg_catalog.json::pg_catalog.text", Codecs.utf8());
      case "geometry":
      case "geography":
        return geography(name, type, modifier);
      default:
        return text(name, type);
    }
  }

  /**
   * As WKT where the declaration says WGS84, else as the extended WKT that names the reference
   * system.
   */
  private Mapping geography(String name, PgType type, int modifier) {
    boolean wgs84 = type.name().equals("geography") || (modifier >= 0 && srid(modifier) == 4326);
    String function = Sql.identifier(type.schema()) + "." + (wgs84 ? "ST_AsText" : "ST_AsEWKT");
    return Mapping.function(
        wgs84 ? FieldTypes.GEOGRAPHY : FieldTypes.STRING,
        e -> function + "(" + e + ")",
        Codecs.utf8());
  }

  /** PostGIS keeps the reference system in bits 8 to 28, signed. */
  private static int srid(int modifier) {
    return ((modifier & 0x0FFFFF00) - (modifier & 0x10000000)) >> 8;
  }

  private Mapping array(String name, PgType type, int modifier, int dimensions) {
    Mapping element = map(name, type.element(), modifier, 0, false);
    if (dimensions > 1) {
      return toJson(name);
    }
    FieldType arrayType = FieldType.array(element.type());
    if (element.raw()) {
      return new Mapping(
          arrayType,
          e -> e + "::" + type.sql(),
          new ArrayCodec(name, element.codec()),
          true,
          null,
          element.warning());
    }
    if (element.arrayProjection() == null) {
      return toJson(name)
          .withWarning(
              "column '"
                  + name
                  + "': arrays of "
                  + relation.types().get(type.element())
                  + " are carried as JSON");
    }
    return new Mapping(
        arrayType,
        element.arrayProjection(),
        new ArrayCodec(name, element.codec()),
        false,
        null,
        element.warning());
  }

  private Mapping composite(String name, PgType type, boolean top) {
    Schema.Builder schema = Schema.builder();
    List<Mapping> fields = new ArrayList<>();
    for (PgType.Attribute a : type.attributes()) {
      Mapping field = map(name + "." + a.name(), a.type(), a.modifier(), a.dimensions(), false);
      fields.add(field);
      schema.addNullableField(a.name(), field.type());
    }
    FieldType record = FieldType.row(schema.build());
    List<Codec> codecs = fields.stream().map(Mapping::codec).toList();
    if (fields.stream().allMatch(Mapping::raw)) {
      int[] types = type.attributes().stream().mapToInt(PgType.Attribute::type).toArray();
      return Mapping.raw(record, type, new RecordCodec(name, codecs, types));
    }
    return Mapping.function(
        record,
        e -> rebuilt(e, type, fields),
        new RecordCodec(name, codecs, new int[fields.size()]));
  }

  /** The record with each field projected; NULL stays apart from a record of NULLs. */
  private static String rebuilt(String e, PgType type, List<Mapping> fields) {
    StringBuilder sql =
        new StringBuilder("CASE WHEN (" + e + ") IS NOT DISTINCT FROM NULL THEN NULL ELSE ROW(");
    for (int i = 0; i < fields.size(); i++) {
      String field = "(" + e + ")." + Sql.identifier(type.attributes().get(i).name());
      sql.append(i == 0 ? "" : ", ").append(fields.get(i).projection().apply(field));
    }
    return sql.append(") END").toString();
  }

  /** By the type's text output. */
  private Mapping text(String name, PgType type) {
    Mapping text = Mapping.cast(FieldTypes.STRING, "text", Codecs.utf8());
    if (type.isBuiltIn() && (type.name().equals("inet") || type.name().equals("cidr"))) {
      // The cast of inet to text adds /32, its output function does not.
      text =
          Mapping.function(
                  FieldTypes.STRING,
                  e -> "pg_catalog.textin(pg_catalog." + type.name() + "_out(" + e + "))",
                  Codecs.utf8())
              .withArrayProjection(e -> e + "::pg_catalog.text::pg_catalog.text[]");
    }
    boolean usual =
        type.kind() != 'b'
            || type.isArray()
            || (type.isBuiltIn() && (TEXTUAL.contains(type.name()) || hasOwnCase(type)))
            || type.name().equals("citext");
    return usual
        ? text
        : text.withWarning(
            "column '" + name + "': type " + type + " is carried as STRING, by its text output");
  }

  /** Asked for as text although it has a better counterpart. */
  private boolean hasOwnCase(PgType type) {
    return Set.of(
            "bool",
            "int2",
            "int4",
            "int8",
            "oid",
            "float4",
            "float8",
            "numeric",
            "money",
            "text",
            "varchar",
            "name",
            "uuid",
            "json",
            "jsonb",
            "bytea",
            "date",
            "time",
            "timestamptz",
            "timestamp")
        .contains(type.name());
  }

  private Mapping toJson(String name) {
    return Mapping.function(
        FieldTypes.JSON, e -> "pg_catalog.to_json(" + e + ")::pg_catalog.text", Codecs.utf8());
  }

  private static Mapping zoned(String name, String zone) {
    // By the server's rules: a time that a clock change skips moves forward, one that it repeats is
    // the later.
    return Mapping.function(
        FieldTypes.TIMESTAMP,
        e -> "(" + e + "::pg_catalog.timestamp AT TIME ZONE " + Sql.literal(zone) + ")",
        Codecs.timestamp(name));
  }

  private static FieldType numericType(int modifier) {
    if (modifier < 4) {
      return FieldTypes.numeric();
    }
    int precision = ((modifier - 4) >> 16) & 0xFFFF;
    int scale = (((modifier - 4) & 0x7FF) ^ 1024) - 1024;
    return FieldTypes.numeric(precision, scale);
  }
}
