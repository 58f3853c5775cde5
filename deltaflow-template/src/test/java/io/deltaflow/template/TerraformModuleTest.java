package io.deltaflow.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of {@code deploy/terraform}; needs Terraform, and for the second test its registry. */
final class TerraformModuleTest {
  private static final Path MODULE = Path.of("..", "deploy", "terraform");

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    try (Stream<Path> files = Files.list(MODULE)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".tf")).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  private record Ended(int status, String output) {}

  private Ended terraform(String... arguments) throws Exception {
    Path output = folder.resolve("output.txt");
    List<String> command = new ArrayList<>(List.of("terraform"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, "terraform is not installed");
      throw e;
    }
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void itIsWrittenAsTerraformWritesIt() throws Exception {
    Ended ended = terraform("fmt", "-check", "-diff", "-no-color");
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  @Test
  void itIsValid() throws Exception {
    Ended init = terraform("init", "-backend=false", "-input=false", "-no-color");
    assumeTrue(init.status() == 0, "Terraform's registry is not reached");
    Ended ended = terraform("validate", "-no-color");
    assertThat(ended.status()).as(ended.output()).isZero();
  }
}
