// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/rules.hpp"

#include <gtest/gtest.h>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using config::RuleSet;
using config::Test;
using record::ColumnType;
using record::Value;
using Kind = config::Test::Kind;

bool passes(const Test& test, const Value& value) { return BoundTest::create(test)->passes(value); }
bool passes(Kind kind, std::vector<std::string> values, const Value& value) { return passes(sample::test(kind, std::move(values)), value); }

/// booking_source of the documentation.
RuleSet booking_source() {
  RuleSet set;
  set.name = "booking_source";
  set.inputs = {{"broker", sample::source({"Broker Name", "broker_name"})},
                {"origin", sample::source({"Credit Payment Origin"})},
                {"membership", sample::source({"membership_transactions"})}};
  set.rules = {{{{0, sample::test(Kind::Matches, {"(?i)classpass"})}}, "classpass", {"rules/booking_source.yaml", 3, 5}},
               {{{1, sample::test(Kind::OneOf, {"gympass", "wellhub"})}}, "wellhub", {"rules/booking_source.yaml", 4, 5}},
               {{{2, sample::test(Kind::Filled, {"true"})}, {0, sample::test(Kind::Filled, {"false"})}},
                "membership",
                {"rules/booking_source.yaml", 5, 5}}};
  set.otherwise = "direct";
  return set;
}

std::string classified(const RuleSet& set, std::vector<record::Field> record) {
  config::FieldMapping field = sample::field("x", {});
  field.rules = set.name;
  return sample::made(field, sample::column("x", ColumnType::Text), std::move(record), {set});
}

TEST(Test, WhatIsNotThereOnlyPassesFilledFalse) {
  for (const Value& nothing : {Value(), Value::null()}) {
    for (Kind kind : {Kind::Equals, Kind::OneOf, Kind::Contains, Kind::Matches, Kind::Less, Kind::Greater})
      EXPECT_FALSE(passes(kind, {""}, nothing));
    EXPECT_FALSE(passes(Kind::Filled, {"true"}, nothing));
    EXPECT_TRUE(passes(Kind::Filled, {"false"}, nothing));
  }
}

TEST(Test, FilledIsNeitherBlankNorAnEmptyList) {
  sample::Page page;
  EXPECT_FALSE(passes(Kind::Filled, {"true"}, Value::text("")));
  EXPECT_FALSE(passes(Kind::Filled, {"true"}, page.list({}, "[]")));
  EXPECT_TRUE(passes(Kind::Filled, {"true"}, page.list({Value::null()}, "[null]")));
  EXPECT_TRUE(passes(Kind::Filled, {"true"}, page.object({}, "{}")));
  EXPECT_TRUE(passes(Kind::Filled, {"true"}, Value::number("0")));
  EXPECT_TRUE(passes(Kind::Filled, {"true"}, Value::boolean(false)));
}

TEST(Test, TextIsComparedTrimmedAndWithoutCase) {
  EXPECT_TRUE(passes(Kind::Equals, {"Check In"}, Value::text(" check in ")));
  EXPECT_FALSE(passes(Kind::Equals, {"check"}, Value::text("check in")));
  EXPECT_TRUE(passes(Kind::OneOf, {"a", "b"}, Value::text("B")));
  EXPECT_FALSE(passes(Kind::OneOf, {"a", "b"}, Value::text("c")));
  EXPECT_TRUE(passes(Kind::Contains, {"PASS"}, Value::text("ClassPass")));
  EXPECT_FALSE(passes(Kind::Contains, {"gym"}, Value::text("ClassPass")));
  EXPECT_TRUE(passes(Kind::Equals, {"true"}, Value::boolean(true)));
  EXPECT_TRUE(passes(Kind::Equals, {"10.50"}, Value::number("10.50")));
}

TEST(Test, APatternMatchesAnywhereAndMindsCase) {
  EXPECT_TRUE(passes(Kind::Matches, {"^a.c$"}, Value::text("abc")));
  EXPECT_TRUE(passes(Kind::Matches, {"b"}, Value::text("abc")));
  EXPECT_FALSE(passes(Kind::Matches, {"B"}, Value::text("abc")));
}

// rule 20: no pattern is a bomb
TEST(Test, ABombOfAPatternEndsAtOnce) { EXPECT_FALSE(passes(Kind::Matches, {"^(a+)+$"}, Value::text(std::string(20'000, 'a') + "!"))); }

TEST(Test, NumbersAreComparedAsNumbersAndExactly) {
  EXPECT_TRUE(passes(Kind::Less, {"10"}, Value::number("9.99")));
  EXPECT_TRUE(passes(Kind::Less, {"10"}, Value::text("9")));
  EXPECT_FALSE(passes(Kind::Less, {"10"}, Value::number("10.0")));
  EXPECT_FALSE(passes(Kind::Greater, {"10"}, Value::number("1e1")));
  EXPECT_TRUE(passes(Kind::Greater, {"9007199254740992"}, Value::number("9007199254740993")));
  EXPECT_TRUE(passes(Kind::Less, {"0"}, Value::number("-0.001")));
  EXPECT_TRUE(passes(Kind::Less, {"-1"}, Value::number("-2")));
  EXPECT_FALSE(passes(Kind::Less, {"0"}, Value::number("-0")));
}

TEST(Test, AnythingElseIsComparedAsText) {
  EXPECT_TRUE(passes(Kind::Less, {"2024-01-01"}, Value::text("2023-12-31")));
  EXPECT_TRUE(passes(Kind::Greater, {"2024-01-01"}, Value::text("2024-01-01T00:00:00Z")));
}

TEST(Test, AListPassesIfOneOfItsElementsDoes) {
  sample::Page page;
  const Value tags = page.list({Value::text("vip"), page.reference("tags", "7")}, "[…]");
  EXPECT_TRUE(passes(Kind::Equals, {"VIP"}, tags));
  EXPECT_TRUE(passes(Kind::OneOf, {"7"}, tags));
  EXPECT_FALSE(passes(Kind::Equals, {"x"}, tags));
}

TEST(Test, ABrokenPatternIsTheFilesError) {
  EXPECT_FALSE(BoundTest::create(sample::test(Kind::Matches, {"("})));
  EXPECT_FALSE(BoundTest::create(sample::test(Kind::Equals, {})));
}

TEST(Decimals, CompareLikeTheNumbersTheyAre) {
  const char* ascending[] = {"-100", "-12.5", "-12.4999", "-0.001", "0", "0.001", "1", "1.01", "9", "10", "99.9", "1e20"};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    for (size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(compare(*base::parse_decimal(ascending[i]), *base::parse_decimal(ascending[j])), (i > j) - (i < j))
          << ascending[i] << " " << ascending[j];
    }
  }
}

TEST(Rules, TheFirstOneThatFitsWins) {
  EXPECT_EQ(classified(booking_source(), {{"Broker Name", Value::text("My ClassPass")}, {"Credit Payment Origin", Value::text("gympass")}}),
            "text classpass");
  EXPECT_EQ(classified(booking_source(), {{"Credit Payment Origin", Value::text("Wellhub")}}), "text wellhub");
  EXPECT_EQ(classified(booking_source(), {}), "text direct");
}

TEST(Rules, AllTestsOfARuleMustHold) {
  sample::Page page;
  const Value one = page.list({Value::number("1")}, "[1]");
  EXPECT_EQ(classified(booking_source(), {{"membership_transactions", one}}), "text membership");
  EXPECT_EQ(classified(booking_source(), {{"membership_transactions", one}, {"broker_name", Value::text("other")}}), "text direct");
}

TEST(Rules, WhatNoRuleKnowsMayBeRefusedWithWhatWasSeen) {
  RuleSet set = booking_source();
  set.otherwise_reject = true;
  EXPECT_EQ(classified(set, {{"Broker Name", Value::text("Mindbody")}, {"Credit Payment Origin", Value::null()}}),
            "no_rule: `x`: no rule of `booking_source` fits (broker is \"Mindbody\", origin is null, membership is absent)");
}

TEST(Rules, AnOutcomeMayBeNull) {
  RuleSet set = booking_source();
  set.otherwise = std::nullopt;
  EXPECT_EQ(classified(set, {}), "null");
}

TEST(Rules, OutcomesMustFitTheColumn) {
  config::FieldMapping field = sample::field("x", {});
  field.rules = "booking_source";
  record::Column column = sample::column("x", ColumnType::Text);
  column.length_max = 9;
  EXPECT_EQ(sample::objection(field, column, {booking_source()}),
            "rules/booking_source.yaml:5:5: `x`: what `then` gives is 10 characters long; the column holds 9");
}

TEST(Rules, AMissingSetAndABrokenPatternAreNamed) {
  config::FieldMapping field = sample::field("x", {});
  field.rules = "booking_sauce";
  const record::Column column = sample::column("x", ColumnType::Text);
  EXPECT_EQ(sample::objection(field, column, {booking_source()}),
            "entities/things.yaml:7:3: `x`: there are no rules named `booking_sauce`");
  RuleSet broken = booking_source();
  broken.name = "booking_sauce";
  broken.rules[0].when[0].test.values = {"("};
  EXPECT_EQ(sample::objection(field, column, {broken}).find("rules/kind.yaml:4:9: the rule's test pattern \"(\" is not right"), 0u);
}

}  // namespace
}  // namespace syncline::transform
