package io.deltaflow;

import io.deltaflow.internal.GivenSecret;
import io.deltaflow.internal.GivenSecret.Place;
import io.deltaflow.internal.SecretName;
import io.deltaflow.spi.ConnectorConfig;
import io.deltaflow.spi.ConnectorOption;
import io.deltaflow.spi.SecretRef;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.InternalException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Options that were parsed and checked. Secrets are kept apart and come out as references only. */
final class ParsedConfig implements ConnectorConfig {
  private static final int LONGEST_PATH = 4096;

  private final String prefix;
  private final Map<String, ConnectorOption<?>> declared = new HashMap<>();
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, String> secrets = new HashMap<>();
  private final Map<String, GivenSecret> secretRefs = new HashMap<>();

  private ParsedConfig(String prefix, List<ConnectorOption<?>> options) {
    this.prefix = prefix;
    options.forEach(o -> declared.put(o.name(), o));
  }

  /**
   * Parses the texts of a connector's options.
   *
   * @param prefix of the flags, empty for the run's own options
   * @param texts by flag; others than the declared are ignored
   * @param problems takes one line for each thing that is wrong
   */
  static ParsedConfig parse(
      String prefix,
      List<ConnectorOption<?>> options,
      Map<String, String> texts,
      List<String> problems) {
    ParsedConfig config = new ParsedConfig(prefix, options);
    List<String> missing = new ArrayList<>();
    for (ConnectorOption<?> option : options) {
      String flag = config.flag(option);
      String text = texts.get(flag);
      if (text == null || text.isBlank() && (!option.isSecret() || option.isFile())) {
        String required = "--" + flag + " is required (" + summary(option.help()) + ")";
        if (option.isRequired()) {
          missing.add(required);
        }
        option
            .requiredUnless()
            .map(other -> prefix + "_" + other)
            .filter(other -> texts.getOrDefault(other, "").isBlank())
            .ifPresent(other -> missing.add(required + ", or --" + other));
        continue;
      }
      config.put(option, flag, text, problems);
    }
    problems.addAll(missing);
    return config;
  }

  /** The help's first sentence, to stand in brackets. */
  private static String summary(String help) {
    int end = help.indexOf(". ");
    String text = end >= 0 ? help.substring(0, end) : help.replaceFirst("\\.$", "");
    return text.length() > 1 && Character.isLowerCase(text.charAt(1))
        ? Character.toLowerCase(text.charAt(0)) + text.substring(1)
        : text;
  }

  private void put(ConnectorOption<?> option, String flag, String text, List<String> problems) {
    try {
      if (option.isSecret()) {
        putSecret(option, flag, text);
      } else {
        values.put(option.name(), option.parse(flag, text));
      }
    } catch (ConfigurationException e) {
      problems.addAll(e.problems());
    }
  }

  private void putSecret(ConnectorOption<?> option, String flag, String text) {
    boolean isPath = option.isFile() && !text.contains("-----BEGIN");
    Optional<String> name =
        isPath ? SecretName.parseUnlessPath(flag, text) : SecretName.parse(flag, text);
    if (name.isPresent()) {
      secretRefs.put(
          option.name(), new GivenSecret(flag, Place.SECRET_MANAGER, name.orElseThrow()));
    } else if (isPath) {
      secretRefs.put(option.name(), new GivenSecret(flag, Place.FILE, path(flag, text.strip())));
    } else {
      option.parse(flag, text);
      secrets.put(option.name(), text);
      secretRefs.put(option.name(), new GivenSecret(flag, Place.PLAIN, null));
    }
  }

  /** Paths are shown in errors; what may be the text of a key is none. */
  private static String path(String flag, String text) {
    if (text.length() > LONGEST_PATH || text.lines().count() > 1) {
      throw new ConfigurationException(
          "--"
              + flag
              + ": the value given is neither the path of a file nor a text in PEM, which has a"
              + " line -----BEGIN ...-----; expected one of them, or "
              + SecretName.FORM);
    }
    return text;
  }

  /** The values of secrets that were given themselves, by flag; only the launch may ask. */
  Map<String, String> secretsByFlag() {
    Map<String, String> byFlag = new HashMap<>();
    secrets.forEach((name, value) -> byFlag.put(flag(declared.get(name)), value));
    return byFlag;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> Optional<T> find(ConnectorOption<T> option) {
    checkDeclared(option);
    if (option.isSecret()) {
      throw new InternalException("option " + flag(option) + " is a secret: ask for secret()");
    }
    T value = (T) values.get(option.name());
    return value == null ? option.defaultValue() : Optional.of(value);
  }

  @Override
  public boolean isGiven(ConnectorOption<?> option) {
    checkDeclared(option);
    return values.containsKey(option.name())
        || secretRefs.containsKey(option.name())
            && !(secrets.containsKey(option.name()) && secrets.get(option.name()).isBlank());
  }

  @Override
  public Optional<SecretRef> secret(ConnectorOption<String> option) {
    checkDeclared(option);
    return Optional.ofNullable(secretRefs.get(option.name()));
  }

  @Override
  public String flag(ConnectorOption<?> option) {
    return prefix.isEmpty() ? option.name() : prefix + "_" + option.name();
  }

  private void checkDeclared(ConnectorOption<?> option) {
    if (!declared.containsKey(option.name())) {
      throw new InternalException("option " + flag(option) + " was asked for and is not declared");
    }
  }

  @Override
  public String toString() {
    return prefix
        + " options "
        + values
        + (secretRefs.isEmpty() ? "" : " and secrets " + secretRefs.keySet());
  }
}
