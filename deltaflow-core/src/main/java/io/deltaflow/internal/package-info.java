/** The engine. Nothing outside this module uses this package. */
package io.deltaflow.internal;
