package io.deltaflow.emulator;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the handler of a call by method and path; {@code {name}} in a pattern stands for one path
 * segment.
 */
final class Routes {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)}");

  /** Answers a call. */
  interface Handler {
    WireResponse handle(WireRequest request) throws IOException;
  }

  private record Route(String method, Pattern path, List<String> names, Handler handler) {}

  private final List<Route> routes = new ArrayList<>();

  Routes add(String method, String pattern, Handler handler) {
    List<String> names = new ArrayList<>();
    StringBuilder regex = new StringBuilder();
    Matcher placeholder = PLACEHOLDER.matcher(pattern);
    int from = 0;
    while (placeholder.find()) {
      regex.append(Pattern.quote(pattern.substring(from, placeholder.start()))).append("([^/]+)");
      names.add(placeholder.group(1));
      from = placeholder.end();
    }
    regex.append(Pattern.quote(pattern.substring(from)));
    routes.add(new Route(method, Pattern.compile(regex.toString()), names, handler));
    return this;
  }

  /** The answer, or empty when no route has the path and method. */
  Optional<WireResponse> answer(WireRequest request) throws IOException {
    for (Route route : routes) {
      if (!route.method().equals(request.method())) {
        continue;
      }
      Matcher match = route.path().matcher(request.path());
      if (match.matches()) {
        return Optional.of(
            route.handler().handle(request.with(request.path(), variables(route, match))));
      }
    }
    return Optional.empty();
  }

  private static Map<String, String> variables(Route route, Matcher match) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < route.names().size(); i++) {
      // A plus sign is itself in a path, unlike in a query.
      String raw = match.group(i + 1).replace("+", "%2B");
      variables.put(route.names().get(i), URLDecoder.decode(raw, StandardCharsets.UTF_8));
    }
    return variables;
  }
}
