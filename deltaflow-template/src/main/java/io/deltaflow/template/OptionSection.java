package io.deltaflow.template;

import io.deltaflow.OptionCatalog;
import io.deltaflow.OptionCatalog.Flag;
import io.deltaflow.spi.ConnectorOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Flags under one heading. The command line's help and {@code docs/configuration.md} list the same
 * sections in the same order.
 *
 * @param title such as {@code Smart Sync} or {@code Source postgresql}
 */
public record OptionSection(String title, List<Entry> entries) {

  /**
   * One flag in words.
   *
   * @param type such as {@code text}, {@code true or false} or the values to choose from
   * @param defaultText empty when there is none
   * @param example empty when there is none; never of a secret
   */
  public record Entry(
      String flag,
      String type,
      Optional<String> defaultText,
      boolean required,
      boolean secret,
      String help,
      Optional<String> example) {}

  public OptionSection {
    entries = List.copyOf(entries);
  }

  /**
   * Every flag of a catalogue, each in exactly one section: the run's, the sources', the
   * destination's.
   */
  public static List<OptionSection> of(OptionCatalog catalog) {
    Map<String, List<Entry>> sections = new LinkedHashMap<>();
    for (Flag flag : catalog.flags()) {
      sections.computeIfAbsent(title(flag), t -> new ArrayList<>()).add(entry(catalog, flag));
    }
    return sections.entrySet().stream()
        .map(e -> new OptionSection(e.getKey(), e.getValue()))
        .toList();
  }

  private static String title(Flag flag) {
    return switch (flag.owner()) {
      case RUN -> flag.option().group().orElse("Run");
      case SOURCE -> "Source " + flag.ownerName();
      case DESTINATION -> "Destination " + flag.ownerName();
    };
  }

  private static Entry entry(OptionCatalog catalog, Flag flag) {
    ConnectorOption<?> option = flag.option();
    boolean secret = option.isSecret() && !option.isFile();
    return new Entry(
        flag.name(),
        type(option),
        secret ? Optional.empty() : catalog.defaultText(flag),
        option.isRequired(),
        secret,
        option.help(),
        secret ? Optional.empty() : option.example());
  }

  private static String type(ConnectorOption<?> option) {
    if (option.isFile()) {
      return "path of a file, name of a secret, or PEM text";
    }
    return switch (option.type()) {
      case STRING -> option.isSecret() ? "text or name of a secret" : "text";
      case INTEGER -> "whole number";
      case BOOLEAN -> "true or false";
      case ENUM -> String.join(", ", option.enumValues());
      case LIST -> "comma-separated names";
      case JSON -> "JSON";
      case DURATION -> "duration, such as 90s, 15m, 1h";
    };
  }
}
