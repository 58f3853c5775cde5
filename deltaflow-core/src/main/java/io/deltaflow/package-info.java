/** What a user of the library calls. Start at {@link io.deltaflow.DeltaFlow}. */
package io.deltaflow;
