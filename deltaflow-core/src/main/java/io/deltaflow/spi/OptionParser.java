package io.deltaflow.spi;

import io.deltaflow.spi.error.ConfigurationException;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class OptionParser {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(us|ms|s|m|h|d)?");

  private OptionParser() {}

  static <T> T parse(ConnectorOption<T> option, Class<T> javaType, String flag, String text) {
    if (option.pattern().isPresent() && !text.matches(option.pattern().get())) {
      throw bad(option, flag, text, "a text that matches " + option.pattern().get());
    }
    return javaType.cast(value(option, javaType, flag, text));
  }

  private static Object value(
      ConnectorOption<?> option, Class<?> javaType, String flag, String text) {
    switch (option.type()) {
      case INTEGER:
        try {
          return Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
          throw bad(option, flag, text, "a whole number");
        }
      case BOOLEAN:
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
          return Boolean.valueOf(text);
        }
        throw bad(option, flag, text, "true or false");
      case ENUM:
        return Arrays.stream(javaType.getEnumConstants())
            .filter(c -> c.toString().equalsIgnoreCase(text.trim()))
            .findFirst()
            .orElseThrow(
                () -> bad(option, flag, text, "one of " + String.join(", ", option.enumValues())));
      case LIST:
        return Arrays.stream(text.split(",")).map(String::trim).filter(s -> !s.isEmpty()).toList();
      case DURATION:
        return duration(option, flag, text);
      default:
        return text;
    }
  }

  private static Duration duration(ConnectorOption<?> option, String flag, String text) {
    Matcher m = DURATION.matcher(text.trim());
    if (!m.matches()) {
      throw bad(option, flag, text, "a duration such as 90s, 15m, 1h or 2d");
    }
    long n = Long.parseLong(m.group(1));
    switch (m.group(2) == null ? "s" : m.group(2)) {
      case "us":
        return Duration.ofNanos(Math.multiplyExact(n, 1000));
      case "ms":
        return Duration.ofMillis(n);
      case "m":
        return Duration.ofMinutes(n);
      case "h":
        return Duration.ofHours(n);
      case "d":
        return Duration.ofDays(n);
      default:
        return Duration.ofSeconds(n);
    }
  }

  private static ConfigurationException bad(
      ConnectorOption<?> option, String flag, String text, String expected) {
    // A URL may hold a password.
    boolean hidden = option.isSecret() || text.contains("://") || text.contains("@");
    String found = hidden ? "the value given" : "'" + text + "'";
    return new ConfigurationException("--" + flag + ": " + found + " is not " + expected);
  }
}
