package io.deltaflow.cli;

import io.deltaflow.OptionCatalog;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.template.ConfigurationReference;
import io.deltaflow.template.OptionSection;
import io.deltaflow.template.TemplateArguments;
import io.deltaflow.template.TemplateMetadata;
import java.util.List;
import java.util.Set;

/** Lists the connectors on the class path with their options. */
final class ConnectorsCommand implements Command {
  @Override
  public String name() {
    return "connectors";
  }

  @Override
  public String summary() {
    return "list the connectors and their options";
  }

  @Override
  public String help() {
    return """
    Usage: deltaflow connectors [--markdown | --metadata]

    Lists the connectors found on the class path and every option of theirs.

      --markdown   print docs/configuration.md: all flags, as Markdown
      --metadata   print deltaflow-template/metadata.json: all flags, for the Flex Template
    """;
  }

  @Override
  public ExitCode run(List<String> args, Terminal terminal) throws UsageException {
    CommandOptions options = CommandOptions.parse(args, Set.of("markdown", "metadata"), Set.of());
    OptionCatalog catalog = TemplateArguments.catalog();
    terminal.out().print(output(options, catalog));
    return ExitCode.OK;
  }

  private static String output(CommandOptions options, OptionCatalog catalog) {
    if (options.has("markdown")) {
      return ConfigurationReference.markdown(catalog);
    }
    return options.has("metadata") ? TemplateMetadata.json(catalog) : text(catalog);
  }

  private static String text(OptionCatalog catalog) {
    StringBuilder out = new StringBuilder();
    for (OptionSection section : OptionSection.of(catalog)) {
      for (SourceConnector connector : catalog.connectors()) {
        if (section.title().equals("Source " + connector.name())) {
          out.append(connector.name()).append(": ").append(connector.description()).append("\n\n");
          FlagText.append(out, section);
          out.append('\n');
        }
      }
    }
    if (out.length() == 0) {
      return "There is no connector on the class path.\n";
    }
    return out.append("Flags that belong to every run: deltaflow run --help\n").toString();
  }
}
