/**
 * PostgreSQL as a source: reads tables and queries with binary COPY, in splits over a key, inside a
 * window that no open transaction can still write to.
 */
package io.deltaflow.source.postgres;
