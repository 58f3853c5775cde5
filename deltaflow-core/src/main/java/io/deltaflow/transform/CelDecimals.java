package io.deltaflow.transform;

import dev.cel.bundle.CelBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import io.deltaflow.spi.FieldTypes;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Exact decimal numbers, which CEL has not: a NUMERIC field can be calculated with others, with
 * whole numbers and with the literals of doubles, which count as what is written.
 */
final class CelDecimals {
  static final CelType TYPE = OpaqueType.create("decimal");

  private static final Step PARSE =
      Conversions.between("decimal", FieldTypes.STRING, FieldTypes.numeric()).orElseThrow();
  private static final int DIGITS_OF_QUOTIENT = 9;
  private static final int LARGEST_EXPONENT = 1000;
  private static final Set<String> FUNCTIONS = Set.of("decimal", "round");

  private final Map<String, List<CelOverloadDecl>> overloads = new LinkedHashMap<>();
  private final List<CelFunctionBinding> bindings = new ArrayList<>();

  private CelDecimals() {}

  /**
   * A number in CEL. No {@link Number}, since CEL finds two of a class that it does not know
   * unequal.
   *
   * @param value without zeros at the end, so that equal numbers are equal objects
   */
  record Decimal(BigDecimal value) {
    Decimal {
      value = value.stripTrailingZeros();
    }

    /** As a column's value. */
    BigDecimal plain() {
      return value.scale() < 0 ? value.setScale(0) : value;
    }

    @Override
    public String toString() {
      return value.toPlainString();
    }
  }

  static CelBuilder addTo(CelBuilder builder) {
    CelDecimals decimals = new CelDecimals();
    decimals.declare();
    decimals.overloads.forEach(
        (name, list) ->
            builder.addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(name, list)));
    return builder.addFunctionBindings(decimals.bindings);
  }

  static boolean isFunction(String name) {
    return FUNCTIONS.contains(name);
  }

  private void declare() {
    operator("_+_", "add", TYPE, (a, b) -> new Decimal(add(a, b)));
    operator("_-_", "subtract", TYPE, (a, b) -> new Decimal(add(a, b.negate())));
    operator("_*_", "multiply", TYPE, (a, b) -> new Decimal(a.multiply(b)));
    operator("_/_", "divide", TYPE, CelDecimals::divide);
    operator("_<_", "less", SimpleType.BOOL, (a, b) -> a.compareTo(b) < 0);
    operator("_<=_", "less_equals", SimpleType.BOOL, (a, b) -> a.compareTo(b) <= 0);
    operator("_>_", "greater", SimpleType.BOOL, (a, b) -> a.compareTo(b) > 0);
    operator("_>=_", "greater_equals", SimpleType.BOOL, (a, b) -> a.compareTo(b) >= 0);
    unary("-_", "negate_decimal", TYPE, TYPE, Decimal.class, d -> new Decimal(d.value.negate()));
    unary("decimal", "int_to_decimal", TYPE, SimpleType.INT, Long.class, CelDecimals::decimal);
    unary(
        "decimal",
        "double_to_decimal",
        TYPE,
        SimpleType.DOUBLE,
        Double.class,
        CelDecimals::decimal);
    unary(
        "decimal",
        "string_to_decimal",
        TYPE,
        SimpleType.STRING,
        String.class,
        CelDecimals::decimal);
    unary(
        "double",
        "decimal_to_double",
        SimpleType.DOUBLE,
        TYPE,
        Decimal.class,
        d -> d.value.doubleValue());
    unary("int", "decimal_to_int", SimpleType.INT, TYPE, Decimal.class, CelDecimals::whole);
    unary("string", "decimal_to_string", SimpleType.STRING, TYPE, Decimal.class, Decimal::toString);
    add("round", CelOverloadDecl.newGlobalOverload("round_decimal", TYPE, TYPE, SimpleType.INT));
    bindings.add(
        CelFunctionBinding.from("round_decimal", Decimal.class, Long.class, CelDecimals::round));
  }

  /** With decimals on both sides, or a whole number or a double on one. */
  private void operator(
      String operator,
      String name,
      CelType result,
      BiFunction<BigDecimal, BigDecimal, Object> function) {
    binary(
        operator,
        name + "_decimal_decimal",
        result,
        TYPE,
        Decimal.class,
        TYPE,
        Decimal.class,
        function);
    binary(
        operator,
        name + "_decimal_int",
        result,
        TYPE,
        Decimal.class,
        SimpleType.INT,
        Long.class,
        function);
    binary(
        operator,
        name + "_int_decimal",
        result,
        SimpleType.INT,
        Long.class,
        TYPE,
        Decimal.class,
        function);
    binary(
        operator,
        name + "_decimal_double",
        result,
        TYPE,
        Decimal.class,
        SimpleType.DOUBLE,
        Double.class,
        function);
    binary(
        operator,
        name + "_double_decimal",
        result,
        SimpleType.DOUBLE,
        Double.class,
        TYPE,
        Decimal.class,
        function);
  }

  private <A, B> void binary(
      String operator,
      String id,
      CelType result,
      CelType leftType,
      Class<A> left,
      CelType rightType,
      Class<B> right,
      BiFunction<BigDecimal, BigDecimal, Object> function) {
    add(operator, CelOverloadDecl.newGlobalOverload(id, result, leftType, rightType));
    bindings.add(CelFunctionBinding.from(id, left, right, (a, b) -> function.apply(of(a), of(b))));
  }

  private <A> void unary(
      String function,
      String id,
      CelType result,
      CelType type,
      Class<A> javaType,
      Function<A, Object> definition) {
    add(function, CelOverloadDecl.newGlobalOverload(id, result, type));
    bindings.add(CelFunctionBinding.from(id, javaType, definition::apply));
  }

  private void add(String function, CelOverloadDecl overload) {
    overloads.computeIfAbsent(function, f -> new ArrayList<>()).add(overload);
  }

  private static Decimal decimal(Object value) {
    return new Decimal(of(value));
  }

  private static BigDecimal of(Object value) {
    if (value instanceof Decimal decimal) {
      return decimal.value;
    } else if (value instanceof Long whole) {
      return BigDecimal.valueOf(whole);
    } else if (value instanceof String text) {
      return (BigDecimal) PARSE.apply(text);
    }
    double number = (Double) value;
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new IllegalArgumentException(number + " is no decimal number");
    }
    return BigDecimal.valueOf(number);
  }

  /** Exponents far apart would be written out digit by digit. */
  private static BigDecimal add(BigDecimal a, BigDecimal b) {
    if (Math.abs((long) a.scale() - b.scale()) > LARGEST_EXPONENT) {
      throw new IllegalArgumentException("numbers of too different sizes");
    }
    return a.add(b);
  }

  /** Half up to nine digits after the point, or to as many as an operand has. */
  private static Decimal divide(BigDecimal a, BigDecimal b) {
    if (b.signum() == 0) {
      throw new ArithmeticException("division by zero");
    }
    int scale = Math.max(DIGITS_OF_QUOTIENT, Math.max(a.scale(), b.scale()));
    if (scale > LARGEST_EXPONENT || a.scale() < -LARGEST_EXPONENT) {
      throw new IllegalArgumentException("numbers of too different sizes");
    }
    return new Decimal(a.divide(b, scale, RoundingMode.HALF_UP));
  }

  /** Toward zero, as int does with a double. */
  private static Long whole(Decimal decimal) {
    BigDecimal value = decimal.value;
    try {
      if ((long) value.precision() - value.scale() <= 19) {
        return value.setScale(0, RoundingMode.DOWN).longValueExact();
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(decimal + " does not fit the 64 bits of an int", e);
    }
    throw new IllegalArgumentException(Shown.of(value) + " does not fit the 64 bits of an int");
  }

  private static Decimal round(Decimal decimal, Long digits) {
    if (digits < 0 || digits > 38) {
      throw new IllegalArgumentException("round takes 0 to 38 digits, not " + digits);
    }
    int scale = (int) (long) digits;
    return decimal.value.scale() <= scale
        ? decimal
        : new Decimal(decimal.value.setScale(scale, RoundingMode.HALF_UP));
  }
}
