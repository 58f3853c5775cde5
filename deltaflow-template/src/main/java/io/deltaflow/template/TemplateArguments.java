package io.deltaflow.template;

import io.deltaflow.DeltaFlow;
import io.deltaflow.OptionCatalog;
import io.deltaflow.SyncOptions;
import io.deltaflow.SyncPlan;
import io.deltaflow.SyncSpec;
import io.deltaflow.destination.DestinationProvider;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BiFunction;
import org.apache.beam.runners.dataflow.options.DataflowPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * A command line, checked: DeltaFlow's flags as a {@link SyncSpec}, Beam's as {@link
 * PipelineOptions}. A flag of DeltaFlow never becomes a pipeline option, so no secret reaches the
 * job graph that way. Launcher; contacts nothing.
 */
public final class TemplateArguments {
  private static final Map<String, String> DEFAULTS = Map.of("data_source", "postgresql");
  private static final String TEST_KIT = "io.deltaflow.testing";

  private final SyncSpec spec;
  private final PipelineOptions options;
  private final boolean stagingGiven;

  private TemplateArguments(SyncSpec spec, PipelineOptions options, boolean stagingGiven) {
    this.spec = spec;
    this.options = options;
    this.stagingGiven = stagingGiven;
  }

  /**
   * What is on the class path, with the template's own defaults. The test kit's in-memory connector
   * is left out: it is there when the command line brings the kit's servers along, and has no rows
   * in any process that takes flags.
   */
  public static OptionCatalog catalog() {
    return OptionCatalog.of(
        services(SourceConnector.class), services(DestinationProvider.class), DEFAULTS);
  }

  private static <T> List<T> services(Class<T> service) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    ClassLoader loader = context == null ? TemplateArguments.class.getClassLoader() : context;
    return ServiceLoader.load(service, loader).stream()
        .filter(p -> !p.type().getPackageName().equals(TEST_KIT))
        .map(ServiceLoader.Provider::get)
        .toList();
  }

  /**
   * Of {@code --name=value} arguments, with what is on the class path.
   *
   * @throws ConfigurationException with every problem at once: unknown flags with suggestions from
   *     both DeltaFlow's and Beam's, missing ones, values that do not parse
   */
  public static TemplateArguments parse(String... args) {
    return parse(catalog(), args);
  }

  /** With the flags of a given catalogue. */
  public static TemplateArguments parse(OptionCatalog catalog, String... args) {
    return parse(catalog, BeamArguments::ofRun, args);
  }

  /** Like {@link #parse(String...)}, for what launches no run and so needs no place for files. */
  public static TemplateArguments parseWithoutRun(String... args) {
    return parse(catalog(), BeamArguments::ofRequests, args);
  }

  private static TemplateArguments parse(
      OptionCatalog catalog,
      BiFunction<SplitArguments, List<String>, PipelineOptions> beam,
      String... args) {
    SplitArguments split = BeamRegistry.split(catalog, args);
    List<String> problems = new ArrayList<>(split.problems());
    SyncSpec spec = null;
    try {
      spec = SyncSpec.fromFlags(split.flags(), catalog);
    } catch (ConfigurationException e) {
      problems.addAll(e.problems());
    }
    PipelineOptions options = beam.apply(split, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new TemplateArguments(spec, options, split.isBeamGiven("stagingLocation"));
  }

  public SyncSpec spec() {
    return spec;
  }

  public PipelineOptions options() {
    return options;
  }

  /** Whether a plan is asked for in place of a run. */
  public boolean isDryRun() {
    return spec.options().get(SyncOptions.DRY_RUN);
  }

  /**
   * What a run with these arguments would do, with what the runner needs; see {@link
   * DeltaFlow#plan}.
   */
  public SyncPlan plan() {
    // Asking for its default would look for the bucket.
    Optional<String> staging =
        stagingGiven
            ? Optional.of(options.as(DataflowPipelineOptions.class).getStagingLocation())
            : Optional.empty();
    return DeltaFlow.plan(spec, options).withAccess(RunnerAccess.of(spec, options, staging));
  }
}
