// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/field_maker.hpp"

#include <gtest/gtest.h>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using config::Policy;
using record::Column;
using record::ColumnType;
using record::Value;
using sample::made;

const Column Text = sample::column("x", ColumnType::Text);
const Column Integer = sample::column("x", ColumnType::Integer);

config::FieldMapping plain() { return sample::field("x", {"x"}); }
config::FieldMapping status() {
  config::FieldMapping field = plain();
  field.values = {{"Check In", "attended"}, {"pending", "booked"}, {"unknown", std::nullopt}, {"1", "one"}, {"true", "yes"}};
  return field;
}
std::string made_of_nothing(const config::FieldMapping& field, const Column& column) {
  return made(field, column, std::vector<record::Field>{});
}

// rule 19: absent is not null
TEST(Policies, AbsentIsNotNull) {
  EXPECT_EQ(made_of_nothing(plain(), Text), "keep");
  EXPECT_EQ(made(plain(), Text, Value::null()), "null");
}

// rule 19: on_missing
TEST(Policies, OnMissingSaysWhatBecomesOfAnAbsentKey) {
  config::FieldMapping field = plain();
  field.on_missing = Policy::Null;
  EXPECT_EQ(made_of_nothing(field, Text), "null");
  field.on_missing = Policy::Reject;
  field.from = sample::source({"x", "Ex"});
  EXPECT_EQ(made_of_nothing(field, Text), "missing: `x` is missing: the record has none of x, Ex");
  EXPECT_EQ(made(field, Text, Value::null()), "null") << "null is present";
}

TEST(Policies, ADefaultStandsInForNullAndAbsent) {
  config::FieldMapping field = plain();
  field.fallback = "7";
  field.on_missing = Policy::Reject;
  EXPECT_EQ(made_of_nothing(field, Integer), "integer 7");
  EXPECT_EQ(made(field, Integer, Value::null()), "integer 7");
  EXPECT_EQ(made(field, Integer, Value::number("3")), "integer 3");
}

TEST(Policies, BlankIsKeptByTextAndRefusedByEveryOtherType) {
  EXPECT_EQ(made(plain(), Text, Value::text("")), "text ");
  for (ColumnType type : {ColumnType::Integer, ColumnType::Decimal, ColumnType::Boolean, ColumnType::Timestamp, ColumnType::Date,
                          ColumnType::Time, ColumnType::Jsonb, ColumnType::Uuid}) {
    EXPECT_EQ(made(plain(), sample::column("x", type), Value::text(" ")),
              "blank: `x` is blank; say with `blank: null` or `keep` what that means");
  }
  config::FieldMapping email = plain();
  email.type = config::FieldType::Email;
  EXPECT_EQ(sample::code(email, Text, Value::text("")), "blank");
}

TEST(Policies, BlankGoesByItsDeclaredPolicy) {
  config::FieldMapping field = plain();
  field.blank = Policy::Null;
  EXPECT_EQ(made(field, Text, Value::text("  ")), "null");
  EXPECT_EQ(made(field, Integer, Value::text("")), "null");
  field.fallback = "7";
  EXPECT_EQ(made(field, Integer, Value::text("")), "integer 7") << "blank is null, and a default stands in for null";
  field.blank = Policy::Keep;
  EXPECT_EQ(made(field, Integer, Value::text("")), "keep");
  field.blank = Policy::Reject;
  EXPECT_EQ(made(field, Text, Value::text("")), "blank: `x` is blank");
}

TEST(ValueMap, AWordItDoesNotKnowIsRefusedNotGuessed) {
  EXPECT_EQ(made(status(), Text, Value::text("frozen")),
            "unknown_value: `x` is \"frozen\", which is not in the map; known: 1, Check In, pending, true, unknown");
  EXPECT_EQ(sample::code(status(), Text, Value::text("")), "unknown_value") << "blank is a word like any other";
}

TEST(ValueMap, WordsAreComparedTrimmedAndWithoutCase) {
  EXPECT_EQ(made(status(), Text, Value::text(" check in ")), "text attended");
  EXPECT_EQ(made(status(), Text, Value::text("PENDING")), "text booked");
  EXPECT_EQ(made(status(), Text, Value::text("unknown")), "null");
}

TEST(ValueMap, NumbersAndBooleansAreComparedByTheirText) {
  EXPECT_EQ(made(status(), Text, Value::number("1")), "text one");
  EXPECT_EQ(made(status(), Text, Value::boolean(true)), "text yes");
  EXPECT_EQ(sample::code(status(), Text, Value::number("1.0")), "unknown_value");
}

TEST(ValueMap, OtherwiseSaysWhatBecomesOfTheRest) {
  config::FieldMapping field = status();
  field.otherwise = "other";
  EXPECT_EQ(made(field, Text, Value::text("frozen")), "text other");
  field.otherwise_policy = Policy::Keep;
  EXPECT_EQ(made(field, Text, Value::text("frozen")), "text frozen");
  field.otherwise_policy = Policy::Null;
  EXPECT_EQ(made(field, Text, Value::text("frozen")), "null");
}

TEST(ValueMap, BlankMayBeOneOfItsWords) {
  config::FieldMapping field = status();
  field.values[""] = "none";
  field.blank = Policy::Reject;
  EXPECT_EQ(made(field, Text, Value::text(" ")), "text none");
}

TEST(ValueMap, NullIsNotLookedUp) { EXPECT_EQ(made(status(), Text, Value::null()), "null"); }

TEST(ValueMap, AListIsNoWord) {
  sample::Page page;
  EXPECT_EQ(sample::code(status(), Text, page.list({}, "pending")), "unknown_value");
}

TEST(ValueMap, ALongOneShowsItsFirstWords) {
  config::FieldMapping field = plain();
  for (char c = 'a'; c <= 'z'; ++c) field.values[std::string(1, c)] = "letter";
  EXPECT_EQ(made(field, Text, Value::text("?")),
            "unknown_value: `x` is \"?\", which is not in the map; known: a, b, c, d, e, f, g, h, i, j, k, l, …");
  EXPECT_EQ(made(field, Text, Value::text("Z")), "text letter");
}

TEST(Constant, IsTheSameForEveryRecord) {
  config::FieldMapping field = plain();
  field.constant = "42";
  EXPECT_EQ(made(field, Integer, Value::text("ignored")), "integer 42");
  EXPECT_EQ(made_of_nothing(field, Text), "text 42");
}

TEST(Constant, WhatTheFilesSayThemselvesMustFitTheColumn) {
  config::FieldMapping field = plain();
  field.constant = "many";
  EXPECT_EQ(sample::objection(field, Integer), "entities/things.yaml:7:3: `x`: what `const` gives: \"many\" is not a number");
  Column kind = sample::column("x", ColumnType::Other);
  kind.declared = "state";
  kind.labels = {"attended"};
  EXPECT_EQ(sample::objection(status(), kind).find("entities/things.yaml:7:3: `x`: what `values` gives is "), 0u);
}

TEST(Constant, ItsTextOutlivesTheMapping) {
  config::FieldMapping field = plain();
  field.constant = "a constant that is longer than any small string";
  sample::Page page;
  page.add({{"id", Value::text("1")}});
  sample::Mapped mapped;
  {
    const auto mapping = transform::bind(sample::entity({field}), sample::table({Text}), {});
    mapped = sample::map(**mapping, page);
  }
  EXPECT_EQ(mapped.rows.row(0)[1].text(), "a constant that is longer than any small string");
}

}  // namespace
}  // namespace syncline::transform
