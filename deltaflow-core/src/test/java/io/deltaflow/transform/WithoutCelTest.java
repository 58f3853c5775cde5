package io.deltaflow.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class WithoutCelTest {
  private static final String TINY =
      "{\"type_conversions\":{\"amount\":\"float\"},"
          + "\"calculated_fields\":{\"a\":\"id + quantity\",\"b\":\"len(customer)\",\"c\":\"id\"}}";

  @Test
  void theExpressionLanguageIsLoadedOnlyWhenAnExpressionNeedsIt() throws Exception {
    try (URLClassLoader loader = withoutCel()) {
      Function<String, String> apply = apply(loader);

      assertThat(apply.apply(TINY)).isEqualTo("10");
      assertThatThrownBy(() -> apply.apply("{\"calculated_fields\":{\"a\":\"id * 2\"}}"))
          .isInstanceOf(NoClassDefFoundError.class)
          .hasMessageContaining("dev/cel");
    }
  }

  private static URLClassLoader withoutCel() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!new File(entry).getName().startsWith("cel-")) {
        urls.add(new File(entry).toURI().toURL());
      }
    }
    return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  @SuppressWarnings("unchecked")
  private static Function<String, String> apply(ClassLoader loader) throws Exception {
    var constructor = loader.loadClass(Apply.class.getName()).getDeclaredConstructor();
    constructor.setAccessible(true);
    return (Function<String, String>) constructor.newInstance();
  }

  /** Runs in the other class loader. */
  static final class Apply implements Function<String, String> {
    Apply() {}

    @Override
    public String apply(String json) {
      return String.valueOf(
          Transformation.parse(json).bind(Rows.ORDERS).apply(Rows.order()).getInt64("a"));
    }
  }
}
