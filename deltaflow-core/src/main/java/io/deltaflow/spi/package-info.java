/**
 * All that a connector author implements or sees. Shows Beam core and the JDK only; a method added
 * to an interface here has a default.
 */
package io.deltaflow.spi;
