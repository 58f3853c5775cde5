package io.deltaflow.cli;

import io.deltaflow.DeltaFlow;
import io.deltaflow.Proof;
import io.deltaflow.RunReport;
import io.deltaflow.TableDigest;
import io.deltaflow.template.TemplateArguments;
import java.util.Locale;
import java.util.Map;

/** The sync of a quick start, run and proved through the flags that a user would give. */
record QuickstartSync(Map<String, String> flags, Terminal terminal, Narrator narrator) {
  RunReport run() {
    RunReport report = RunCommand.sync(arguments(), terminal);
    narrator.text(ReportText.of(report));
    return report;
  }

  Proof prove() {
    Proof proof;
    TemplateArguments arguments = arguments();
    try (Progress progress = Progress.start(terminal)) {
      progress.phase("comparing source and destination");
      proof = DeltaFlow.verify(arguments.spec(), arguments.options());
    }
    narrator.line("source       " + digest(proof.source()));
    narrator.line("destination  " + digest(proof.destination()));
    narrator.line(proof.isEqual() ? "EQUAL" : "DIFFERENT: please report this");
    return proof;
  }

  private TemplateArguments arguments() {
    return TemplateArguments.parse(
        flags.entrySet().stream()
            .map(e -> "--" + e.getKey() + "=" + e.getValue())
            .toArray(String[]::new));
  }

  /** To copy into a shell. */
  String command() {
    StringBuilder run = new StringBuilder("./deltaflow run");
    flags.forEach(
        (name, value) ->
            run.append(" \\\n    --")
                .append(name)
                .append('=')
                .append(value.contains("\"") ? "'" + value + "'" : value));
    return run.toString();
  }

  private static String digest(TableDigest digest) {
    return String.format(Locale.ROOT, "%,d rows  %s", digest.count(), digest.hash());
  }
}
