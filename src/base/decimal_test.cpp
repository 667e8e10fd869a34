// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "base/random.hpp"

namespace syncline::base {
namespace {

constexpr AmountFormat Dressed{.decorated = true};
constexpr AmountFormat Comma{.decorated = true, .decimal_mark = ','};

std::string read(std::string_view text, const AmountFormat& format = {}) {
  const Result<Decimal> value = parse_decimal(text, format);
  return value ? to_string(*value) : "refused: " + value.error().message;
}

bool refused(std::string_view text, const AmountFormat& format = {}) { return !parse_decimal(text, format); }

Decimal random_decimal(Random& random) {
  Decimal value;
  const size_t size = 1 + random.below(60);
  value.digits.clear();
  for (size_t i = 0; i < size; ++i) value.digits += char('0' + (i == 0 ? 1 + random.below(9) : random.below(10)));
  if (random.below(20) == 0) value.digits = "0";
  value.scale = int(random.below(70));
  value.negative = value.digits != "0" && random.below(2) == 1;
  return value;
}

TEST(Decimal, WordsBlanksAndLeftoversAreRefused) {
  for (std::string_view text : {"",    " ",  "NaN", "nan", "Infinity", "-inf", "1e",    "1e+",   "1.", ".5", "+1",
                                "--1", "01", "1 ",  " 1",  "0x10",     "1,0",  "1_000", "1.2.3", "-",  "e5", "١"}) {
    EXPECT_TRUE(refused(text)) << text;
  }
  EXPECT_TRUE(refused(std::string_view("1\0", 2)));
}

TEST(Decimal, AWordIsRefusedHoweverDressed) {
  for (std::string_view text : {"", "NaN", "Infinity", "$", "EUR", "()", "( )", "$NaN", "free", "1e5x", "5.", "5..0", "1.2.3", "5 0",
                                "$5 USD", "EUR USD 5", "ABC 5"}) {
    EXPECT_TRUE(refused(text, Dressed)) << text;
  }
}

TEST(Decimal, MoreThanOneSignIsRefused) {
  for (std::string_view text : {"--5", "-5-", "(-5)", "-(5)", "+-5", "$--5", "(5)-"}) EXPECT_TRUE(refused(text, Dressed)) << text;
}

TEST(Decimal, GroupingMustBeRight) {
  for (std::string_view text :
       {"1,23.4", "1,2345", "12,34", "1,,234", ",123", "1234,567", "0,123", "1,234,56", "1,00,000", "1 234,567", "1,234 567", "1.234,56"}) {
    EXPECT_TRUE(refused(text, Dressed)) << text;
  }
  EXPECT_EQ(read("1,234,567.5", Dressed), "1234567.5");
}

// D6: 1e400 and 1e-400
TEST(Decimal, ExponentsAreResolvedExactlyWithinSixtyFourPlaces) {
  EXPECT_EQ(read("1E+2"), "100");
  EXPECT_EQ(read("1.5e1"), "15");
  EXPECT_EQ(read("1.50e1"), "15.0");
  EXPECT_EQ(read("-12.5e-3"), "-0.0125");
  EXPECT_EQ(read("1e-64"), "0." + std::string(63, '0') + "1");
  EXPECT_EQ(read("0e64"), "0");
  EXPECT_EQ(read("1e64"), "1" + std::string(64, '0'));
  for (std::string_view text : {"1e65", "1e-65", "1e400", "1e-400", "1e99999999999999999999"}) EXPECT_TRUE(refused(text)) << text;
}

TEST(Decimal, TwoHundredDigitsAreTheLimit) {
  EXPECT_EQ(read(std::string(200, '9')), std::string(200, '9'));
  EXPECT_TRUE(refused(std::string(201, '9')));
  EXPECT_TRUE(refused(std::string(150, '9') + "e64"));
  EXPECT_TRUE(refused("0." + std::string(180, '1') + "e-64"));
  EXPECT_TRUE(refused("0." + std::string(1'000'000, '1')));
}

TEST(Decimal, ZeroIsNeverNegative) {
  EXPECT_EQ(read("-0"), "0");
  EXPECT_EQ(read("-0.00"), "0.00");
  EXPECT_EQ(read("(0.00)", Dressed), "0.00");
}

TEST(Decimal, KeepsWhatADoubleWouldLose) {
  EXPECT_EQ(read("9007199254740993"), "9007199254740993");
  EXPECT_EQ(read("10.005"), "10.005");
  EXPECT_EQ(read("0.1"), "0.1");
  EXPECT_EQ(read("1234567890123456.78"), "1234567890123456.78");
  EXPECT_EQ(read("1.50"), "1.50");
}

TEST(Decimal, ReadsAmountsAsSpreadsheetsWriteThem) {
  EXPECT_EQ(read("$1,234.50", Dressed), "1234.50");
  EXPECT_EQ(read("(12.30)", Dressed), "-12.30");
  EXPECT_EQ(read("($1,234.50)", Dressed), "-1234.50");
  EXPECT_EQ(read("-$5", Dressed), "-5");
  EXPECT_EQ(read("$-5", Dressed), "-5");
  EXPECT_EQ(read("5.00-", Dressed), "-5.00");
  EXPECT_EQ(read("−5.00", Dressed), "-5.00");
  EXPECT_EQ(read("+5", Dressed), "5");
  EXPECT_EQ(read("EUR 5", Dressed), "5");
  EXPECT_EQ(read("5 EUR", Dressed), "5");
  EXPECT_EQ(read("US$ 5", Dressed), "5");
  EXPECT_EQ(read("£5.10", Dressed), "5.10");
  EXPECT_EQ(read("1 234.50", Dressed), "1234.50");
  EXPECT_EQ(read("1\xC2\xA0"
                 "234.50",
                 Dressed),
            "1234.50");
  EXPECT_EQ(read("1'234.50", Dressed), "1234.50");
  EXPECT_EQ(read(" $ .50 ", Dressed), "0.50");
  EXPECT_EQ(read("JPY 500", Dressed), "500");
  EXPECT_EQ(read("1e2", Dressed), "100");
}

TEST(Decimal, ADeclaredCommaMakesThePointASeparator) {
  EXPECT_EQ(read("1.234,56", Comma), "1234.56");
  EXPECT_EQ(read("EUR 1.234,56", Comma), "1234.56");
  EXPECT_EQ(read("1.234", Comma), "1234");
  EXPECT_EQ(read("1,5", Comma), "1.5");
  EXPECT_EQ(read("1.234,56", {.decorated = false, .decimal_mark = ','}), "1234.56");
  EXPECT_TRUE(refused("1.5", Comma));
  EXPECT_TRUE(refused("1,234.56", Comma));
}

TEST(Decimal, SaysWhatWasFound) {
  EXPECT_EQ(read("10 dollars"), "refused: \"10 dollars\" is not a number");
  EXPECT_EQ(read("1,23.4", Dressed), "refused: \"1,23.4\" is not grouped in threes, so its value would be a guess");
  EXPECT_EQ(parse_decimal("x").error().code, "not_a_number");
}

TEST(Decimal, AScaleNeverCutsADigit) {
  const auto scaled = [](std::string_view text, int scale) {
    const std::optional<Decimal> out = with_scale(*parse_decimal(text), scale);
    return out ? to_string(*out) : "cut";
  };
  EXPECT_EQ(scaled("10.005", 2), "cut");
  EXPECT_EQ(scaled("0.5", 0), "cut");
  EXPECT_EQ(scaled("0.001", 2), "cut");
  EXPECT_EQ(scaled("10.500", 2), "10.50");
  EXPECT_EQ(scaled("10.5", 2), "10.50");
  EXPECT_EQ(scaled("100.00", 0), "100");
  EXPECT_EQ(scaled("0.000", 1), "0.0");
  EXPECT_EQ(scaled("0", 3), "0.000");
  EXPECT_EQ(scaled("5", -1), "cut");
}

TEST(Decimal, BecomesAnIntegerOnlyIfItIsOneAndFits) {
  const auto whole = [](std::string_view text) { return to_int64(*parse_decimal(text)); };
  EXPECT_EQ(whole("9223372036854775807"), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(whole("-9223372036854775808"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(whole("9223372036854775808"), std::nullopt);
  EXPECT_EQ(whole("-9223372036854775809"), std::nullopt);
  EXPECT_EQ(whole("1e64"), std::nullopt);
  EXPECT_EQ(whole("3.0"), 3);
  EXPECT_EQ(whole("3.5"), std::nullopt);
  EXPECT_EQ(whole("9007199254740993"), 9007199254740993);
  EXPECT_EQ(whole("-0"), 0);
}

TEST(Decimal, ItsTextReadsBackAsItself) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Decimal value = random_decimal(random);
    const Result<Decimal> again = parse_decimal(to_string(value));
    ASSERT_TRUE(again) << to_string(value);
    ASSERT_EQ(*again, value) << to_string(value);
  }
}

TEST(Decimal, WideningAndNarrowingTheScaleIsTheSameNumber) {
  Random random(2);
  for (int i = 0; i < 20'000; ++i) {
    const Decimal value = random_decimal(random);
    const std::optional<Decimal> wide = with_scale(value, value.scale + int(random.below(20)));
    ASSERT_TRUE(wide);
    ASSERT_EQ(with_scale(*wide, value.scale), value) << to_string(value);
  }
}

TEST(Decimal, IntegersAgreeWithTheLanguagesOwn) {
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    const int64_t number = int64_t(random.next()) >> random.below(64);
    const Result<Decimal> value = parse_decimal(std::to_string(number));
    ASSERT_TRUE(value);
    ASSERT_EQ(to_int64(*value), number);
  }
}

TEST(Currency, PlacesFollowTheStandard) {
  EXPECT_EQ(currency_exponent("USD"), 2);
  EXPECT_EQ(currency_exponent("JPY"), 0);
  EXPECT_EQ(currency_exponent("KWD"), 3);
  EXPECT_EQ(currency_exponent("CLF"), 4);
  EXPECT_EQ(currency_exponent("eur"), 2);
  EXPECT_EQ(currency_exponent("ZWG"), 2);
}

TEST(Currency, AnUnknownCodeHasNoPlaces) {
  for (std::string_view code : {"", "US", "USDX", "ABC", "XAU", "$", "U D", "\xC3\x84Z"})
    EXPECT_EQ(currency_exponent(code), std::nullopt) << code;
}

}  // namespace
}  // namespace syncline::base
