package io.deltaflow.destination;

/** What a run does when the source's columns are no longer those of the existing target. */
public enum SchemaEvolution {
  /** Changes that take nothing from the target are made; any other is refused. */
  ADDITIVE,
  /** The target's schema stays; rows that do not fit it are refused. */
  NONE
}
