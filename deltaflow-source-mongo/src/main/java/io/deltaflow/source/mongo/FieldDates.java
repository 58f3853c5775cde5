package io.deltaflow.source.mongo;

import com.mongodb.MongoException;
import io.deltaflow.spi.CursorKind;
import io.deltaflow.spi.CursorPosition;
import io.deltaflow.spi.FieldRange;
import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.ReadRequest;
import io.deltaflow.spi.SourceContext;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/** The dates that a field has in a request's documents; those aside that no row may have. */
record FieldDates(MongoSource source, String field, ReadRequest request, SourceContext context) {

  private boolean isDate() {
    return request.schema().hasField(field)
        && FieldTypes.kind(request.schema().getField(field).getType()) == FieldTypes.Kind.TIMESTAMP;
  }

  private BsonDocument filter() {
    BsonDocument dates =
        new BsonDocument(
            field,
            IdTypes.isOf("date")
                .append("$gte", new BsonDateTime(ValueDecoder.FIRST_DATE))
                .append("$lte", new BsonDateTime(ValueDecoder.LAST_DATE)));
    return WindowFilter.and(dates, WindowFilter.of(source, request));
  }

  /** Two looks into an index where there is one; else at the request's documents. */
  Optional<FieldRange> range() {
    if (!isDate()) {
      return Optional.empty();
    }
    try {
      OpenCollection collection = OpenCollection.of(source, context);
      Optional<CursorPosition> smallest = end(collection, 1);
      Optional<CursorPosition> largest = end(collection, -1);
      return smallest.isPresent() && largest.isPresent()
          ? Optional.of(new FieldRange(smallest.get(), largest.get()))
          : Optional.empty();
    } catch (MongoException e) {
      throw failure(e);
    }
  }

  private Optional<CursorPosition> end(OpenCollection collection, int direction) {
    RawBsonDocument first =
        collection
            .primary()
            .find(filter())
            .projection(new BsonDocument(field, new BsonInt32(1)))
            .sort(new BsonDocument(field, new BsonInt32(direction)))
            .first();
    return Optional.ofNullable(first)
        .map(d -> d.getDateTime(field).getValue())
        .map(millis -> new CursorPosition(CursorKind.TIMESTAMP, millis * 1000));
  }

  OptionalLong countDistinct(ChronoUnit unit) {
    String format =
        switch (unit) {
          case HOURS -> "%Y-%m-%dT%H";
          case DAYS -> "%Y-%m-%d";
          case MONTHS -> "%Y-%m";
          case YEARS -> "%Y";
          default -> throw new IllegalArgumentException("no table is partitioned by " + unit);
        };
    if (!isDate()) {
      return OptionalLong.empty();
    }
    BsonDocument text =
        new BsonDocument(
            "$dateToString",
            new BsonDocument("format", new BsonString(format))
                .append("date", new BsonString("$" + field)));
    try {
      RawBsonDocument count =
          OpenCollection.of(source, context)
              .primary()
              .aggregate(
                  List.of(
                      new BsonDocument("$match", filter()),
                      new BsonDocument("$group", new BsonDocument("_id", text)),
                      new BsonDocument("$count", new BsonString("n"))))
              .allowDiskUse(true)
              .first();
      return OptionalLong.of(count == null ? 0 : count.getNumber("n").longValue());
    } catch (MongoException e) {
      if (MongoErrors.isRefused(e)) {
        return OptionalLong.empty();
      }
      throw failure(e);
    }
  }

  private RuntimeException failure(MongoException e) {
    return MongoErrors.of(
        e, source.settings(), "looking for the range of " + field + " in " + source.description());
  }
}
