package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

/** What Beam registers it registers once per class loader, so that each test has one of its own. */
final class BeamRegistryTest {
  private static final String[] RUN = {
    "--postgresql_host=db.example.com",
    "--postgresql_database=shop",
    "--postgresql_username=reader",
    "--postgresql_table=public.orders",
    "--destination_bigquery_project=my-project",
    "--destination_bigquery_dataset=analytics",
    "--destination_bigquery_table=orders",
    "--tempLocation=gs://bucket/temp"
  };

  @Test
  void aRunInThisProcessRegistersWhatItCanUse() throws Exception {
    assertThat(registeredBy(RUN))
        .containsExactlyInAnyOrder(
            "BigQueryOptions", "DirectOptions", "GcsOptions", "SecretManagerOptions");
    assertThat(registeredBy(with("--runner=DirectRunner", "--bigQueryEndpoint=https://b/")))
        .hasSize(4);
  }

  @Test
  void anOptionOfAnotherRunnerIsKnownAllTheSame() throws Exception {
    assertThat(registeredBy(RUN, with("--region=europe-west3")))
        .contains("BigQueryOptions", "DataflowPipelineOptions", "PubsubOptions");
  }

  @Test
  void anotherRunnerHasAllOptions() throws Exception {
    assertThat(
            registeredBy(
                with("--runner=DataflowRunner", "--project=my-project", "--region=europe-west3")))
        .contains("DataflowPipelineOptions", "SdkHarnessOptions");
  }

  private static String[] with(String... more) {
    String[] args = Arrays.copyOf(RUN, RUN.length + more.length);
    System.arraycopy(more, 0, args, RUN.length, more.length);
    return args;
  }

  /** The interfaces that are registered after parsing, in a Beam that was never asked before. */
  private static Set<String> registeredBy(String[]... commands) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    try (URLClassLoader fresh =
        new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(fresh);
      Class<?> arguments = fresh.loadClass(TemplateArguments.class.getName());
      Method parse = arguments.getMethod("parse", String[].class);
      for (String[] args : commands) {
        assertThat(parse.invoke(null, (Object) args)).isNotNull();
      }
      Class<?> factory = fresh.loadClass(PipelineOptionsFactory.class.getName());
      Set<String> names = new TreeSet<>();
      for (Object options : (Set<?>) factory.getMethod("getRegisteredOptions").invoke(null)) {
        names.add(((Class<?>) options).getSimpleName());
      }
      return names;
    } finally {
      thread.setContextClassLoader(context);
    }
  }

  private static URL[] classPath() throws MalformedURLException {
    String[] entries = System.getProperty("java.class.path").split(File.pathSeparator);
    URL[] urls = new URL[entries.length];
    for (int i = 0; i < entries.length; i++) {
      urls[i] = Path.of(entries[i]).toUri().toURL();
    }
    return urls;
  }
}
