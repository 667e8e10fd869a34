// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <locale>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using config::FieldType;
using record::Column;
using record::ColumnType;
using record::Value;
using sample::code;
using sample::made;

const config::FieldMapping Plain = sample::field("x", {"x"});

Column integer(int bytes) {
  Column column = sample::column("x", ColumnType::Integer);
  column.bytes = bytes;
  column.declared = bytes == 2 ? "smallint" : bytes == 4 ? "integer" : "bigint";
  return column;
}
Column numeric(int precision, int scale) {
  Column column = sample::column("x", ColumnType::Decimal);
  column.precision = precision;
  column.scale = scale;
  column.declared = "numeric(" + std::to_string(precision) + "," + std::to_string(scale) + ")";
  return column;
}

// D5: a number beyond its column
TEST(IntegerCell, WhatDoesNotFitIsRefusedNotWrapped) {
  EXPECT_EQ(made(Plain, integer(8), Value::number("9223372036854775807")), "integer 9223372036854775807");
  EXPECT_EQ(code(Plain, integer(8), Value::number("9223372036854775808")), "out_of_range");
  EXPECT_EQ(code(Plain, integer(8), Value::number("-9223372036854775809")), "out_of_range");
  EXPECT_EQ(made(Plain, integer(4), Value::number("2147483648")), "out_of_range: `x` is 2147483648, which does not fit into integer");
  EXPECT_EQ(made(Plain, integer(4), Value::number("-2147483648")), "integer -2147483648");
  EXPECT_EQ(code(Plain, integer(2), Value::number("32768")), "out_of_range");
  EXPECT_EQ(made(Plain, integer(2), Value::number("32767")), "integer 32767");
  EXPECT_EQ(code(Plain, integer(8), Value::number("1e64")), "out_of_range");
  EXPECT_EQ(code(Plain, integer(8), Value::number("1e400")), "not_an_integer");
}

TEST(IntegerCell, AFractionIsRefusedUnlessItIsNone) {
  EXPECT_EQ(made(Plain, integer(8), Value::number("3.0")), "integer 3");
  EXPECT_EQ(made(Plain, integer(8), Value::number("1.5e1")), "integer 15");
  EXPECT_EQ(made(Plain, integer(8), Value::number("3.5")), "not_an_integer: `x` is \"3.5\", which is not a whole number");
}

TEST(IntegerCell, WordsAndDressedNumbersAreRefused) {
  for (std::string_view text : {"abc", "1,234", "12 ", "0x1F", "1_000", "NaN", "5 apples", "--5", "+5"}) {
    EXPECT_EQ(code(Plain, integer(8), Value::text(text)), text == "12 " ? "made integer 12" : "not_an_integer") << text;
  }
  config::FieldMapping dressed = Plain;
  dressed.decorated = true;
  EXPECT_EQ(made(dressed, integer(8), Value::text("1,234")), "integer 1234");
}

// D5: 9007199254740993 is no double
TEST(IntegerCell, LargeIdsAreExact) {
  EXPECT_EQ(made(Plain, integer(8), Value::number("9007199254740993")), "integer 9007199254740993");
  EXPECT_EQ(made(Plain, integer(8), Value::text("9007199254740993")), "integer 9007199254740993");
}

TEST(IntegerCell, ARelationIsItsId) {
  sample::Page page;
  EXPECT_EQ(made(Plain, integer(8), page.reference("users", "77")), "integer 77");
}

TEST(DecimalCell, ADigitIsNeverCut) {
  EXPECT_EQ(made(Plain, numeric(12, 2), Value::number("10.005")),
            "too_precise: `x` is 10.005, which has more places behind the point than numeric(12,2) keeps; it would have to be rounded");
  EXPECT_EQ(code(Plain, numeric(12, 2), Value::number("2.675")), "too_precise");
  EXPECT_EQ(made(Plain, numeric(12, 2), Value::number("10.500")), "decimal 10.50");
  EXPECT_EQ(made(Plain, numeric(12, 2), Value::number("10")), "decimal 10.00");
}

TEST(DecimalCell, TooManyDigitsInFrontOfThePointAreRefused) {
  EXPECT_EQ(made(Plain, numeric(4, 2), Value::number("99.99")), "decimal 99.99");
  EXPECT_EQ(made(Plain, numeric(4, 2), Value::number("100")), "out_of_range: `x` is 100.00, which does not fit into numeric(4,2)");
  EXPECT_EQ(made(Plain, numeric(2, 2), Value::number("0.99")), "decimal 0.99");
  EXPECT_EQ(made(Plain, numeric(2, 2), Value::number("0")), "decimal 0.00");
  EXPECT_EQ(code(Plain, numeric(2, 2), Value::number("1")), "out_of_range");
}

// D6: NaN and Infinity are no amounts
TEST(DecimalCell, WordsAreRefused) {
  for (std::string_view text : {"NaN", "Infinity", "-inf", "1,5", "$5", "(5)", "1e400"})
    EXPECT_EQ(code(Plain, numeric(12, 2), Value::text(text)), "not_a_number") << text;
  EXPECT_EQ(made(Plain, numeric(12, 2), Value::boolean(true)), "not_a_number: `x` is a boolean, not a number");
}

TEST(DecimalCell, WithoutADeclaredScaleItStaysAsSent) {
  const Column any = sample::column("x", ColumnType::Decimal);
  EXPECT_EQ(made(Plain, any, Value::number("1234567890123456.780")), "decimal 1234567890123456.780");
  EXPECT_EQ(made(Plain, any, Value::text(" 1.50 ")), "decimal 1.50");
  EXPECT_EQ(made(Plain, any, Value::number("1E+2")), "decimal 100");
}

TEST(DecimalCell, ADecimalCommaIsReadInTextOnly) {
  config::FieldMapping comma = Plain;
  comma.decimal_mark = ',';
  EXPECT_EQ(made(comma, numeric(12, 3), Value::text("1.234")), "decimal 1234.000");
  EXPECT_EQ(made(comma, numeric(12, 3), Value::number("1.234")), "decimal 1.234") << "a JSON number has a point";
}

TEST(DecimalCell, AnIntegerDeclaredForADecimalColumnMustBeOne) {
  config::FieldMapping whole = Plain;
  whole.type = FieldType::Integer;
  EXPECT_EQ(made(whole, numeric(12, 2), Value::number("3")), "decimal 3.00");
  EXPECT_EQ(code(whole, numeric(12, 2), Value::number("3.5")), "not_an_integer");
}

TEST(RealCell, TakesNumbersThatClaimNoExactness) {
  EXPECT_EQ(made(Plain, sample::column("x", ColumnType::Real), Value::number("0.1")), "decimal 0.1");
}

/// A locale whose numbers are 1.234,5.
class DecimalComma : public std::numpunct<char> {
  [[nodiscard]] char do_decimal_point() const override { return ','; }
  [[nodiscard]] char do_thousands_sep() const override { return '.'; }
  [[nodiscard]] std::string do_grouping() const override { return "\3"; }
};

// rule 20: numbers do not depend on the locale
TEST(NumberCell, ADecimalCommaInTheLocaleChangesNothing) {
  config::FieldMapping money = Plain;
  money.type = FieldType::Money;
  config::FieldMapping pence = money;
  pence.unit = config::MoneyUnit::Minor;
  Column real = sample::column("x", ColumnType::Real);
  const auto all = [&] {
    return std::vector<std::string>{
        made(Plain, integer(8), Value::number("1234567")),      made(Plain, integer(8), Value::number("1.5e1")),
        made(Plain, numeric(12, 2), Value::number("1234.50")),  made(Plain, numeric(12, 2), Value::text("1234,50")),
        made(money, numeric(12, 2), Value::text("1234.50")),    made(pence, numeric(12, 2), Value::number("123450")),
        made(Plain, integer(2), Value::number("1234567")),      made(Plain, real, Value::number("1234.5")),
        made(Plain, numeric(4, 2), Value::number("1234567.5")),
    };
  };
  const std::vector<std::string> before = all();
  EXPECT_EQ(before[2], "decimal 1234.50");
  const std::locale classic = std::locale::global(std::locale(std::locale::classic(), new DecimalComma));
  const std::vector<std::string> after = all();
  std::locale::global(classic);
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace syncline::transform
