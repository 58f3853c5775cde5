package io.deltaflow.source.mongo;

import org.bson.UuidRepresentation;

/** In which order a driver wrote the bytes of UUIDs of the old binary subtype 3. */
enum LegacyUuid {
  /** As they are read; also what the shell shows. */
  PYTHON(UuidRepresentation.PYTHON_LEGACY),
  JAVA(UuidRepresentation.JAVA_LEGACY),
  CSHARP(UuidRepresentation.C_SHARP_LEGACY);

  private final UuidRepresentation representation;

  LegacyUuid(UuidRepresentation representation) {
    this.representation = representation;
  }

  UuidRepresentation representation() {
    return representation;
  }
}
