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
  EXPECT_EQ(store().waiting_keys("bookings", "main", "", 9).value(), (std::vector<std::string>{"b1", "b3", "b4"}));
  EXPECT_EQ(store().waiting_keys("bookings", "main", "b1", 1).value(), std::vector<std::string>{"b3"});
  EXPECT_FALSE(store().remove_waiting_row("bookings", "main", "b4").value()) << "it is a link";
  EXPECT_TRUE(store().remove_waiting_row("bookings", "main", "b3").value());
  EXPECT_EQ(store().waiting_keys("bookings", "main", "", 9).value(), (std::vector<std::string>{"b1", "b4"}));
}

TEST_P(SetAside, GreatRecordsComeAFewAtATime) {
  WaitingRow great = row("b1");
  great.payload.assign(size_t(PayloadBytesAtOnce) / 2, 'x');
  for (const char* key : {"b1", "b2", "b3"}) {
    great.key = key;
    ASSERT_TRUE(store().put_waiting(great));
    ASSERT_TRUE(store().add_rejects(1, "bookings", "main", {{"map", key, "f", "c", "r", "v", great.payload}}));
  }
  great.key = "b4";
  great.payload.assign(size_t(PayloadBytesAtOnce) + 1, 'x');
  ASSERT_TRUE(store().put_waiting(great));
  const auto listed = [&](const char* after) {
    std::string out;
    const auto rows = store().list_waiting("bookings", "main", WaitingRow::Kind::Row, after, 10).value();
    for (const WaitingRow& it : rows) out += it.key;
    return out;
  };
  EXPECT_EQ(listed(""), "b1b2");
  EXPECT_EQ(listed("b2"), "b3b4");
  EXPECT_EQ(listed("b3"), "b4") << "what is too great by itself comes, too";
  const auto rejects = store().read_rejects_of(1, "bookings", "main", 0, 10).value();
  ASSERT_EQ(rejects.size(), 2u);
  EXPECT_EQ(rejects[1].reject.key, "b2");
  EXPECT_EQ(store().read_rejects_of(1, "bookings", "main", rejects[1].id, 10).value().size(), 1u);
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
