package io.deltaflow.spi;

import io.deltaflow.spi.error.ConfigurationException;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The one declaration of an option. Parsing, validation, masking, {@code docs/configuration.md},
 * the template's {@code metadata.json} and the command line's help all come from it.
 *
 * <p>Immutable; {@code withX} methods return a changed copy.
 *
 * @param <T> String, Long, Boolean, an enum, or List of String
 */
public final class ConnectorOption<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What an option's text is parsed into. */
  public enum Type {
    STRING,
    INTEGER,
    BOOLEAN,
    ENUM,
    /** Comma-separated names. */
    LIST,
    /** A JSON text, kept as it is. */
    JSON,
    /**
     * A text like {@code 90s}, {@code 15m}, {@code 1h}, {@code 2d}; a plain number is seconds.
     * Parsed to a Duration.
     */
    DURATION
  }

  private final String name;
  private final Type type;
  private final Class<T> javaType;
  private final String help;
  // Set before anybody else sees the option, and never again.
  private String group;
  private T defaultValue;
  private boolean required;
  private String requiredUnless;
  private boolean secret;
  private boolean file;
  private String pattern;
  private String example;

  private ConnectorOption(String name, Type type, Class<T> javaType, String help) {
    this.name = name;
    this.type = type;
    this.javaType = javaType;
    this.help = help;
  }

  private static <T> ConnectorOption<T> of(String name, Type type, Class<T> javaType, String help) {
    if (!name.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException("option name '" + name + "' is not snake_case");
    }
    return new ConnectorOption<>(name, type, javaType, Objects.requireNonNull(help));
  }

  private ConnectorOption<T> with(Consumer<ConnectorOption<T>> change) {
    ConnectorOption<T> copy = new ConnectorOption<>(name, type, javaType, help);
    copy.group = group;
    copy.defaultValue = defaultValue;
    copy.required = required;
    copy.requiredUnless = requiredUnless;
    copy.secret = secret;
    copy.file = file;
    copy.pattern = pattern;
    copy.example = example;
    change.accept(copy);
    return copy;
  }

  public static ConnectorOption<String> string(String name, String help) {
    return of(name, Type.STRING, String.class, help);
  }

  public static ConnectorOption<Long> integer(String name, String help) {
    return of(name, Type.INTEGER, Long.class, help);
  }

  public static ConnectorOption<Boolean> bool(String name, String help) {
    return of(name, Type.BOOLEAN, Boolean.class, help);
  }

  public static <E extends Enum<E>> ConnectorOption<E> enumeration(
      String name, Class<E> values, String help) {
    return of(name, Type.ENUM, values, help);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  public static ConnectorOption<List<String>> list(String name, String help) {
    return (ConnectorOption) of(name, Type.LIST, List.class, help);
  }

  public static ConnectorOption<String> json(String name, String help) {
    return of(name, Type.JSON, String.class, help);
  }

  public static ConnectorOption<java.time.Duration> duration(String name, String help) {
    return of(name, Type.DURATION, java.time.Duration.class, help);
  }

  public ConnectorOption<T> withDefault(T value) {
    return with(copy -> copy.defaultValue = value);
  }

  /** Must be given. */
  public ConnectorOption<T> withRequired() {
    return with(copy -> copy.required = true);
  }

  /**
   * Must be given, unless another option of the connector is.
   *
   * @param other its name
   */
  public ConnectorOption<T> withRequiredUnless(String other) {
    return with(copy -> copy.requiredUnless = other);
  }

  /**
   * Never shown; handed to the connector as a {@link SecretRef} only. Users may give the name of a
   * secret in Secret Manager in place of the value, which no {@link #withPattern pattern} concerns.
   */
  public ConnectorOption<T> withSecret() {
    return with(copy -> copy.secret = true);
  }

  /**
   * A secret, or a text as long as a file, such as a certificate: users give the path of a file
   * that the launcher reads, of any file system that Beam knows, or the name of a secret. A value
   * that contains {@code -----BEGIN} is the text itself. Handed to the connector as a {@link
   * SecretRef}, whose value is the text.
   */
  public ConnectorOption<T> withFile() {
    return with(
        copy -> {
          copy.secret = true;
          copy.file = true;
        });
  }

  /** The whole text must match this regular expression. */
  public ConnectorOption<T> withPattern(String regex) {
    Pattern.compile(regex);
    return with(copy -> copy.pattern = regex);
  }

  public ConnectorOption<T> withExample(String text) {
    return with(copy -> copy.example = text);
  }

  /** The heading under which documentation lists the option. */
  public ConnectorOption<T> withGroup(String heading) {
    return with(copy -> copy.group = heading);
  }

  /**
   * Without the connector's prefix: the flag of option {@code host} of {@code postgresql} is {@code
   * postgresql_host}.
   */
  public String name() {
    return name;
  }

  public Type type() {
    return type;
  }

  public String help() {
    return help;
  }

  public Optional<String> group() {
    return Optional.ofNullable(group);
  }

  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  public boolean isRequired() {
    return required;
  }

  /** The name of the option that may be given in place of this one. */
  public Optional<String> requiredUnless() {
    return Optional.ofNullable(requiredUnless);
  }

  public boolean isSecret() {
    return secret;
  }

  /** Whether the value may be, and usually is, in a file. */
  public boolean isFile() {
    return file;
  }

  public Optional<String> pattern() {
    return Optional.ofNullable(pattern);
  }

  public Optional<String> example() {
    return Optional.ofNullable(example);
  }

  /** The names of an ENUM's values, else empty. */
  public List<String> enumValues() {
    return type == Type.ENUM
        ? java.util.Arrays.stream(javaType.getEnumConstants()).map(Object::toString).toList()
        : List.of();
  }

  /**
   * The typed value of a text.
   *
   * @param flag the name to use in the error
   * @throws ConfigurationException naming the flag, what was found (unless secret) and what was
   *     expected
   */
  public T parse(String flag, String text) {
    return OptionParser.parse(this, javaType, flag, text);
  }

  @Override
  public String toString() {
    return name;
  }
}
