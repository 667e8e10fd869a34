// SPDX-License-Identifier: Apache-2.0
#include "sync/delete_missing.hpp"

#include <gtest/gtest.h>

#include "support/on_both_databases.hpp"

namespace syncline::sync {
namespace {

std::string objection(int64_t missing, int64_t there, std::optional<int64_t> allowed = {},
                      config::Deletes::Kind kind = config::Deletes::Kind::Hard) {
  config::Entity entity;
  entity.name = "customers";
  entity.deletes.kind = kind;
  return mass_delete_objection(entity, missing, there, allowed);
}

bool is_mass(int64_t missing, int64_t there) { return !objection(missing, there).empty(); }

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
  EXPECT_EQ(objection(6'000, 10'000, 6'000), "");
  EXPECT_EQ(objection(6'001, 10'000, 6'000),
            "6,001 of 10,000 rows have no record at the source any more, which is more than `--allow-mass-delete 6000` allows: nothing was "
            "deleted. Look at the source; if it is true, `syncline sync customers --full --allow-mass-delete 6001` deletes them");
  EXPECT_EQ(objection(1, 10'000, 0),
            "1 of 10,000 rows has no record at the source any more, which is more than `--allow-mass-delete 0` allows: nothing was "
            "deleted. Look at the source; if it is true, `syncline sync customers --full --allow-mass-delete 1` deletes it");
}

TEST(MassDelete, TheRefusalSaysWhatToDo) {
  EXPECT_EQ(objection(1'200, 1'200),
            "1,200 of 1,200 rows have no record at the source any more, too many to be believed: nothing was deleted. Look at the source; "
            "if it is true, `syncline sync customers --full --allow-mass-delete 1200` deletes them");
  EXPECT_EQ(objection(1'200, 1'200, {}, config::Deletes::Kind::Soft),
            "1,200 of 1,200 rows have no record at the source any more, too many to be believed: nothing was marked. Look at the source; "
            "if it is true, `syncline sync customers --full --allow-mass-delete 1200` marks them");
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

class WaitingRows : public test::OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(Databases, WaitingRows, test::both_databases(), test::database_name);

// F8: foreign key's parent is missing, and then the child is gone at the source, too
TEST_P(WaitingRows, WhatWaitsAndDidNotComeInTheSweepIsDropped) {
  if (postgres()) run("CREATE SCHEMA syncline");
  state::Store store(db(), "");
  for (const state::OwnTable& table : state::own_tables()) run(state::create_statement(table, store.names()));
  using Kind = state::WaitingRow::Kind;
  for (const auto& [account, key, kind] : {std::tuple("main", "came", Kind::Row), std::tuple("main", "gone", Kind::Row),
                                           std::tuple("main", "link", Kind::Link), std::tuple("other", "gone", Kind::Row)})
    ASSERT_TRUE(store.put_waiting({"bookings", account, key, kind, "customer_id", "`id` = c9", "", "{}", 1, ""}));
  config::Entity entity;
  entity.name = "bookings";
  entity.account = "main";
  const auto lease = store.take_lease("main/bookings", 2);
  ASSERT_TRUE(lease) << lease.error().message;
  load::Target target;
  target.columns.push_back({record::RowColumn::Role::Key, {}});
  base::SystemClock clock;
  load::Deletes deletes(store, entity, target, *lease, clock);
  DeleteMissing missing(deletes, record::ColumnType::Text);
  transform::SpokenKeys spoken;
  spoken.keys.push_back(record::Cell::of("came"));
  missing.add(spoken);
  const auto dropped = missing.drop_waiting(store, entity, *lease);
  ASSERT_TRUE(dropped) << dropped.error().message;
  EXPECT_EQ(*dropped, 1);
  const std::string rows = "SELECT account, key FROM " + store.names()("sync_waiting") + " ORDER BY account, key";
  EXPECT_EQ(all(rows), "main|came, main|link, other|gone");

  run("UPDATE " + store.names()("sync_lease") + " SET epoch = epoch + 1");
  EXPECT_TRUE(store.put_waiting({"bookings", "main", "gone", Kind::Row, "customer_id", "`id` = c9", "", "{}", 1, ""}));
  EXPECT_FALSE(missing.drop_waiting(store, entity, *lease)) << "another run has taken over";
  EXPECT_EQ(all(rows), "main|came, main|gone, main|link, other|gone");
}

}  // namespace
}  // namespace syncline::sync
