package io.deltaflow.template;

import io.deltaflow.DeltaFlow;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.DeltaFlowException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main class of the Flex Template and of the bundled jar: flags in, one launched run, out. Never waits for the run's
 * end by itself; on Dataflow the run goes on after this process has gone.
 */
public final class DeltaFlowTemplate {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaFlowTemplate.class);

  private DeltaFlowTemplate() {}

  /**
   * Exits with 1 and a message when the run could not be launched.
   *
   * @param args {@code --name=value}, DeltaFlow's flags and Beam's options in any order
   */
  public static void main(String[] args) {
    int status = launch(args);
    if (status != 0) {
      System.exit(status);
    }
  }

  /** Without exiting: 0 when launched. */
  static int launch(String... args) {
    try {
      TemplateArguments arguments = TemplateArguments.parse(args);
      LOG.info("launched run {}", DeltaFlow.launch(arguments.spec(), arguments.options()).runId());
      return 0;
    } catch (ConfigurationException e) {
      System.err.println(e.getMessage());
    } catch (DeltaFlowException e) {
      System.err.println(e.getMessage());
      LOG.info("the launch failed", e);
    }
    return 1;
  }
}
