package io.deltaflow.cli;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Updates;
import io.deltaflow.testing.MongoServer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.bson.Document;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/**
 * A source of the quick start: orders of a web shop, in an embedded server of MongoDB's protocol.
 */
final class WebShop implements OrderSource {
  private static final String DATABASE = "webshop";
  private static final String COLLECTION = "orders";
  private static final List<String> STATUSES = List.of("new", "paid", "packed", "shipped");
  private static final Instant OPENED = Instant.parse("2025-01-01T00:00:00Z");
  private static final int BATCH = 1000;

  private final MongoServer server;
  private final int orders;
  // The same shop on every machine.
  private final Random random = new Random(42);

  private WebShop(MongoServer server, int orders) {
    this.server = server;
    this.orders = orders;
  }

  /** Starts the server and fills it. */
  static WebShop start(int orders) {
    MongoServer server = MongoServer.start();
    try {
      // It knows no transactions, so that one second is long enough for all of them.
      server.transactionLimit(Duration.ofSeconds(1));
      WebShop shop = new WebShop(server, orders);
      for (int first = 1; first <= orders; first += BATCH) {
        shop.insert(first, Math.min(BATCH, orders - first + 1), null);
      }
      shop.collection().createIndex(Indexes.ascending("updated_at"));
      return shop;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void insert(int first, int count, Date stamp) {
    List<Document> all = new ArrayList<>();
    for (int n = first; n < first + count; n++) {
      all.add(order(n, stamp));
    }
    collection().insertMany(all);
  }

  private Document order(int n, Date stamp) {
    Instant then =
        OPENED.plusMillis((long) (random.nextDouble() * Duration.ofDays(180).toMillis()));
    Document order =
        new Document("_id", id(n))
            .append("customer_id", "web-" + (1 + random.nextInt(Math.max(10, orders / 10))))
            .append("status", STATUSES.get(random.nextInt(STATUSES.size())))
            .append("total", new Decimal128(BigDecimal.valueOf(500 + random.nextInt(90_000), 2)))
            .append("items", 1 + random.nextInt(20))
            .append(
                "address",
                new Document("city", "City " + n % 97)
                    .append("zip", String.format(Locale.ROOT, "%05d", n % 100_000)))
            .append(
                "basket",
                List.of(
                    new Document("sku", "S-" + random.nextInt(500))
                        .append("pieces", 1 + random.nextInt(9))));
    if (n % 3 == 0) {
      order.append("coupon", "SAVE" + n % 50);
    }
    return order.append("updated_at", stamp == null ? Date.from(then) : stamp);
  }

  private static ObjectId id(int n) {
    return new ObjectId(String.format(Locale.ROOT, "6774a500%016x", n));
  }

  private MongoCollection<Document> collection() {
    return server.client().getDatabase(DATABASE).getCollection(COLLECTION);
  }

  @Override
  public int orders() {
    return orders;
  }

  @Override
  public String description() {
    return "orders of a web shop";
  }

  @Override
  public String address() {
    return server.connectionString() + DATABASE;
  }

  @Override
  public Map<String, String> flags() {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("mongodb_host", server.host());
    flags.put("mongodb_port", Integer.toString(server.port()));
    flags.put("mongodb_database", DATABASE);
    flags.put("mongodb_collection", COLLECTION);
    return flags;
  }

  @Override
  public Changes change() {
    Date now = new Date();
    int inserted = Math.max(1, orders / 100);
    insert(orders + 1, inserted, now);
    List<ObjectId> changed = new ArrayList<>();
    for (int n = 50; n <= orders; n += 50) {
      changed.add(id(n));
    }
    if (!changed.isEmpty()) {
      collection()
          .updateMany(
              Filters.in("_id", changed),
              Updates.combine(Updates.set("status", "shipped"), Updates.set("updated_at", now)));
    }
    return new Changes(inserted, changed.size());
  }

  @Override
  public String howToChange() {
    return "mongosh "
        + address()
        + " --eval 'db."
        + COLLECTION
        + ".updateOne({}, {$set: {status: \"returned\", updated_at: new Date()}})'";
  }

  @Override
  public void close() {
    server.close();
  }
}
