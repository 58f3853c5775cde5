/**
 * What happens to a row between source and destination: names, conversions, defaults, changes of
 * values, calculated fields, and quality checks. A library of functions: nothing here contacts
 * anything, and an error of configuration is found before a row is read.
 *
 * <p>{@link io.deltaflow.transform.Transformation} and {@link io.deltaflow.transform.QualityChecks}
 * are what a user wrote; bound to a schema they become {@link
 * io.deltaflow.transform.BoundTransformation} and {@link io.deltaflow.transform.BoundChecks}, which
 * travel to workers.
 */
package io.deltaflow.transform;
