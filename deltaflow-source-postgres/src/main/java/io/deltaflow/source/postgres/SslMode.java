package io.deltaflow.source.postgres;

/** The values of {@code sslmode}, as libpq names them; from the weakest on. */
enum SslMode {
  DISABLE("disable"),
  ALLOW("allow"),
  PREFER("prefer"),
  REQUIRE("require"),
  VERIFY_CA("verify-ca"),
  VERIFY_FULL("verify-full");

  private final String text;

  SslMode(String text) {
    this.text = text;
  }

  boolean checksCertificate() {
    return compareTo(VERIFY_CA) >= 0;
  }

  /** Whether rows may pass unencrypted. */
  boolean mayBePlain() {
    return compareTo(REQUIRE) < 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
