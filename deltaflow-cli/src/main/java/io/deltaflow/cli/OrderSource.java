package io.deltaflow.cli;

import java.util.Map;

/** One of several sources that a quick start merges: a server or a table with orders. */
interface OrderSource extends AutoCloseable {
  /** How many orders there are at first. */
  int orders();

  /** For people. */
  String description();

  String address();

  /** The flags of the source. */
  Map<String, String> flags();

  /** Orders come and old ones change, all stamped now. */
  Changes change() throws Exception;

  /** A command that changes an order, to copy into a shell. */
  String howToChange();

  @Override
  void close();

  /** How many. */
  record Changes(int inserted, int updated) {}
}
