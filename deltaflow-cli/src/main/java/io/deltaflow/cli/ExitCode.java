package io.deltaflow.cli;

/** What the process ends with. */
enum ExitCode {
  OK(0),
  FAILED(1),
  /** Wrong arguments or configuration. */
  USAGE(2);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }
}
