package io.deltaflow.emulator;

import com.google.api.services.storage.model.Objects;
import com.google.api.services.storage.model.StorageObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** objects.list: by prefix, folded by delimiter, in pages. */
final class ObjectListing {
  private static final int MAX_PAGE = 1000;

  private final ObjectStore store;

  ObjectListing(ObjectStore store) {
    this.store = store;
  }

  WireResponse list(WireRequest request) {
    if (request.parameter("matchGlob").isPresent()) {
      throw new ApiError("notImplemented", "unsupported by the emulator: matchGlob");
    }
    String prefix = request.parameter("prefix").orElse("");
    String delimiter = request.parameter("delimiter").orElse("");
    String start = later(prefix, request.parameter("startOffset").orElse(""));
    // A token is the last name or folder of the page before.
    String after = request.parameter("pageToken").filter(t -> !t.isEmpty()).map(ObjectListing::decode).orElse(null);
    String end = request.parameter("endOffset").orElse(null);
    long limit = Math.min(MAX_PAGE, Math.max(1, request.number("maxResults", MAX_PAGE)));

    List<StorageObject> items = new ArrayList<>();
    TreeSet<String> folders = new TreeSet<>();
    String last = null;
    String next = null;
    for (Map.Entry<String, ObjectStore.Stored> entry :
        store.from(request.variable("bucket"), after == null ? start : later(start, after)).entrySet()) {
      String name = entry.getKey();
      if (!name.startsWith(prefix) || end != null && !end.isEmpty() && name.compareTo(end) >= 0) {
        break;
      }
      String folder = folder(name, prefix, delimiter);
      String shown = folder == null ? name : folder;
      if (after != null && shown.compareTo(after) <= 0 || folders.contains(shown)) {
        continue;
      }
      if (items.size() + folders.size() >= limit) {
        next = last;
        break;
      }
      last = shown;
      if (folder == null) {
        items.add(StorageResources.linked(entry.getValue().resource(), request.origin()));
      } else {
        folders.add(folder);
      }
    }
    return WireResponse.json(page(items, folders, next));
  }

  private static Objects page(List<StorageObject> items, TreeSet<String> folders, String next) {
    Objects page = StorageApi.emptyListing();
    if (!items.isEmpty()) {
      page.setItems(items);
    }
    if (!folders.isEmpty()) {
      page.setPrefixes(new ArrayList<>(folders));
    }
    return next == null ? page : page.setNextPageToken(encode(next));
  }

  private static String folder(String name, String prefix, String delimiter) {
    if (delimiter.isEmpty()) {
      return null;
    }
    int at = name.indexOf(delimiter, prefix.length());
    return at < 0 ? null : name.substring(0, at + delimiter.length());
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
