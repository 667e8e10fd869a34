// SPDX-License-Identifier: Apache-2.0
#include "record/report.hpp"

#include <gtest/gtest.h>

#include <string>

namespace syncline::record {
namespace {

TEST(Counters, TheLedgerHoldsWhenEveryRecordAndRowIsAccountedFor) {
  Counters c;
  EXPECT_TRUE(c.ledger_holds());
  c.fetched = 10;
  c.mapped = 7;
  c.filtered = 2;
  c.undecodable = 1;
  c.rows = 7;
  c.inserted = 1;
  c.updated = 1;
  c.unchanged = 1;
  c.stale = 1;
  c.duplicate = 1;
  c.rejected = 1;
  c.waiting = 1;
  EXPECT_TRUE(c.ledger_holds());
  EXPECT_EQ(c.rows_synced(), 2);
}

TEST(Counters, OneLostRowBreaksTheLedger) {
  Counters c;
  c.fetched = c.mapped = c.rows = 2;
  c.inserted = 1;
  EXPECT_FALSE(c.ledger_holds());
}

TEST(Counters, OneLostRecordBreaksTheLedger) {
  Counters c;
  c.fetched = 2;
  c.mapped = c.rows = c.inserted = 1;
  EXPECT_FALSE(c.ledger_holds());
}

TEST(ErrorSummary, RejectsAreSummedByCodeAndFieldWhateverTheirMessagesSay) {
  std::vector<ErrorSummary> sums;
  for (const char* value : {"x", "y", "z"})
    add(sums, {"map", value, "price", "not_an_amount", std::string("`price` is \"") + value + "\"", value, "{}"});
  add(sums, {"map", "w", "tax", "not_an_amount", "`tax` is \"w\"", "w", "{}"});
  ASSERT_EQ(sums.size(), 2u);
  EXPECT_EQ(sums[0].count, 3);
  EXPECT_EQ(sums[0].example, "x");
  EXPECT_EQ(sums[0].message, "`price` is \"x\"");
  EXPECT_EQ(sums[1].count, 1);
}

TEST(ErrorSummary, ThereAreNoMoreThanAPersonReads) {
  std::vector<ErrorSummary> sums;
  for (int i = 0; i < 1000; ++i) add(sums, {"map", "", "column" + std::to_string(i), "blank", "", "", "{}"});
  EXPECT_EQ(sums.size(), 50u);
}

}  // namespace
}  // namespace syncline::record
