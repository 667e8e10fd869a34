// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/decimal.hpp"
#include "base/random.hpp"
#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using config::MoneyUnit;
using record::Column;
using record::ColumnType;
using record::Value;
using sample::code;
using sample::made;

config::FieldMapping money(MoneyUnit unit = MoneyUnit::Major, std::string currency = "") {
  config::FieldMapping field = sample::field("x", {"x"});
  field.type = config::FieldType::Money;
  field.unit = unit;
  field.currency = std::move(currency);
  return field;
}

Column numeric() {
  Column column = sample::column("x", ColumnType::Decimal);
  column.precision = 12;
  column.scale = 2;
  return column;
}
const Column Minor = sample::column("x", ColumnType::Integer);
const Column Major = numeric();

// D7: wrong grouping of an amount
TEST(Money, WordsAndWrongGroupsAreRefused) {
  for (std::string_view text : {"NaN", "Infinity", "free", "1,23.4", "12.3.4", "EUR 1.234,56", "$5 USD", "1e400"})
    EXPECT_EQ(code(money(), Major, Value::text(text)), "not_an_amount") << text;
}

// D7: 10.005 is not rounded
TEST(Money, AnExtraDigitIsNeverRoundedAway) {
  EXPECT_EQ(code(money(), Major, Value::number("10.005")), "too_precise");
  EXPECT_EQ(made(money(), Minor, Value::number("10.005")),
            "too_precise: `x` is 10.005, which is not a whole number of the currency's smallest unit (2 places behind the point)");
  EXPECT_EQ(code(money(MoneyUnit::Major, "JPY"), Minor, Value::number("12.30")), "too_precise");
  EXPECT_EQ(code(money(MoneyUnit::Minor), Minor, Value::number("12.5")), "too_precise");
}

// D7, rule 17: JPY 500 and KWD have other places
TEST(Money, MinorUnitsFollowTheCurrency) {
  EXPECT_EQ(made(money(), Minor, Value::number("1.005e1")), "integer 1005");
  EXPECT_EQ(made(money(), Minor, Value::number("12.30")), "integer 1230");
  EXPECT_EQ(made(money(), Minor, Value::number("12")), "integer 1200");
  EXPECT_EQ(made(money(), Minor, Value::number("0")), "integer 0");
  EXPECT_EQ(made(money(), Minor, Value::number("12.3000")), "integer 1230");
  EXPECT_EQ(made(money(MoneyUnit::Major, "JPY"), Minor, Value::number("500")), "integer 500");
  EXPECT_EQ(made(money(MoneyUnit::Major, "KWD"), Minor, Value::number("1.234")), "integer 1234");
  EXPECT_EQ(made(money(MoneyUnit::Minor, "JPY"), Major, Value::number("500")), "decimal 500.00");
  EXPECT_EQ(made(money(MoneyUnit::Minor, "USD"), Major, Value::number("1230")), "decimal 12.30");
  EXPECT_EQ(made(money(MoneyUnit::Minor, "USD"), Major, Value::number("5")), "decimal 0.05");
  EXPECT_EQ(made(money(MoneyUnit::Minor), Minor, Value::number("-7")), "integer -7");
}

// D7: amounts with signs, groups and currencies
TEST(Money, DressedAmountsAreExact) {
  EXPECT_EQ(made(money(), Major, Value::text("$1,234.50")), "decimal 1234.50");
  EXPECT_EQ(made(money(), Major, Value::text("(12.30)")), "decimal -12.30");
  EXPECT_EQ(made(money(), Minor, Value::text("($1,234.50)")), "integer -123450");
  EXPECT_EQ(made(money(MoneyUnit::Major, "JPY"), Minor, Value::text("JPY 500")), "integer 500");
  config::FieldMapping euro = money(MoneyUnit::Major, "EUR");
  euro.decimal_mark = ',';
  EXPECT_EQ(made(euro, Minor, Value::text("EUR 1.234,56")), "integer 123456");
}

TEST(Money, ADecimalColumnMayHoldMinorUnitsWhenDeclared) {
  config::FieldMapping field = money();
  field.money_as_minor = true;
  EXPECT_EQ(made(field, Major, Value::number("12.30")), "decimal 1230.00");
}

TEST(Money, TheRecordMayNameItsCurrency) {
  config::FieldMapping field = money();
  field.currency_from = sample::source({"order.currency", "currency"});
  const auto with_currency = [&](const Value& currency) { return made(field, Minor, {{"x", Value::number("5")}, {"currency", currency}}); };
  EXPECT_EQ(with_currency(Value::text("JPY")), "integer 5");
  EXPECT_EQ(with_currency(Value::text("usd")), "integer 500");
  EXPECT_EQ(with_currency(Value::text("Galleons")), "unknown_currency: `x` is in \"Galleons\", which is not a currency of ISO 4217");
  EXPECT_EQ(with_currency(Value::null()), "missing_currency: `x` has no currency: `order.currency, currency` is empty");
  EXPECT_EQ(made(field, Minor, {{"x", Value::number("5")}}), "missing_currency: `x` has no currency: `order.currency, currency` is absent");
  field.currency = "KWD";
  EXPECT_EQ(with_currency(Value::null()), "integer 5000") << "the declared one stands in";
}

TEST(Money, BeyondTheColumnIsRefused) {
  Column small = Minor;
  small.bytes = 4;
  EXPECT_EQ(code(money(), small, Value::number("21474836.48")), "out_of_range");
  EXPECT_EQ(code(money(), Minor, Value::number("92233720368547758.08")), "out_of_range");
  EXPECT_EQ(made(money(), Minor, Value::number("92233720368547758.07")), "integer 9223372036854775807");
  EXPECT_EQ(code(money(), Major, Value::number("10000000000")), "out_of_range");
}

TEST(Money, IsRefusedForAFloatColumn) {
  EXPECT_EQ(sample::objection(money(), sample::column("x", ColumnType::Real)),
            "entities/things.yaml:7:3: `x`: money would not be exact in a float column; make it numeric");
}

TEST(Money, ADeclaredCurrencyMustExist) {
  EXPECT_NE(sample::objection(money(MoneyUnit::Major, "ZZZ"), Major).find("not a currency"), std::string::npos);
}

// rule 17: minor units
TEST(Money, MajorAndMinorAreTheSameAmountForEveryCurrency) {
  base::Random random(1);
  for (const char* currency : {"JPY", "USD", "KWD", "CLF"}) {
    const int places = *base::currency_exponent(currency);
    for (int i = 0; i < 200; ++i) {
      base::Decimal amount;
      amount.digits = std::to_string(1 + random.below(1'000'000'000'000));
      amount.negative = random.below(2) == 1;
      const std::string minor = base::to_string(amount);
      amount.scale = places;
      EXPECT_EQ(made(money(MoneyUnit::Major, currency), Minor, Value::number(base::to_string(amount))), "integer " + minor);
      EXPECT_EQ(made(money(MoneyUnit::Minor, currency), sample::column("x", ColumnType::Decimal), Value::number(minor)),
                "decimal " + base::to_string(amount));
    }
  }
}

}  // namespace
}  // namespace syncline::transform
