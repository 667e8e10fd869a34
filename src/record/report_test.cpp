// SPDX-License-Identifier: Apache-2.0
#include "record/report.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace syncline::record
