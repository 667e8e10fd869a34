// SPDX-License-Identifier: Apache-2.0
#include "sync/mass_loss.hpp"

#include <gtest/gtest.h>

namespace syncline::sync {
namespace {

/// `emptied` of `records` records lose their whole list of `rows_each`; `partly` others lose one row.
ElementLosses losses(int64_t records, int64_t rows_each, int64_t emptied, int64_t partly = 0) {
  return {records * rows_each, emptied * rows_each + partly, records, emptied + partly, emptied};
}

bool is_refused(const ElementLosses& losses, Reading reading) { return !mass_loss_objection(losses, reading).empty(); }

// E7: an element list that turns empty for every record at once
TEST(MassLoss, ListsThatAreAllEmptyAreNotBelieved) {
  EXPECT_EQ(mass_loss_objection(losses(1'500, 3, 1'500), Reading::All),
            "4,500 of 4,500 rows are no element of their record any more (1,500 of 1,500 records have none left), too many to be believed");
  EXPECT_TRUE(is_refused(losses(3, 1, 3), Reading::All));
  EXPECT_TRUE(is_refused(losses(3, 1, 3), Reading::Changed)) << "also where only what has changed is read";
}

TEST(MassLoss, OneRecordOrTwoMayLoseEverything) {
  EXPECT_FALSE(is_refused(losses(1, 3, 1), Reading::All));
  EXPECT_FALSE(is_refused(losses(2, 300, 2), Reading::All));
  EXPECT_FALSE(is_refused(losses(1, 3, 1), Reading::Changed));
}

TEST(MassLoss, OfAllRecordsAFifthMayGo) {
  EXPECT_FALSE(is_refused(losses(100, 2, 20), Reading::All));
  EXPECT_TRUE(is_refused(losses(100, 2, 21), Reading::All));
  EXPECT_FALSE(is_refused(losses(100, 5, 0, 100), Reading::All)) << "a fifth of the rows, one of every record";
  EXPECT_TRUE(is_refused(losses(100, 4, 0, 100), Reading::All)) << "a list that is cut short for everybody";
}

TEST(MassLoss, RecordsThatAreReadBecauseTheyChangedMayAllLoseARow) {
  EXPECT_FALSE(is_refused(losses(40, 2, 0, 40), Reading::Changed));
  EXPECT_FALSE(is_refused(losses(40, 2, 20, 20), Reading::Changed)) << "half of the lists are empty";
  EXPECT_TRUE(is_refused(losses(40, 2, 21, 0), Reading::Changed));
}

TEST(MassLoss, WhatIsNewLosesNothing) {
  EXPECT_FALSE(is_refused({}, Reading::All));
  EXPECT_FALSE(is_refused(losses(1'000, 3, 0), Reading::All));
}

}  // namespace
}  // namespace syncline::sync
