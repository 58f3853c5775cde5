package io.deltaflow.destination;

/** Whether the target may be created. */
public enum CreateDisposition {
  CREATE_IF_NEEDED,
  CREATE_NEVER
}
