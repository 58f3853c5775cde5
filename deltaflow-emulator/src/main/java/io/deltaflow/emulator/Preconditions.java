package io.deltaflow.emulator;

/**
 * Cloud Storage's conditions of a call; null means none.
 *
 * @param generation 0 means that the object must not exist
 */
record Preconditions(
    Long generation,
    Long notGeneration,
    Long metageneration,
    Long notMetageneration,
    Long exactGeneration) {
  static final Preconditions NONE = new Preconditions(null, null, null, null, null);

  static Preconditions of(WireRequest request) {
    return new Preconditions(
        number(request, "ifGenerationMatch"),
        number(request, "ifGenerationNotMatch"),
        number(request, "ifMetagenerationMatch"),
        number(request, "ifMetagenerationNotMatch"),
        number(request, "generation"));
  }

  /** Those on the source of a copy. */
  static Preconditions ofSource(WireRequest request) {
    return new Preconditions(
        number(request, "ifSourceGenerationMatch"),
        number(request, "ifSourceGenerationNotMatch"),
        number(request, "ifSourceMetagenerationMatch"),
        number(request, "ifSourceMetagenerationNotMatch"),
        number(request, "sourceGeneration"));
  }

  /** Those on the destination of a copy, whose own generation is not asked for. */
  static Preconditions ofDestination(WireRequest request) {
    Preconditions all = of(request);
    return new Preconditions(
        all.generation, all.notGeneration, all.metageneration, all.notMetageneration, null);
  }

  private static Long number(WireRequest request, String name) {
    return request.parameter(name).isEmpty() ? null : request.number(name, 0);
  }

  /**
   * Throws conditionNotMet, or notFound when another generation is asked for.
   *
   * @param stored null when there is no such object
   */
  void check(ObjectStore.Stored stored) {
    long found = stored == null ? 0 : stored.resource().getGeneration();
    long foundMeta = stored == null ? 0 : stored.resource().getMetageneration();
    if (exactGeneration != null && exactGeneration != found) {
      throw new ApiError("notFound", "No such object generation: " + exactGeneration);
    }
    if (generation != null && generation != found
        || notGeneration != null && notGeneration == found
        || metageneration != null && metageneration != foundMeta
        || notMetageneration != null && notMetageneration == foundMeta) {
      throw new ApiError(
          "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
    }
  }
}
