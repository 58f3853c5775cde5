/**
 * The connector {@code mongodb}: collections, views and time series collections of a MongoDB
 * database.
 */
package io.deltaflow.source.mongo;
