package io.deltaflow.template;

import io.deltaflow.DeltaFlow;
import io.deltaflow.SyncRun;
import io.deltaflow.spi.error.DeltaFlowException;
import io.deltaflow.spi.error.InternalException;
import java.io.PrintStream;
import org.apache.beam.runners.dataflow.DataflowRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main class of the Flex Template and of the bundled jar: flags in, one launched run, out. On
 * Dataflow the run goes on after this process has gone; any other runner may need the process, so
 * that the run is waited for.
 */
public final class DeltaFlowTemplate {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaFlowTemplate.class);

  private DeltaFlowTemplate() {}

  /**
   * Exits with 1 and a message when the run could not be launched, or was waited for and failed.
   *
   * @param args {@code --name=value}, DeltaFlow's flags and Beam's options in any order
   */
  public static void main(String[] args) {
    int status = launch(System.err, args);
    if (status != 0) {
      System.exit(status);
    }
  }

  /**
   * Without exiting: 0 when launched, and when it has ended well if it was waited for, or when it
   * was planned with {@code --dry_run=true}.
   */
  static int launch(PrintStream err, String... args) {
    try {
      TemplateArguments arguments = TemplateArguments.parse(args);
      if (arguments.isDryRun()) {
        LOG.info("Dry run, so no job is launched\n{}", arguments.plan());
        return 0;
      }
      SyncRun run = DeltaFlow.launch(arguments.spec(), arguments.options());
      LOG.info("Launched run {}", run.runId());
      if (arguments.options().getRunner() != DataflowRunner.class) {
        LOG.info("The run has ended well: {}", run.waitUntilFinish().toJson());
      }
      return 0;
    } catch (InternalException e) {
      err.println(e.getMessage());
      LOG.error("A defect of DeltaFlow or of a connector, please report it", e);
    } catch (DeltaFlowException e) {
      err.println(e.getMessage());
      LOG.debug("The launch failed", e);
    } catch (RuntimeException e) {
      err.println("The launch failed: " + e);
      LOG.error("The launch failed", e);
    }
    return 1;
  }
}
