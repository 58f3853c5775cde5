package io.deltaflow.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A base backup by hand: the embedded binaries lack pg_basebackup. */
final class StandbyFiles {
  private static final Set<String> OF_THE_PROCESS =
      Set.of("postmaster.pid", "postmaster.opts", "epg-lock");

  private StandbyFiles() {}

  /** Copies a running server's files and tells the copy to follow it. */
  static void copy(PostgresServer primary, Path data, Path copy) throws IOException {
    boolean old = primary.majorVersion() < 15;
    String start = old ? "pg_start_backup('standby', true, false)" : "pg_backup_start('s', true)";
    String stop = old ? "pg_stop_backup(false, false)" : "pg_backup_stop(false)";
    try (Connection c = primary.connect("postgres");
        Statement s = c.createStatement()) {
      s.execute("SELECT " + start);
      copyTree(data, copy);
      try (ResultSet r = s.executeQuery("SELECT labelfile FROM " + stop)) {
        r.next();
        Files.writeString(copy.resolve("backup_label"), r.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the server's files could not be copied", e);
    }
    Files.createFile(copy.resolve("standby.signal"));
    Files.writeString(
        copy.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=127.0.0.1 port="
            + primary.port()
            + " user="
            + primary.username()
            + " password=''"
            + primary.password()
            + "'''\n",
        StandardOpenOption.APPEND);
  }

  private static void copyTree(Path from, Path to) throws IOException {
    for (Path path : below(from)) {
      Path relative = from.relativize(path);
      boolean isLog = relative.startsWith("pg_wal") && !Files.isDirectory(path);
      if (path.equals(from) || isLog || OF_THE_PROCESS.contains(relative.toString())) {
        continue;
      }
      try {
        Files.copy(path, to.resolve(relative));
      } catch (NoSuchFileException e) {
        // Dropped meanwhile; the log says so too.
      }
    }
  }

  private static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.toList();
    }
  }

  /** What is left of a folder, if anything. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    for (Path path : below(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.deleteIfExists(path);
    }
  }
}
