package io.deltaflow.internal;

/**
 * Places where a test may halt the process, as a power cut would: the system property {@code
 * deltaflow.crash} names one. Without it a call costs one comparison.
 */
final class CrashPoints {
  private static final String POINT = System.getProperty("deltaflow.crash");

  private CrashPoints() {}

  static void reach(String name) {
    if (POINT != null && POINT.equals(name)) {
      Runtime.getRuntime().halt(137);
    }
  }
}
