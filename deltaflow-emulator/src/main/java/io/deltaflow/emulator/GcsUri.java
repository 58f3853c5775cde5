package io.deltaflow.emulator;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A gs:// URI; the object may have one wildcard, as in a load job. */
record GcsUri(String bucket, String object) {
  private static final Pattern URI = Pattern.compile("gs://([^/*]+)/(.+)", Pattern.DOTALL);

  static GcsUri parse(String uri) {
    Matcher match = URI.matcher(uri);
    if (!match.matches()) {
      throw BigQueryError.invalid("Source URI must be a Google Cloud Storage location: " + uri);
    }
    String object = match.group(2);
    if (object.indexOf('*') != object.lastIndexOf('*')) {
      throw BigQueryError.invalid("Source URI has more than one wildcard: " + uri);
    }
    return new GcsUri(match.group(1), object);
  }
}
