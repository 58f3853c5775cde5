/**
 * What the engine asks of a destination. Internal to DeltaFlow, and may change in any release,
 * until a second destination shows what is general.
 */
package io.deltaflow.destination;
