/**
 * BigQuery as a source: tables, views and GoogleSQL queries, each read as it was at one instant,
 * with the Storage Read API or from exported files.
 */
package io.deltaflow.source.bigquery;
