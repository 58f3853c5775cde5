/**
 * Where tests interfere with a process that runs syncs: crash points and the machine's clock. Costs
 * nothing where no test does; {@code io.deltaflow.testing} is how tests use it.
 */
package io.deltaflow.fault;
