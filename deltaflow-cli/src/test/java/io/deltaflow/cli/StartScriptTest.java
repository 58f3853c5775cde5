package io.deltaflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./deltaflow} and its archive of classes, in a checkout that is built, with a Java whose
 * quick start writes an archive that no JVM takes.
 */
@DisabledOnOs(OS.WINDOWS)
final class StartScriptTest {
  private static final String JAVA =
      """
      #!/bin/sh
      echo "$*" >> "%1$s/log"
      case "$*" in
        *quickstart*)
          [ ! -e "%1$s/fails" ] || exit 1
          for a in "$@"; do
            case "$a" in
              -XX:ArchiveClassesAtExit=*) echo broken > "${a#*=}" ;;
            esac
          done
          ;;
        *) exec "%2$s/bin/java" "$@" ;;
      esac
      """;

  @TempDir Path root;
  private Path home;
  private Path target;

  @BeforeEach
  void checkOut() throws IOException {
    home = Files.createDirectories(root.resolve("java"));
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    String real = System.getProperty("java.home");
    Files.writeString(java, JAVA.formatted(home, real));
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.copy(Path.of(real, "release"), home.resolve("release"));

    Files.copy(
        Path.of("..", "deltaflow"), root.resolve("deltaflow"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createFile(root.resolve("pom.xml"));
    Path jvm = Files.createDirectories(root.resolve("deltaflow-cli/src/main/jvm"));
    for (String file : List.of("run.options", "rows.options", "run.directives")) {
      Files.copy(Path.of("src/main/jvm", file), jvm.resolve(file));
    }
    Files.createFile(root.resolve("deltaflow-cli/pom.xml"));
    target = Files.createDirectories(root.resolve("deltaflow-cli/target"));
    new JarOutputStream(Files.newOutputStream(target.resolve("deltaflow-cli.jar"))).close();
    Files.writeString(
        target.resolve("deltaflow.classpath"),
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    built(Instant.now().minusSeconds(60));
  }

  @Test
  void aRunMakesAnArchiveOnceAndStartsFromIt() throws Exception {
    Ended first = deltaflow("run");
    Ended second = deltaflow("run");

    assertThat(first.err()).contains("making an archive").contains("--postgresql_host is required");
    assertThat(second.err())
        .contains("--postgresql_host is required")
        .doesNotContain("archive", "cds", "warning");
    assertThat(second.out()).isEmpty();
    assertThat(quickStarts()).isEqualTo(1);
    List<Path> archives = archives();
    assertThat(archives).hasSize(1);
    assertThat(log().filter(l -> l.contains("-XX:SharedArchiveFile=" + archives.get(0))))
        .hasSize(2);
  }

  @Test
  void anArchiveThatIsOlderThanTheJarsIsMadeAnew() throws Exception {
    deltaflow("run");
    built(Instant.now().plusSeconds(60));
    deltaflow("run");

    assertThat(quickStarts()).isEqualTo(2);
    assertThat(archives()).hasSize(1);
  }

  @Test
  void whereNoneCanBeMadeARunStartsWithoutAndTheNextDoesNotTry() throws Exception {
    Files.createFile(home.resolve("fails"));
    Ended first = deltaflow("run");
    Ended second = deltaflow("run");

    assertThat(first.err()).contains("without one").contains("--postgresql_host is required");
    assertThat(second.err()).contains("--postgresql_host is required").doesNotContain("archive");
    assertThat(quickStarts()).isEqualTo(1);
    assertThat(log()).noneMatch(l -> l.contains("SharedArchiveFile"));
  }

  @Test
  void aRunIsCompiledAsItsRowsNeedItAndSaysNothingOfThat() throws Exception {
    Ended plain = deltaflow("run");
    Ended stepped = deltaflow("run", "--transformation_config={}");
    Ended delta = deltaflow("run", "--transformation_config={}", "--enable_smart_sync=true");

    for (Ended run : List.of(plain, stepped, delta)) {
      assertThat(run.out()).isEmpty();
      assertThat(run.err())
          .contains("--postgresql_host is required")
          .doesNotContain("warning", "Compile", "directive");
    }
    assertThat(log().filter(l -> l.contains("DeltaFlowCli run")).map(l -> options(l)))
        .containsExactly("run.options", "rows.options", "run.options");
  }

  @Test
  void otherCommandsMakeNone() throws Exception {
    assertThat(deltaflow("--version").out()).startsWith("deltaflow ");
    assertThat(deltaflow("run", "--help").out()).startsWith("Usage: deltaflow run");
    assertThat(quickStarts()).isZero();
  }

  private static String options(String javaCommand) {
    return javaCommand.replaceFirst(".*/jvm/(r[a-z]*[.]options) .*", "$1");
  }

  private void built(Instant when) throws IOException {
    Files.setLastModifiedTime(target.resolve("deltaflow.classpath"), FileTime.from(when));
    FileTime before = FileTime.from(when.minusSeconds(60));
    for (String source :
        List.of(
            "pom.xml",
            "deltaflow-cli/pom.xml",
            "deltaflow-cli/src/main",
            "deltaflow-cli/src/main/jvm",
            "deltaflow-cli/src/main/jvm/run.options",
            "deltaflow-cli/src/main/jvm/rows.options",
            "deltaflow-cli/src/main/jvm/run.directives")) {
      Files.setLastModifiedTime(root.resolve(source), before);
    }
  }

  private Stream<String> log() throws IOException {
    return Files.readAllLines(home.resolve("log")).stream();
  }

  private long quickStarts() throws IOException {
    return log().filter(l -> l.contains("quickstart")).count();
  }

  /** Whole ones and parts of some. */
  private List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files.filter(f -> f.toString().contains(".jsa")).toList();
    }
  }

  private record Ended(String out, String err) {}

  private Ended deltaflow(String... args) throws IOException, InterruptedException {
    Path out = root.resolve("out");
    Path err = root.resolve("err");
    List<String> command =
        Stream.concat(Stream.of(root.resolve("deltaflow").toString()), Stream.of(args)).toList();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", home.toString());
    builder.environment().remove("DELTAFLOW_JAVA_OPTS");
    Process process = builder.start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return new Ended(Files.readString(out), Files.readString(err));
  }
}
