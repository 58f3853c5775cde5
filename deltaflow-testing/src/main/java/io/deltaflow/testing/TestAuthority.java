package io.deltaflow.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An authority that signs certificates for tests, good for two days; made with the JDK's keytool.
 */
public final class TestAuthority {
  private static final String STORE_PASSWORD = "changeit";
  private static final String SELF = "authority";

  private final Path folder;
  private final Path store;

  private TestAuthority(Path folder, Path store) {
    this.folder = folder;
    this.store = store;
  }

  /**
   * A certificate and its key, as PEM texts and in files of their own, the key's readable by this
   * user only, as servers ask.
   */
  public record Issued(
      X509Certificate x509,
      PrivateKey privateKey,
      String certificate,
      String key,
      Path certificateFile,
      Path keyFile) {}

  /**
   * Makes an authority.
   *
   * @param folder an empty one, for its files
   */
  public static TestAuthority create(Path folder) {
    TestAuthority made = new TestAuthority(folder, folder.resolve("authority.p12"));
    made.keytool(
        "EC", "-alias", SELF, "-dname", "CN=An authority of tests", "-ext", "BC:critical=ca:true");
    return made;
  }

  /** Its own certificate, as PEM. */
  public String certificate() {
    try {
      return pem("CERTIFICATE", keys().getCertificate(SELF).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Signs a certificate.
   *
   * @param name its common name, which no other of this authority has
   * @param hosts such as {@code ip:127.0.0.1} or {@code dns:localhost}, comma-separated
   */
  public Issued issue(String name, String hosts) {
    keytool("RSA", "-alias", name, "-signer", SELF, "-dname", "CN=" + name, "-ext", "SAN=" + hosts);
    try {
      KeyStore keys = keys();
      X509Certificate x509 = (X509Certificate) keys.getCertificate(name);
      PrivateKey privateKey = (PrivateKey) keys.getKey(name, STORE_PASSWORD.toCharArray());
      String certificate = pem("CERTIFICATE", x509.getEncoded());
      String key = pem("PRIVATE KEY", privateKey.getEncoded());
      return new Issued(
          x509,
          privateKey,
          certificate,
          key,
          write(name + ".crt", certificate),
          write(name + ".key", key));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void keytool(String algorithm, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-genkeypair");
    command.addAll(List.of(arguments));
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-keyalg", algorithm, "-validity", "2"));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", STORE_PASSWORD));
    command.addAll(List.of("-keystore", store.toString()));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool failed: " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private KeyStore keys() throws GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, STORE_PASSWORD.toCharArray());
      return keys;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path write(String name, String text) {
    try {
      Path file =
          Files.createFile(
              folder.resolve(name),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String pem(String kind, byte[] bytes) {
    return "-----BEGIN "
        + kind
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + kind
        + "-----\n";
  }
}
