package io.deltaflow.template;

import io.deltaflow.OptionCatalog;
import io.deltaflow.secrets.google.SecretManagerOptions;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.extensions.gcp.options.GcsOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/**
 * Which of Beam's options are there. Beam compares every interface of options on the class path
 * with all others, which takes longer than planning a small run. So a run in this process registers
 * what it can use, and everything else only when an argument asks for it.
 */
final class BeamRegistry {
  private static final List<Class<? extends PipelineOptions>> OF_A_RUN_HERE =
      List.of(
          DirectOptions.class, BigQueryOptions.class, GcsOptions.class, SecretManagerOptions.class);

  private BeamRegistry() {}

  /** Tells the arguments apart, and registers the options that they name. */
  static SplitArguments split(OptionCatalog catalog, String... args) {
    SplitArguments here = SplitArguments.of(catalog, BeamOptionNames.of(OF_A_RUN_HERE), args);
    if (here.problems().isEmpty() && here.isBeamAlways("runner", DirectRunner.class)) {
      registerThoseOfARunHere();
      return here;
    }
    return SplitArguments.of(catalog, all(), args);
  }

  /** The names of all options, of every registrar on the class path. */
  static Set<String> all() {
    // Those that are known already cost nothing.
    for (PipelineOptionsRegistrar registrar : ServiceLoader.load(PipelineOptionsRegistrar.class)) {
      registrar.getPipelineOptions().forEach(PipelineOptionsFactory::register);
    }
    return BeamOptionNames.of(PipelineOptionsFactory.getRegisteredOptions());
  }

  /** Beam looks for registrars once, when it is first asked for options. */
  private static void registerThoseOfARunHere() {
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    thread.setContextClassLoader(new WithoutRegistrars(context));
    try {
      OF_A_RUN_HERE.forEach(PipelineOptionsFactory::register);
    } finally {
      thread.setContextClassLoader(context);
    }
  }

  private static final class WithoutRegistrars extends ClassLoader {
    private static final String REGISTRARS =
        "META-INF/services/" + PipelineOptionsRegistrar.class.getName();

    WithoutRegistrars(ClassLoader parent) {
      super(parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.equals(REGISTRARS) ? Collections.emptyEnumeration() : super.getResources(name);
    }
  }
}
