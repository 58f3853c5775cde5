package io.deltaflow.testing;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.CursorNotFoundException;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.NoSuchCommandException;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.deltaflow.spi.Pem;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.bson.BsonDocument;

/**
 * An embedded server on 127.0.0.1 and a free port that speaks MongoDB's wire protocol and keeps its
 * data in memory; stops with {@link #close}.
 *
 * <p>It is not MongoDB: it knows no users, no replica sets, no {@code $bucketAuto}, no {@code
 * splitVector} and no name of the types of code, and takes no document with a key in it twice. Run
 * what matters against a real server too.
 */
public final class MongoServer implements AutoCloseable {
  private final FaultyBackend backend;
  private final de.bwaldvogel.mongo.MongoServer server;
  private final MongoClient client;

  private MongoServer(FaultyBackend backend, TestAuthority authority) {
    this.backend = backend;
    this.server = new de.bwaldvogel.mongo.MongoServer(backend);
    if (authority != null) {
      TestAuthority.Issued issued = authority.issue("mongodb", "ip:127.0.0.1");
      server.enableSsl(issued.privateKey(), null, issued.x509());
    }
    server.bind();
    MongoClientSettings.Builder settings =
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(connectionString()));
    if (authority != null) {
      settings.applyToSslSettings(s -> s.enabled(true).context(trusting(authority)));
    }
    this.client = MongoClients.create(settings.build());
  }

  private static SSLContext trusting(TestAuthority authority) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, Pem.trust("authority", authority.certificate()), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts a server; at once. */
  public static MongoServer start() {
    return new MongoServer(backend(), null);
  }

  /** Starts a server that speaks TLS only, with a certificate for its address. */
  public static MongoServer startTls(TestAuthority authority) {
    return new MongoServer(backend(), authority);
  }

  private static FaultyBackend backend() {
    FaultyBackend backend = new FaultyBackend();
    backend.version(ServerVersion.MONGO_5_0);
    return backend;
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return server.getLocalAddress().getPort();
  }

  public String connectionString() {
    return "mongodb://" + host() + ":" + port() + "/";
  }

  /** For tests to write with; closed with the server. */
  public MongoClient client() {
    return client;
  }

  /** Adds documents, given as Extended JSON. */
  public void insert(String database, String collection, String... documents) {
    MongoCollection<BsonDocument> target =
        client.getDatabase(database).getCollection(collection, BsonDocument.class);
    target.insertMany(Arrays.stream(documents).map(BsonDocument::parse).toList());
  }

  /** Answers every command that has one of the words in it as one that the server does not know. */
  public void refuse(String... words) {
    backend.refused.addAll(Arrays.asList(words));
  }

  /**
   * Answers that transactions end after so long ({@code transactionLifetimeLimitSeconds}, as
   * MongoDB lets an administrator set it), so that windows end as far before the server's clock and
   * not the 60 seconds that are usual. A whole number of seconds, at least one.
   */
  public void transactionLimit(Duration limit) {
    backend.transactionLimitSeconds.set(Math.toIntExact(limit.toSeconds()));
  }

  /** Refuses nothing any more. */
  public void allow() {
    backend.refused.clear();
  }

  /** Answers so many of the next requests for more of a cursor's rows as if it were gone. */
  public void loseCursors(int times) {
    backend.cursorsToLose.set(times);
  }

  /** How many of them were answered so. */
  public int lostCursors() {
    return backend.lostCursors.get();
  }

  @Override
  public void close() {
    client.close();
    server.shutdownNow();
  }

  private static final class FaultyBackend extends MemoryBackend {
    private static final String TRANSACTION_LIMIT = "transactionLifetimeLimitSeconds";

    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cursorsToLose = new AtomicInteger();
    private final AtomicInteger lostCursors = new AtomicInteger();
    // None: the server does not know the parameter.
    private final AtomicInteger transactionLimitSeconds = new AtomicInteger();

    /** An error is an answer as any other, and not worth a stack trace in the log. */
    @Override
    public Document handleMessage(MongoMessage message) {
      String command = String.valueOf(message.getDocument());
      try {
        for (String word : refused) {
          if (command.contains(word)) {
            throw new NoSuchCommandException(word);
          }
        }
        int limit = transactionLimitSeconds.get();
        if (limit > 0 && message.getDocument().containsKey(TRANSACTION_LIMIT)) {
          return new Document(TRANSACTION_LIMIT, limit).append("ok", 1);
        }
        Integer sample = takeSampleStage(message.getDocument());
        Document answer = super.handleMessage(message);
        return sample == null ? answer : thinned(answer, sample);
      } catch (MongoServerError e) {
        return new Document("ok", 0)
            .append("errmsg", e.getMessageWithoutErrorCode())
            .append("code", e.getCode())
            .append("codeName", e.getCodeName());
      }
    }

    /**
     * The server's own way to draw a sample fails by chance where there are many documents, so that
     * documents are drawn evenly here: the size of a sample, whose stage is taken out; else null.
     */
    private static Integer takeSampleStage(Document command) {
      if (!(command.get("pipeline") instanceof List<?> stages)) {
        return null;
      }
      for (Object stage : stages) {
        if (((Document) stage).get("$sample") instanceof Document sample) {
          List<Object> others = new ArrayList<>(stages);
          others.remove(stage);
          command.put("pipeline", others);
          command.put("cursor", new Document("batchSize", Integer.MAX_VALUE));
          return ((Number) sample.get("size")).intValue();
        }
      }
      return null;
    }

    private static Document thinned(Document answer, int size) {
      if (answer.get("cursor") instanceof Document cursor
          && cursor.get("firstBatch") instanceof List<?> all
          && all.size() > size) {
        List<Object> drawn = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          drawn.add(all.get((int) ((long) i * all.size() / size)));
        }
        cursor.put("firstBatch", drawn);
      }
      return answer;
    }

    @Override
    protected Document handleGetMore(String database, String command, Document query) {
      if (cursorsToLose.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        lostCursors.incrementAndGet();
        throw new CursorNotFoundException((Long) query.get("getMore"));
      }
      return super.handleGetMore(database, command, query);
    }
  }
}
