// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config/rules.hpp"

namespace syncline::config {
namespace {

/// "a · [0]", or what the error says of the path.
std::string steps_of(std::string_view text) {
  const auto path = parse_path(text);
  if (!path) return path.error().message;
  std::string shown;
  for (const Path::Step& step : path->steps)
    shown += (shown.empty() ? "" : " · ") + (step.index ? "[" + std::to_string(*step.index) + "]" : step.name);
  return shown;
}

std::string refused(std::string_view path, std::string_view why) {
  return "the path `" + std::string(path) + "` " + std::string(why) +
         "; write a name, a.b, list[0], or \"'a.b'\" for a name with dots in it";
}

TEST(Path, WhatIsNoPathIsRefused) {
  EXPECT_EQ(steps_of(""), refused("", "has an empty name"));
  EXPECT_EQ(steps_of("a..b"), refused("a..b", "has an empty name"));
  EXPECT_EQ(steps_of("a."), refused("a.", "has an empty name"));
  EXPECT_EQ(steps_of(".a"), refused(".a", "has an empty name"));
  EXPECT_EQ(steps_of("[0]"), refused("[0]", "has an empty name"));
  EXPECT_EQ(steps_of("''"), refused("''", "has an empty name"));
  EXPECT_EQ(steps_of("'a"), refused("'a", "has a quote that is not closed"));
  EXPECT_EQ(steps_of("'a'b"), refused("'a'b", "has something other than `.` or `[` after a closed quote or bracket"));
  EXPECT_EQ(steps_of("a[0]b"), refused("a[0]b", "has something other than `.` or `[` after a closed quote or bracket"));
  EXPECT_EQ(steps_of("a]"), refused("a]", "has a `]` without its `[`"));
  EXPECT_EQ(steps_of("a["), refused("a[", "has an index that is not a number in brackets"));
  EXPECT_EQ(steps_of("a[]"), refused("a[]", "has an index that is not a number in brackets"));
  EXPECT_EQ(steps_of("a[-1]"), refused("a[-1]", "has an index that is not a number in brackets"));
  EXPECT_EQ(steps_of("a[99999999999]"), refused("a[99999999999]", "has an index that is not a number in brackets"));
  EXPECT_EQ(steps_of("a . b"), refused("a . b", "has a blank before or after a name"));
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep += ".a";
  EXPECT_NE(steps_of(deep).find("has more than 32 steps"), std::string::npos);
}

TEST(Path, NamesIndexesAndQuotes) {
  EXPECT_EQ(steps_of("id"), "id");
  EXPECT_EQ(steps_of("a.b.c"), "a · b · c");
  EXPECT_EQ(steps_of("instructors[0]"), "instructors · [0]");
  EXPECT_EQ(steps_of("a[1][2].b"), "a · [1] · [2] · b");
  EXPECT_EQ(steps_of("'a.b'.c"), "a.b · c");
  EXPECT_EQ(steps_of("Created (UTC)"), "Created (UTC)");
  EXPECT_EQ(steps_of("Driver's name"), "Driver's name");
}

TEST(Path, NamesAreFoldedForComparison) {
  const auto path = parse_path("Reservation ID");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->steps[0].folded, "reservationid");
  EXPECT_EQ(path->text, "Reservation ID");
}

}  // namespace
}  // namespace syncline::config
