package io.deltaflow.source.postgres;

/** How rows leave the server. */
enum ReadMethod {
  /** COPY, and a cursor where the server refuses COPY. */
  AUTO("auto"),
  COPY("copy"),
  CURSOR("cursor");

  private final String text;

  ReadMethod(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
