/** {@code ./deltaflow}: the commands of people at a terminal. */
package io.deltaflow.cli;
