package io.deltaflow.internal;

import io.deltaflow.spi.error.ConfigurationException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a version of a secret in Secret Manager, in place of the secret itself. */
public final class SecretName {
  public static final String FORM = "projects/PROJECT/secrets/SECRET/versions/VERSION";

  private static final String SERVICE = "//secretmanager.googleapis.com/";
  private static final Pattern MEANT =
      Pattern.compile("(?s)(//secretmanager\\.|projects/|/projects/|secrets/[^/]+/versions/).*");
  private static final Pattern NAME =
      Pattern.compile(
          "(projects/[a-z0-9][a-z0-9.:-]*/(?:locations/[a-z0-9-]+/)?secrets/[A-Za-z0-9_-]{1,255})"
              + "(?:/versions/([A-Za-z0-9_-]+))?");

  private SecretName() {}

  /**
   * Like {@link #parse}, of a text that may be the path of a file as well: a folder may be called
   * {@code projects}.
   */
  public static Optional<String> parseUnlessPath(String flag, String text) {
    return text.contains("/secrets/") ? parse(flag, text) : Optional.empty();
  }

  /**
   * The whole name of what a text refers to; empty when the text is no reference.
   *
   * @throws ConfigurationException when it can only be meant as one, without the text: it may be a
   *     secret after all
   */
  public static Optional<String> parse(String flag, String text) {
    String name = text.strip();
    if (!MEANT.matcher(name).matches()) {
      return Optional.empty();
    }
    Matcher m = NAME.matcher(name.startsWith(SERVICE) ? name.substring(SERVICE.length()) : name);
    if (!m.matches()) {
      throw new ConfigurationException(
          "--"
              + flag
              + ": the value given begins like the name of a secret in Secret Manager and is none;"
              + " expected "
              + FORM
              + ", without /versions/VERSION for the latest");
    }
    return Optional.of(m.group(1) + "/versions/" + (m.group(2) == null ? "latest" : m.group(2)));
  }
}
