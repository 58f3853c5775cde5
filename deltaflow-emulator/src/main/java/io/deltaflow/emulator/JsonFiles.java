package io.deltaflow.emulator;

import com.google.api.services.bigquery.model.TableSchema;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/** Newline-delimited JSON, plain or gzipped. */
final class JsonFiles implements LoadedFile {
  private static final int MAX_ROW = 100 << 20;

  private final JsonRow rows;
  private final AtomicLong badRecordsLeft;

  JsonFiles(TableSchema columns, boolean ignoresUnknown, long maxBadRecords) {
    this.rows = new JsonRow(columns.getFields(), ignoresUnknown);
    this.badRecordsLeft = new AtomicLong(maxBadRecords);
  }

  @Override
  public void read(ObjectStore.Stored file, Sink sink) throws IOException, SQLException {
    try (InputStream in = open(file.file())) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long position = 0;
      for (boolean more = true; more; ) {
        line.reset();
        more = readLine(in, line);
        Object[] row = line.size() == 0 ? null : parse(line.toByteArray(), position);
        if (row != null) {
          sink.accept(row);
        }
        position += line.size() + 1;
      }
    }
  }

  /** Null when the row is bad and may be. */
  private Object[] parse(byte[] line, long position) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      return text.isBlank() ? null : rows.parse(text);
    } catch (LoadError e) {
      return bad(e.getMessage(), position);
    } catch (CharacterCodingException e) {
      return bad("Invalid UTF-8", position);
    }
  }

  private Object[] bad(String why, long position) {
    if (badRecordsLeft.decrementAndGet() >= 0) {
      return null;
    }
    throw new LoadError(
        "JSON table encountered too many errors, giving up. Row starting at position "
            + position
            + ": "
            + why);
  }

  private static boolean readLine(InputStream in, ByteArrayOutputStream line) throws IOException {
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return true;
      }
      line.write(b);
      if (line.size() > MAX_ROW) {
        throw new LoadError("A row is larger than the limit of " + MAX_ROW + " bytes.");
      }
    }
    return false;
  }

  private static InputStream open(Path file) throws IOException {
    PushbackInputStream in = new PushbackInputStream(Files.newInputStream(file), 2);
    byte[] magic = in.readNBytes(2);
    in.unread(magic);
    boolean zipped = magic.length == 2 && magic[0] == (byte) 0x1f && magic[1] == (byte) 0x8b;
    return new BufferedInputStream(zipped ? new GZIPInputStream(in) : in, 1 << 16);
  }
}
