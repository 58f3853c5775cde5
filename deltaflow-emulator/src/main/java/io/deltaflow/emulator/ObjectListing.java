package io.deltaflow.emulator;

import com.google.api.services.storage.model.Objects;
import com.google.api.services.storage.model.StorageObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;

/** One page of objects.list: by prefix, folded by delimiter. */
final class ObjectListing {
  private static final int MAX_PAGE = 1000;

  private final WireRequest request;
  private final String prefix;
  private final String delimiter;
  private final String end;

  /** The last name or folder of the page before; empty for the first page. */
  private final String after;

  private final List<StorageObject> items = new ArrayList<>();
  private final TreeSet<String> folders = new TreeSet<>();
  private String last = "";

  private ObjectListing(WireRequest request) {
    if (request.parameter("matchGlob").isPresent()) {
      throw new ApiError("notImplemented", "unsupported by the emulator: matchGlob");
    }
    this.request = request;
    this.prefix = request.parameter("prefix").orElse("");
    this.delimiter = request.parameter("delimiter").orElse("");
    this.end = request.parameter("endOffset").orElse("");
    this.after = decode(request.parameter("pageToken").orElse(""));
  }

  static WireResponse list(ObjectStore store, WireRequest request) {
    ObjectListing listing = new ObjectListing(request);
    return WireResponse.json(listing.page(store));
  }

  private Objects page(ObjectStore store) {
    String start = later(later(prefix, after), request.parameter("startOffset").orElse(""));
    long limit = Math.min(MAX_PAGE, Math.max(1, request.number("maxResults", MAX_PAGE)));
    for (ObjectStore.Stored object : store.from(request.variable("bucket"), start).values()) {
      String name = object.resource().getName();
      if (!name.startsWith(prefix) || !end.isEmpty() && name.compareTo(end) >= 0) {
        break;
      }
      String shown = shown(name);
      if (shown.compareTo(after) <= 0 || folders.contains(shown)) {
        continue;
      }
      if (items.size() + folders.size() >= limit) {
        return result().setNextPageToken(encode(last));
      }
      add(object, shown);
    }
    return result();
  }

  /** The name, or the folder that stands for it. */
  private String shown(String name) {
    int at = delimiter.isEmpty() ? -1 : name.indexOf(delimiter, prefix.length());
    return at < 0 ? name : name.substring(0, at + delimiter.length());
  }

  private void add(ObjectStore.Stored object, String shown) {
    last = shown;
    if (shown.equals(object.resource().getName()) && !isFolder(shown)) {
      items.add(StorageResources.linked(object.resource(), request.origin()));
    } else {
      folders.add(shown);
    }
  }

  private boolean isFolder(String shown) {
    return !delimiter.isEmpty() && shown.indexOf(delimiter, prefix.length()) >= 0;
  }

  private Objects result() {
    Objects page = new Objects().setKind("storage#objects");
    if (!items.isEmpty()) {
      page.setItems(items);
    }
    return folders.isEmpty() ? page : page.setPrefixes(new ArrayList<>(folders));
  }

  private static String later(String a, String b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static String encode(String name) {
    return Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ApiError("invalid", "Invalid page token: " + token);
    }
  }
}
