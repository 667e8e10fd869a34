// SPDX-License-Identifier: Apache-2.0
#include "sync/entity/further_passes.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace syncline;
using sync::SweepProgress;

/// How many different keys were known after each reading of a list, and whether it was complete.
struct Reading {
  int64_t different = 0;
  bool complete = true;
};

sync::Passes read_all(const std::vector<Reading>& readings, int passes_max, bool wanted = true) {
  size_t read = 0;
  const auto end = [&]() -> base::Result<SweepProgress::End> { return SweepProgress::End{{}, readings.at(read++).complete, ""}; };
  sync::FurtherPasses further;
  further.passes_max = passes_max;
  further.are_wanted = [&]() -> base::Result<bool> { return wanted; };
  further.different = [&]() -> base::Result<int64_t> { return readings.at(read - 1).different; };
  further.read_again = end;
  auto first = end();
  auto passes = sync::read_until_nothing_is_new(*std::move(first), further);
  EXPECT_TRUE(passes) << passes.error().message;
  return *std::move(passes);
}

TEST(FurtherPasses, TheSecondEndsItWhereItShowsNothingNew) {
  const sync::Passes passes = read_all({{10}, {10}, {10}}, 9);
  EXPECT_EQ(passes.read, 2);
  EXPECT_FALSE(passes.changed_each_time);
}

TEST(FurtherPasses, OneThatShowsSomethingNewIsFollowedByAnother) { EXPECT_EQ(read_all({{10}, {11}, {11}}, 9).read, 3); }

TEST(FurtherPasses, OneThatIsIncompleteProvesNothing) {
  EXPECT_EQ(read_all({{10}, {10, false}, {10}}, 9).read, 3);
  EXPECT_EQ(read_all({{10, false}, {10}}, 9).read, 2);
}

TEST(FurtherPasses, AListThatChangesEachTimeIsGivenUp) {
  const sync::Passes passes = read_all({{10}, {11}, {12}, {12}}, 3);
  EXPECT_EQ(passes.read, 3);
  EXPECT_TRUE(passes.changed_each_time);
}

TEST(FurtherPasses, NoneIsReadThatNobodyWants) { EXPECT_EQ(read_all({{10}}, 9, false).read, 1); }

}  // namespace
