package io.deltaflow.source.postgres;

/** The values of {@code sslmode}, as libpq names them. */
enum SslMode {
  DISABLE("disable"),
  PREFER("prefer"),
  REQUIRE("require"),
  VERIFY_CA("verify-ca"),
  VERIFY_FULL("verify-full");

  private final String text;

  SslMode(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
