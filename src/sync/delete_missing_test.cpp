// SPDX-License-Identifier: Apache-2.0
#include "sync/delete_missing.hpp"

#include <gtest/gtest.h>

namespace syncline::sync {
namespace {

bool is_mass(int64_t missing, int64_t there) { return !mass_delete_objection(missing, there, {}).empty(); }

// E7: a full snapshot returns 0 or 40 % of rows
TEST(MassDelete, AllRowsOrMoreThanAFifthAndAtLeastThreeAreTooMany) {
  EXPECT_FALSE(is_mass(0, 0));
  EXPECT_FALSE(is_mass(0, 9));
  EXPECT_TRUE(is_mass(1, 1));
  EXPECT_TRUE(is_mass(2, 2));
  EXPECT_FALSE(is_mass(2, 3));
  EXPECT_TRUE(is_mass(3, 4));
  EXPECT_FALSE(is_mass(3, 15));
  EXPECT_TRUE(is_mass(3, 14));
  EXPECT_FALSE(is_mass(2'000, 10'000));
  EXPECT_TRUE(is_mass(2'001, 10'000));
}

TEST(MassDelete, WhatIsAllowedByNumberIsALimit) {
  EXPECT_EQ(mass_delete_objection(6'000, 10'000, 6'000), "");
  EXPECT_EQ(mass_delete_objection(6'001, 10'000, 6'000),
            "6,001 of 10,000 rows have no record at the source any more, which is more than `--allow-mass-delete 6000` allows: nothing was "
            "deleted");
  EXPECT_TRUE(mass_delete_objection(1, 10'000, 0).starts_with("1 of 10,000 rows has no record"));
}

TEST(MassDelete, TheRefusalSaysWhatToDo) {
  EXPECT_EQ(
      mass_delete_objection(1'200, 1'200, {}),
      "1,200 of 1,200 rows have no record at the source any more, too many to be believed: nothing was deleted. Look at the source; if "
      "it is true, `syncline sync --full --allow-mass-delete 1200` deletes them");
}

TEST(KeySpool, GivesBackWhatItWasGivenInOrderAndAgain) {
  KeySpool spool;
  ASSERT_TRUE(spool.rewind());
  EXPECT_TRUE(spool.next(3)->empty());
  const std::vector<std::string> keys{"a", "", std::string("b\0c", 3), "ü", std::string(70'000, 'x')};
  for (const std::string& key : keys) spool.add(key);
  EXPECT_EQ(spool.size(), 5);
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(spool.rewind());
    std::vector<std::string> read;
    for (std::vector<std::string> some = *spool.next(2); !some.empty(); some = *spool.next(2))
      read.insert(read.end(), some.begin(), some.end());
    EXPECT_EQ(read, keys);
  }
}

}  // namespace
}  // namespace syncline::sync
