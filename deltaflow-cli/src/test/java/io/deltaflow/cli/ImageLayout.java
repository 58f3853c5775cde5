package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * The folder /template of the image, and its launcher: all jars of the folder on the class path,
 * the main class with {@code --name=value} arguments.
 */
final class ImageLayout {
  private final Path folder;
  private final Path template;

  private ImageLayout(Path folder, Path template) {
    this.folder = folder;
    this.template = template;
  }

  static ImageLayout in(Path folder) throws IOException {
    Path template = folder.resolve("deltaflow-template.jar");
    Files.copy(bundledJar(), template);
    return new ImageLayout(folder, template);
  }

  static Path bundledJar() throws IOException {
    Path target = Path.of("..", "deltaflow-template", "target");
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "*-bundled.jar")) {
      Iterator<Path> found = jars.iterator();
      assumeTrue(found.hasNext(), "there is no bundled jar: mvn package or verify makes it");
      return found.next();
    }
  }

  /** A third party's connector, compiled against the bundled jar and dropped beside it. */
  void addAcmeConnector() throws IOException {
    Path sources = Files.createTempDirectory(folder, "acme");
    Path source = sources.resolve("AcmeConnector.java");
    try (InputStream in = ImageLayout.class.getResourceAsStream("/acme/AcmeConnector.java.txt")) {
      Files.copy(in, source);
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                template.toString(),
                "-d",
                sources.toString(),
                source.toString());
    assertThat(status).isZero();
    try (OutputStream out = Files.newOutputStream(folder.resolve("acme-connector.jar"));
        JarOutputStream jar = new JarOutputStream(out);
        Stream<Path> classes = Files.walk(sources)) {
      for (Path file : classes.filter(f -> f.toString().endsWith(".class")).toList()) {
        jar.putNextEntry(new JarEntry(sources.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, jar);
      }
      jar.putNextEntry(new JarEntry("META-INF/services/io.deltaflow.spi.SourceConnector"));
      jar.write("com.acme.AcmeConnector\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  List<Path> jars() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
    }
  }

  record Ended(int status, String output) {}

  Ended launch(List<String> jvmArguments, List<String> arguments) throws Exception {
    Path output = Files.createTempFile(folder, "launch", ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(folder + "/*");
    command.add("io.deltaflow.template.DeltaFlowTemplate");
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ended by itself").isTrue();
      return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
    } finally {
      process.destroyForcibly();
    }
  }
}
