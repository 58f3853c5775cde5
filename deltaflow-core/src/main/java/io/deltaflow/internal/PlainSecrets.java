package io.deltaflow.internal;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says, once per run, which secrets stand in the launch request for all who may see it. */
final class PlainSecrets {
  private static final Logger LOG = LoggerFactory.getLogger(PlainSecrets.class);

  /** A certificate is public. */
  private static final Pattern CERTIFICATES =
      Pattern.compile("(?s)\\s*(-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\\s*)+");

  private PlainSecrets() {}

  static void warn(Map<String, String> secretsByFlag) {
    Map<String, String> plain = new TreeMap<>(secretsByFlag);
    plain.values().removeIf(v -> CERTIFICATES.matcher(v).matches());
    if (!plain.isEmpty()) {
      LOG.warn(
          "--{}: given as plain text, which whoever may see the launch request or this process's"
              + " arguments can read; store it in Secret Manager and give its name, {}",
          String.join(", --", plain.keySet()),
          SecretName.FORM);
    }
  }
}
