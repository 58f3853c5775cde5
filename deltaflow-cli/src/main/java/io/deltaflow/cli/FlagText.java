package io.deltaflow.cli;

import io.deltaflow.template.OptionSection;
import java.util.ArrayList;
import java.util.List;

/** Flags as text for a terminal of 80 columns or more. */
final class FlagText {
  private static final int WIDTH = 92;
  private static final String INDENT = "      ";

  private FlagText() {}

  static void append(StringBuilder out, OptionSection section) {
    for (OptionSection.Entry entry : section.entries()) {
      out.append("  --").append(entry.flag()).append("  (").append(traits(entry)).append(")\n");
      wrap(out, entry.help());
    }
  }

  private static String traits(OptionSection.Entry entry) {
    List<String> traits = new ArrayList<>();
    traits.add(entry.type());
    if (entry.required()) {
      traits.add("required");
    }
    if (entry.secret()) {
      traits.add("secret");
    }
    entry.defaultText().ifPresent(t -> traits.add("default " + t));
    entry.example().ifPresent(e -> traits.add("such as " + e));
    return String.join("; ", traits);
  }

  private static void wrap(StringBuilder out, String text) {
    int column = 0;
    for (String word : text.split(" ")) {
      if (column > 0 && column + 1 + word.length() > WIDTH - INDENT.length()) {
        out.append('\n');
        column = 0;
      }
      out.append(column == 0 ? INDENT : " ").append(word);
      column += word.length() + (column == 0 ? 0 : 1);
    }
    out.append('\n');
  }
}
