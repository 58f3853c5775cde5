/**
 * The test kit for connector authors and for DeltaFlow itself: the contract that every connector
 * passes, an in-memory connector, and real servers as fixtures.
 */
package io.deltaflow.testing;
