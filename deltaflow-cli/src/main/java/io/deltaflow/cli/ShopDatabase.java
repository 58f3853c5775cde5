package io.deltaflow.cli;

import io.deltaflow.testing.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The quick start's source: an embedded PostgreSQL with a small shop, and what happens in the shop.
 */
final class ShopDatabase implements OrderSource {
  private static final String DATABASE = "shop";
  private static final String ROLE = "deltaflow";
  // Of the role that shop.sql makes, in a server that listens on loopback and is gone at the end.
  private static final String PASSWORD = "quickstart";

  private final PostgresServer server;
  private final int orders;

  private ShopDatabase(PostgresServer server, int orders) {
    this.server = server;
    this.orders = orders;
  }

  /** Starts the server and fills it. */
  static ShopDatabase start(int orders) throws IOException, SQLException {
    PostgresServer server = PostgresServer.start();
    try {
      server.createDatabase(DATABASE);
      ShopDatabase shop = new ShopDatabase(server, orders);
      shop.fill();
      return shop;
    } catch (IOException | SQLException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void fill() throws IOException, SQLException {
    try (InputStream in = ShopDatabase.class.getResourceAsStream("shop.sql");
        Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET shop.orders = " + orders);
      statement.execute("SET timezone = 'UTC'");
      statement.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Override
  public Map<String, String> flags() {
    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("postgresql_host", server.host());
    flags.put("postgresql_port", Integer.toString(server.port()));
    flags.put("postgresql_database", DATABASE);
    flags.put("postgresql_username", ROLE);
    flags.put("postgresql_password", PASSWORD);
    flags.put("postgresql_table", "public.orders");
    return flags;
  }

  /** For psql. */
  String uri() {
    return uri(ROLE);
  }

  /** Of the role that may change orders. */
  String shopUri() {
    return uri("shop");
  }

  private String uri(String role) {
    return String.format(
        Locale.ROOT,
        "postgresql://%s:%s@%s:%d/%s",
        role,
        PASSWORD,
        server.host(),
        server.port(),
        DATABASE);
  }

  @Override
  public int orders() {
    return orders;
  }

  @Override
  public String description() {
    return "orders of a shop";
  }

  @Override
  public String address() {
    return uri();
  }

  @Override
  public Changes change() throws SQLException {
    return new Changes(insertOrders(), updateOrders());
  }

  @Override
  public String howToChange() {
    return "psql "
        + shopUri()
        + " -c \"UPDATE orders SET note = 'called back', updated_at = now() WHERE id <= 3\"";
  }

  /** An order whose transaction stays open: stamped now, to be committed later. */
  OpenOrder openOrder() throws SQLException {
    Connection connection = connect();
    connection.setAutoCommit(false);
    int id = orders + 1;
    execute(connection, "SELECT new_orders(" + id + ", " + id + ", now())");
    return new OpenOrder(connection);
  }

  /** Orders stamped and committed at once. */
  int ordersOvertaking() throws SQLException {
    return commitOrders(orders + 2, 3);
  }

  /** New orders. */
  int insertOrders() throws SQLException {
    return commitOrders(orders + 10, Math.max(1, orders / 100));
  }

  private int commitOrders(int first, int count) throws SQLException {
    try (Connection connection = connect()) {
      execute(connection, "SELECT new_orders(" + first + ", " + (first + count - 1) + ", now())");
    }
    return count;
  }

  /** Old orders that change. */
  int updateOrders() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(
          "UPDATE orders SET status = 'shipped', note = 'on its way', updated_at = now() WHERE id"
              + " <= "
              + orders
              + " AND id % 50 = 0");
    }
  }

  /**
   * Returns once a run's window can hold every row: it ends a second before the source's clock, so
   * that rows stamped in one clock tick are all in or all out.
   */
  void awaitVisible() throws SQLException {
    try (Connection connection = connect()) {
      execute(
          connection,
          "SELECT pg_sleep_until((SELECT max(updated_at) FROM orders) + interval '1.1 seconds')");
    }
  }

  /** As the shop itself would. */
  private Connection connect() throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", server.username());
    login.setProperty("password", server.password());
    login.setProperty("ApplicationName", "shop");
    return DriverManager.getConnection(
        "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + DATABASE, login);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  /** A transaction that has inserted an order and is not committed yet. */
  record OpenOrder(Connection connection) implements AutoCloseable {
    void commit() throws SQLException {
      connection.commit();
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
