/**
 * Writes to BigQuery: creates tables, loads files into staging, and publishes rows, watermarks and
 * ledger in one transaction. Only the provider and its options are public.
 */
package io.deltaflow.destination.bigquery;
