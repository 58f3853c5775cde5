/** Syncs that run on a cluster of processes. */
package io.deltaflow.runner.testing;
