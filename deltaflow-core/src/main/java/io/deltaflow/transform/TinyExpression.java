package io.deltaflow.transform;

import static io.deltaflow.spi.FieldTypes.Kind;

import io.deltaflow.spi.FieldTypes;
import io.deltaflow.spi.FieldTypes.Precision;
import io.deltaflow.spi.error.BadValueException;
import io.deltaflow.transform.Calculation.Function;
import io.deltaflow.transform.Calculation.Slot;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * A field's name, {@code len(a)}, or a sum such as {@code a + b}: what needs no expression
 * language. NULL makes NULL.
 */
final class TinyExpression implements Expression {
  private static final String NAME = "[\\p{L}_][\\p{L}\\p{N}_$]*";
  private static final Pattern SUM = Pattern.compile(NAME + "(?:\\s*\\+\\s*" + NAME + ")*");
  private static final Pattern LENGTH = Pattern.compile("len\\s*\\(\\s*(" + NAME + ")\\s*\\)");
  private static final Set<String> LITERALS = Set.of("true", "false", "null");
  // More digits fit no column of BigQuery.
  private static final int MOST_DIGITS = 76;
  private static final long EXACT_DOUBLE = 1L << 53;

  private final boolean length;
  private final List<String> terms;

  private TinyExpression(boolean length, List<String> terms) {
    this.length = length;
    this.terms = terms;
  }

  /** Empty when the text is anything else. */
  static Optional<TinyExpression> parse(String text) {
    String stripped = text.strip();
    Matcher length = LENGTH.matcher(stripped);
    if (length.matches()) {
      return Optional.of(new TinyExpression(true, List.of(length.group(1))));
    }
    if (!SUM.matcher(stripped).matches()) {
      return Optional.empty();
    }
    List<String> terms = Stream.of(stripped.split("\\+")).map(String::strip).toList();
    return terms.stream().anyMatch(LITERALS::contains)
        ? Optional.empty()
        : Optional.of(new TinyExpression(false, terms));
  }

  /** A field with any name. */
  static TinyExpression field(String name) {
    return new TinyExpression(false, List.of(name));
  }

  @Override
  public Set<String> names() {
    return new LinkedHashSet<>(terms);
  }

  @Override
  public Calculation compile(String column, Map<String, Slot> fields) {
    for (String term : terms) {
      if (!fields.containsKey(term)) {
        throw new UnknownFieldException(term);
      }
    }
    Slot first = fields.get(terms.get(0));
    if (length) {
      return new Calculation(FieldTypes.INT64, length(first));
    } else if (terms.size() == 1) {
      int index = first.index();
      return new Calculation(first.type(), slots -> slots[index]);
    }
    Sum sum = new Sum(column);
    return sum.of(terms.stream().map(fields::get).toList());
  }

  private Function length(Slot field) {
    int index = field.index();
    return switch (FieldTypes.kind(field.type())) {
      case STRING, JSON, GEOGRAPHY ->
          slots -> slots[index] instanceof String s ? (long) s.codePointCount(0, s.length()) : null;
      case BYTES -> slots -> slots[index] instanceof byte[] bytes ? (long) bytes.length : null;
      case ARRAY -> slots -> slots[index] instanceof Collection<?> list ? (long) list.size() : null;
      default ->
          throw new IllegalArgumentException(
              "len takes a text, bytes or an array, and '"
                  + terms.get(0)
                  + "' is "
                  + TypeNames.of(field.type()));
    };
  }

  /** Adds from left to right. */
  private record Sum(String column) {
    Calculation of(List<Slot> terms) {
      Calculation sum = value(terms.get(0));
      for (Slot term : terms.subList(1, terms.size())) {
        sum = plus(sum, value(term));
      }
      return sum;
    }

    private static Calculation value(Slot slot) {
      int index = slot.index();
      return new Calculation(slot.type(), slots -> slots[index]);
    }

    private Calculation plus(Calculation left, Calculation right) {
      Kind a = FieldTypes.kind(left.type());
      Kind b = FieldTypes.kind(right.type());
      if (a == Kind.STRING && b == Kind.STRING) {
        return new Calculation(FieldTypes.STRING, concat(left.function(), right.function()));
      } else if (!isNumber(a) || !isNumber(b)) {
        throw new IllegalArgumentException(
            TypeNames.of(left.type())
                + " + "
                + TypeNames.of(right.type())
                + " is not known; numbers and numbers, and texts and texts can be added, and"
                + " type_conversions makes one of the other");
      } else if (a == Kind.INT64 && b == Kind.INT64) {
        return new Calculation(FieldTypes.INT64, integers(left.function(), right.function()));
      } else if (a != Kind.NUMERIC && b != Kind.NUMERIC) {
        return new Calculation(FieldTypes.FLOAT64, floats(left.function(), right.function()));
      }
      return new Calculation(
          sum(left.type(), right.type()), decimals(left.function(), right.function()));
    }

    private static boolean isNumber(Kind kind) {
      return kind == Kind.INT64 || kind == Kind.FLOAT64 || kind == Kind.NUMERIC;
    }

    private static Function concat(Function left, Function right) {
      return slots -> {
        Object a = left.value(slots);
        Object b = right.value(slots);
        return a == null || b == null ? null : ((String) a).concat((String) b);
      };
    }

    private Function integers(Function left, Function right) {
      return slots -> {
        Object a = left.value(slots);
        Object b = right.value(slots);
        if (a == null || b == null) {
          return null;
        }
        long x = (Long) a;
        long y = (Long) b;
        long sum = x + y;
        if (((x ^ sum) & (y ^ sum)) < 0) {
          throw new BadValueException(
              column, x + " + " + y + " does not fit the 64 bits of an INT64");
        }
        return sum;
      };
    }

    private Function floats(Function left, Function right) {
      return slots -> {
        Object a = left.value(slots);
        Object b = right.value(slots);
        return a == null || b == null ? null : toDouble(a) + toDouble(b);
      };
    }

    private double toDouble(Object value) {
      if (value instanceof Long whole) {
        if (whole > EXACT_DOUBLE || whole < -EXACT_DOUBLE) {
          throw new BadValueException(column, whole + " is not exact as a FLOAT64");
        }
        return whole;
      }
      return (Double) value;
    }

    private Function decimals(Function left, Function right) {
      return slots -> {
        Object a = left.value(slots);
        Object b = right.value(slots);
        return a == null || b == null ? null : toDecimal(a).add(toDecimal(b));
      };
    }

    private BigDecimal toDecimal(Object value) {
      if (value instanceof BigDecimal decimal) {
        return decimal;
      } else if (value instanceof Long whole) {
        return BigDecimal.valueOf(whole);
      }
      double number = (Double) value;
      if (Double.isNaN(number) || Double.isInfinite(number)) {
        throw new BadValueException(column, number + " is no decimal number");
      }
      return BigDecimal.valueOf(number);
    }

    /** The digits that any sum can have; any size when more than a column holds, or not known. */
    private static FieldType sum(FieldType left, FieldType right) {
      Optional<Precision> a = precision(left);
      Optional<Precision> b = precision(right);
      if (a.isEmpty() || b.isEmpty()) {
        return FieldTypes.numeric();
      }
      int scale = Math.max(a.get().scale(), b.get().scale());
      int before =
          Math.max(a.get().precision() - a.get().scale(), b.get().precision() - b.get().scale());
      int digits = before + 1 + scale;
      return digits > MOST_DIGITS ? FieldTypes.numeric() : FieldTypes.numeric(digits, scale);
    }

    private static Optional<Precision> precision(FieldType type) {
      return switch (FieldTypes.kind(type)) {
        case INT64 -> Optional.of(new Precision(19, 0));
        case NUMERIC -> FieldTypes.precision(type);
        default -> Optional.empty();
      };
    }
  }
}
