package io.deltaflow.runner.testing;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs a main class that ends with the process that started it, whose end closes standard input.
 */
public final class TiedProcess {
  private TiedProcess() {}

  /**
   * Never returns by itself.
   *
   * @param args the main class and its arguments
   */
  public static void main(String[] args) throws Exception {
    Thread watch = new Thread(TiedProcess::haltAtTheEndOfInput, "tied");
    watch.setDaemon(true);
    watch.start();
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  private static void haltAtTheEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is ever written.
      }
    } catch (IOException e) {
      // The same.
    }
    Runtime.getRuntime().halt(1);
  }
}
