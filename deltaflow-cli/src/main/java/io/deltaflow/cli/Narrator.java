package io.deltaflow.cli;

import java.io.OutputStream;
import java.io.PrintStream;

/** Tells what happens, to people or to nobody. */
final class Narrator {
  private final PrintStream out;

  private Narrator(PrintStream out) {
    this.out = out;
  }

  static Narrator to(PrintStream out) {
    return new Narrator(out);
  }

  static Narrator silent() {
    return new Narrator(new PrintStream(OutputStream.nullOutputStream()));
  }

  void heading(String text) {
    out.println();
    out.println(text);
  }

  void line(String text) {
    out.println("  " + text);
  }

  void text(String block) {
    out.print(block);
  }
}
