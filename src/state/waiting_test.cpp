// SPDX-License-Identifier: Apache-2.0
// sync_waiting, and rejects that are tried again.
#include "state/store.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::state {
namespace {

class SetAside : public test::OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (postgres()) run("CREATE SCHEMA syncline");
    for (const OwnTable& table : own_tables()) run(create_statement(table, store().names()));
  }
  Store store() { return Store(db(), ""); }
  static WaitingRow row(const char* key, WaitingRow::Kind kind = WaitingRow::Kind::Row) {
    return {"bookings", "main", key, kind, "customer_id", "`id` = c9", "7", "{\"a\":\"\xff\"}", 3, ""};
  }
  void add_reject(int64_t run, const char* key) {
    const auto added = store().add_rejects(run, "bookings", "main", {{"map", key, "f", "c", "r", "v", "{}"}});
    ASSERT_TRUE(added) << added.error().message;
  }
  StoredReject stored(int64_t run) { return store().read_rejects_of(run, "bookings", "main", 0, 1).value().at(0); }
};

INSTANTIATE_TEST_SUITE_P(Databases, SetAside, test::both_databases(), test::database_name);

TEST_P(SetAside, ARowComesBackAsItWasStoredWithItsAge) {
  ASSERT_TRUE(store().put_waiting(row("b1")));
  auto waiting = store().read_waiting("bookings", "main", "b1").value();
  ASSERT_TRUE(waiting);
  EXPECT_EQ(waiting->payload, "{\"a\":\"\xEF\xBF\xBD\"}") << "what a database refuses is made storable";
  EXPECT_FALSE(waiting->since.empty());
  const std::string since = waiting->since;
  waiting->run = 4;
  ASSERT_TRUE(store().put_waiting(*waiting));
  waiting = store().read_waiting("bookings", "main", "b1").value();
  EXPECT_EQ(waiting->since, since);
  EXPECT_EQ(waiting->run, 4);
  EXPECT_FALSE(store().read_waiting("bookings", "other", "b1").value()) << "of another account";
}

TEST_P(SetAside, RowsAreListedByKindAndKeyAndSummedByWhatTheyWaitFor) {
  for (const char* key : {"b3", "b1", "b2"}) ASSERT_TRUE(store().put_waiting(row(key)));
  ASSERT_TRUE(store().put_waiting(row("b4", WaitingRow::Kind::Link)));
  const auto listed = store().list_waiting("bookings", "main", WaitingRow::Kind::Row, "b1", 10).value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].key + listed[1].key, "b2b3");
  const auto sum = store().sum_waiting("bookings", "main", WaitingRow::Kind::Row).value();
  EXPECT_EQ(sum.rows, 3);
  ASSERT_EQ(sum.most.size(), 1u);
  EXPECT_EQ(sum.most[0].looked_for, "`id` = c9");
  ASSERT_TRUE(store().remove_waiting("bookings", "main", "b2"));
  EXPECT_EQ(store().waiting_keys("bookings", "main").value().size(), 3u);
}

TEST_P(SetAside, ARejectThatIsRenewedKeepsItsAgeKeyAndPayload) {
  add_reject(1, "b1");
  const StoredReject before = stored(1);
  ASSERT_TRUE(store().renew_reject(before.id, {"write", "other", "g", "23505", "taken", "w", "other"}));
  const StoredReject after = stored(1);
  EXPECT_EQ(after.created_at + after.reject.key + after.reject.payload, before.created_at + "b1{}");
  EXPECT_EQ(after.reject.stage + after.reject.code + after.reject.reason, "write23505taken");
  ASSERT_TRUE(store().remove_reject(after.id));
  EXPECT_TRUE(store().entities_with_rejects(1).value().empty());
}

TEST_P(SetAside, WhatWasSetAsideLaterOfTheSameKeyIsFound) {
  add_reject(1, "b1");
  EXPECT_EQ(store().set_aside_after(stored(1)).value(), "");
  ASSERT_TRUE(store().put_waiting(row("b1")));
  EXPECT_EQ(store().set_aside_after(stored(1)).value(), "a row that waits");
  add_reject(2, "b1");
  EXPECT_EQ(store().set_aside_after(stored(1)).value(), "a reject of run 2");
  add_reject(3, "");
  add_reject(4, "");
  EXPECT_EQ(store().set_aside_after(stored(3)).value(), "") << "without a key nothing is known";
}

}  // namespace
}  // namespace syncline::state
