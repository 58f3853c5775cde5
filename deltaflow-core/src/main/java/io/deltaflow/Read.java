package io.deltaflow;

import io.deltaflow.internal.SourceRows;
import io.deltaflow.spi.Source;
import io.deltaflow.spi.SourceConnector;
import io.deltaflow.spi.error.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/**
 * Reads a source as a bounded {@code PCollection<Row>} with the schema that was detected. Detection and planning happen
 * when the transform is applied, on the launcher; reading on the workers. A split that fails for a passing reason is
 * read again by the runner; each row of the source is in the output exactly once. Needs {@code --tempLocation} for the
 * plan; its files are deleted when the last split was read.
 */
public final class Read extends PTransform<PBegin, PCollection<Row>> {
  private static final long serialVersionUID = 1L;

  private final transient Source source;
  private final transient Map<String, String> secrets;

  private Read(Source source, Map<String, String> secrets) {
    this.source = source;
    this.secrets = secrets;
  }

  static Read of(String name, Map<String, String> options, OptionCatalog catalog) {
    SourceConnector connector = catalog.connector(name);
    List<String> problems = new ArrayList<>();
    List<String> known = connector.options().stream().map(o -> o.name()).toList();
    Map<String, String> texts = new LinkedHashMap<>();
    options.forEach(
        (option, text) -> {
          if (!known.contains(option)) {
            problems.add(
                "the connector '"
                    + name
                    + "' has no option '"
                    + option
                    + "'"
                    + NearNames.hint(option, known));
          }
          texts.put(connector.flagPrefix() + "_" + option, text);
        });
    ParsedConfig config =
        ParsedConfig.parse(connector.flagPrefix(), connector.options(), texts, problems);
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Read(connector.open(config), config.secretsByFlag());
  }

  @Override
  public PCollection<Row> expand(PBegin input) {
    return SourceRows.read(input, source, secrets);
  }
}
