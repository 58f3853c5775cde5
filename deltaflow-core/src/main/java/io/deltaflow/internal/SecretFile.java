package io.deltaflow.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaflow.spi.error.ConfigurationException;
import io.deltaflow.spi.error.InternalException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Plain-text secrets on their way to the workers: encrypted with a random key into a file of the
 * run. Path and key travel in the graph; neither is enough alone. The run's last step deletes the
 * file.
 */
final class SecretFile implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int IV_BYTES = 12;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Map<String, String>> OPENED = new ConcurrentHashMap<>();

  private final String path;
  private final byte[] key;

  private SecretFile(String path, byte[] key) {
    this.path = path;
    this.key = key;
  }

  /** Launcher. */
  static SecretFile write(String path, Map<String, String> secretsByFlag) {
    SecureRandom random = new SecureRandom();
    byte[] key = new byte[32];
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(key);
    random.nextBytes(iv);
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
      byte[] sealed = cipher.doFinal(JSON.writeValueAsBytes(secretsByFlag));
      byte[] content = ByteBuffer.allocate(iv.length + sealed.length).put(iv).put(sealed).array();
      RunFiles.write(path, content);
      return new SecretFile(path, key);
    } catch (GeneralSecurityException e) {
      throw new InternalException("the run's secrets could not be encrypted", e);
    } catch (IOException e) {
      throw RunFileException.written(path, e);
    }
  }

  /** Worker; reads the file once per JVM. */
  String secret(String flag) {
    String value = OPENED.computeIfAbsent(path, p -> open()).get(flag);
    if (value == null) {
      throw new ConfigurationException("--" + flag + " has no value in this run");
    }
    return value;
  }

  private Map<String, String> open() {
    try {
      ByteBuffer content = ByteBuffer.wrap(RunFiles.read(path));
      byte[] iv = new byte[IV_BYTES];
      content.get(iv);
      byte[] sealed = new byte[content.remaining()];
      content.get(sealed);
      Cipher cipher = Cipher.getInstance(CIPHER);
      cipher.init(
          Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, iv));
      return JSON.readValue(cipher.doFinal(sealed), new TypeReference<Map<String, String>>() {});
    } catch (GeneralSecurityException | JsonProcessingException e) {
      throw new InternalException("the run's secret file " + path + " could not be decrypted", e);
    } catch (IOException e) {
      throw RunFileException.read(path, e);
    }
  }

  @Override
  public String toString() {
    return "SecretFile " + path;
  }
}
