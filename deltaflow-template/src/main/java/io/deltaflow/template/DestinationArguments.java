package io.deltaflow.template;

import io.deltaflow.DestinationSpec;
import io.deltaflow.OptionCatalog;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * A command line of which only the destination and the sync's name count; all other flags of a run
 * may be there. Contacts nothing.
 */
public final class DestinationArguments {
  private final DestinationSpec spec;
  private final PipelineOptions options;

  private DestinationArguments(DestinationSpec spec, PipelineOptions options) {
    this.spec = spec;
    this.options = options;
  }

  /**
   * Of {@code --name=value} arguments, with what is on the class path.
   *
   * @throws ConfigurationException with every problem at once: unknown flags with suggestions from
   *     both DeltaFlow's and Beam's, missing ones, values that do not parse
   */
  public static DestinationArguments parse(String... args) {
    OptionCatalog catalog = TemplateArguments.catalog();
    SplitArguments split = BeamRegistry.split(catalog, args);
    List<String> problems = new ArrayList<>(split.problems());
    DestinationSpec spec = null;
    try {
      spec = DestinationSpec.fromFlags(split.flags(), catalog);
    } catch (ConfigurationException e) {
      problems.addAll(e.problems());
    }
    PipelineOptions options = BeamArguments.ofRequests(split, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new DestinationArguments(spec, options);
  }

  public DestinationSpec spec() {
    return spec;
  }

  public PipelineOptions options() {
    return options;
  }
}
