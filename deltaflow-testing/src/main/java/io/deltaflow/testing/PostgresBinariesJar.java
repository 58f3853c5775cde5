package io.deltaflow.testing;

import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Takes the server's binaries from a given artifact in place of the class path. */
record PostgresBinariesJar(Path jar) implements PgBinaryResolver {
  @Override
  public InputStream getPgBinary(String system, String machine) throws IOException {
    String name =
        String.format(Locale.ROOT, "postgres-%s-%s.txz", system.toLowerCase(Locale.ROOT), machine);
    try (JarFile file = new JarFile(jar.toFile())) {
      JarEntry entry = file.getJarEntry(name);
      if (entry == null) {
        throw new FileNotFoundException(jar + " has no " + name + ": it is for another platform");
      }
      try (InputStream in = file.getInputStream(entry)) {
        return new ByteArrayInputStream(in.readAllBytes());
      }
    }
  }
}
