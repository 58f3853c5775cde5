package io.deltaflow.spi;

import io.deltaflow.spi.error.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates and private keys as PEM texts, as {@link ConnectorOption#withFile options of files}
 * give them, for connectors that open TLS connections. Contacts nothing.
 */
public final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final String CERTIFICATE = "CERTIFICATE";

  /** What PKCS #8 puts before an RSA key of PKCS #1: version and algorithm. */
  private static final byte[] RSA_HEADER = {
    0x02,
    0x01,
    0x00,
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private Pem() {}

  /**
   * Trusts whom these certificates signed.
   *
   * @param flag of the option, for messages
   * @param text one certificate or several
   * @throws ConfigurationException when the text holds none
   */
  public static TrustManager[] trust(String flag, String text) {
    try {
      KeyStore store = empty();
      int n = 0;
      for (Certificate certificate : certificates(flag, text)) {
        store.setCertificateEntry("authority " + n++, certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigurationException(
          "--" + flag + ": the certificates cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Shows a certificate of one's own.
   *
   * @param flag of the certificate's option, for messages
   * @param text the certificate, and behind it those that signed it
   * @param keyFlag of the key's option
   * @param keyText the private key, not encrypted: PKCS #8, or PKCS #1 for RSA
   * @throws ConfigurationException when one of them is none, or they do not belong together; never
   *     with the key
   */
  public static KeyManager[] identity(String flag, String text, String keyFlag, String keyText) {
    Collection<? extends Certificate> chain = certificates(flag, text);
    PrivateKey key = privateKey(keyFlag, keyText);
    try {
      KeyStore store = empty();
      store.setKeyEntry("own", key, new char[0], chain.toArray(new Certificate[0]));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      return factory.getKeyManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigurationException(
          "--" + keyFlag + " and --" + flag + " cannot be used together: " + e.getMessage());
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(String flag, String text) {
    StringBuilder blocks = new StringBuilder();
    Matcher m = BLOCK.matcher(text);
    while (m.find()) {
      if (m.group(1).equals(CERTIFICATE)) {
        blocks.append(m.group()).append('\n');
      }
    }
    if (blocks.isEmpty()) {
      throw new ConfigurationException(
          "--"
              + flag
              + ": expected a certificate in PEM (-----BEGIN CERTIFICATE-----), found none");
    }
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(
              new ByteArrayInputStream(blocks.toString().getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new ConfigurationException(
          "--" + flag + ": a certificate in it cannot be read: " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(String flag, String text) {
    Matcher m = BLOCK.matcher(text);
    while (m.find()) {
      if (m.group(1).equals("PRIVATE KEY") || m.group(1).equals("RSA PRIVATE KEY")) {
        return decoded(flag, m.group(1).startsWith("RSA"), m.group(2));
      }
    }
    throw noKey(flag);
  }

  /** The causes tell about the key, and are left out. */
  private static PrivateKey decoded(String flag, boolean pkcs1, String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw noKey(flag);
    }
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pkcs1 ? pkcs8(bytes) : bytes);
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        continue;
      } catch (GeneralSecurityException e) {
        throw new AssertionError("every JVM has " + algorithm, e);
      }
    }
    throw noKey(flag);
  }

  private static ConfigurationException noKey(String flag) {
    return new ConfigurationException(
        "--"
            + flag
            + ": expected a private key in PEM that is not encrypted (-----BEGIN PRIVATE KEY-----),"
            + " found none that can be read; openssl pkcs8 -topk8 -nocrypt makes one of other"
            + " forms");
  }

  private static byte[] pkcs8(byte[] rsa) {
    byte[] key = element(0x04, rsa);
    byte[] inner = new byte[RSA_HEADER.length + key.length];
    System.arraycopy(RSA_HEADER, 0, inner, 0, RSA_HEADER.length);
    System.arraycopy(key, 0, inner, RSA_HEADER.length, key.length);
    return element(0x30, inner);
  }

  /** In DER, with a length of two bytes, which every key needs and none exceeds. */
  private static byte[] element(int tag, byte[] content) {
    byte[] out = new byte[content.length + 4];
    out[0] = (byte) tag;
    out[1] = (byte) 0x82;
    out[2] = (byte) (content.length >> 8);
    out[3] = (byte) content.length;
    System.arraycopy(content, 0, out, 4, content.length);
    return out;
  }
}
