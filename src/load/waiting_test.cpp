// SPDX-License-Identifier: Apache-2.0
// Rows that wait for their parents, and links that are made later.
#include "load/waiting.hpp"

#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;
using config::Relation;

class Waiting : public LoadTest {
 protected:
  /// bookings.customer_id → customers.id; a booking is key, seat (or version, seat) and the customer's external id.
  Relation& make_tables(const std::string& version = "") {
    const std::string when = postgres() ? "timestamptz" : "DATETIME";
    run("CREATE TABLE customers (id integer PRIMARY KEY, external_id text UNIQUE, synced_at " + when +
        ");"
        "CREATE TABLE bookings (external_id text UNIQUE, edition integer, seat text CHECK (seat <> 'broken'), customer_id integer "
        "REFERENCES "
        "customers (id), synced_at " +
        when + "); INSERT INTO customers (id, external_id) VALUES (1, 'c1')");
    entity("customers", {});
    Relation& to_customer = relation(entity("bookings", {"seat"}, version), "customer_id", "customers");
    by_external_id(to_customer);
    to_customer.missing = Relation::Missing::Wait;
    return to_customer;
  }
  static std::vector<Cell> booking(const char* key, const char* seat, const char* customer) {
    return {Cell::of(key), Cell::of(seat), Cell::of(customer)};
  }
  static std::vector<Cell> edition(const char* key, int64_t version, const char* seat, const char* customer) {
    return {Cell::of(key), Cell::of(version), Cell::of(seat), Cell::of(customer)};
  }
  void add_customer(const std::string& id) { run("INSERT INTO customers (id, external_id) VALUES (" + id + ", 'c" + id + "')"); }
  std::string bookings() { return all("SELECT external_id, seat, customer_id FROM bookings ORDER BY external_id"); }
  std::string waiting() { return all("SELECT key, kind, field, looked_for, payload, run FROM " + own("sync_waiting") + " ORDER BY key"); }
  std::string waiting_keys() { return all("SELECT key FROM " + own("sync_waiting") + " ORDER BY key"); }
  std::string logged() {
    return all("SELECT rows_made, inserted, updated, duplicate, stale, waiting FROM " + own("sync_log") +
               " WHERE entity = 'bookings' ORDER BY run");
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, Waiting, test::both_databases(), test::database_name);

// F8: foreign key's parent is missing
TEST_P(Waiting, ARowWhoseParentIsMissingIsStoredAndCountedInTheSameTransaction) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", "1", "c1"), booking("b", "2", "c9")}), "1 inserted, 1 waiting");
  EXPECT_EQ(waiting(), "b|row|customer_id|`external_id` = c9|{\"row\":1}|" + std::to_string(to.run()));
  EXPECT_EQ(bookings(), "a|1|1");
  EXPECT_EQ(rejects(), "") << "it is no reject";
  EXPECT_EQ(logged(), "2|1|0|0|0|1");
}

TEST_P(Waiting, WhatTheDatabaseRefusesBesideItIsARejectAndTheRowStillWaits) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", "1", "c1"), booking("b", "broken", "c1"), booking("c", "3", "c9")}),
            "1 inserted, 1 rejected, 1 waiting");
  EXPECT_EQ(bookings(), "a|1|1");
  EXPECT_EQ(waiting_keys(), "c");
  EXPECT_EQ(all("SELECT key, stage FROM " + own("sync_reject")), "b|write");
}

TEST_P(Waiting, OfTwoRecordsInOneBatchTheLaterWaits) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", "1", "c9"), booking("a", "2", "c9")}), "1 duplicate, 1 waiting");
  EXPECT_EQ(all("SELECT payload FROM " + own("sync_waiting")), R"({"row":1})");
}

TEST_P(Waiting, ANewerRecordThatLandsRemovesTheOneThatWaits) {
  make_tables();
  Loader first = loader("bookings");
  EXPECT_EQ(first.write({booking("a", "1", "c9"), booking("b", "1", "c9")}), "2 waiting");
  Loader next = loader("bookings");
  EXPECT_EQ(next.write({booking("a", "2", "c1")}), "1 inserted");
  EXPECT_EQ(waiting_keys(), "b");
  EXPECT_EQ(bookings(), "a|2|1");
  EXPECT_EQ(logged(), "2|0|0|0|0|2, 1|1|0|0|0|0") << "what an earlier run has counted stays its own";
}

TEST_P(Waiting, OneThatIsAsWrittenRemovesTheOneThatWaits) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", "1", "c1")}), "1 inserted");
  EXPECT_EQ(to.write({booking("a", "1", "c9")}), "1 waiting");
  EXPECT_EQ(to.write({booking("a", "1", "c1")}), "1 unchanged, 1 duplicate, -1 waiting");
  EXPECT_EQ(waiting_keys(), "");
}

TEST_P(Waiting, WithinARunTheRecordBeforeIsThenADuplicate) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", "1", "c9")}), "1 waiting");
  to.write({booking("a", "2", "c8")});
  EXPECT_EQ(logged(), "2|0|0|1|0|1") << "a newer one that waits takes its place";
  EXPECT_EQ(all("SELECT looked_for FROM " + own("sync_waiting")), "`external_id` = c8");
  to.write({booking("a", "3", "c1")});
  EXPECT_EQ(logged(), "3|1|0|2|0|0");
  EXPECT_EQ(waiting_keys(), "");
}

TEST_P(Waiting, OneThatIsRejectedLeavesTheOneThatWaits) {
  make_tables();
  Loader to = loader("bookings");
  to.write({booking("a", "1", "c9")});
  to.write({booking("a", "broken", "c1")});
  EXPECT_EQ(waiting_keys(), "a");
  EXPECT_EQ(logged(), "2|0|0|0|0|1");
}

TEST_P(Waiting, AnOlderVersionThatLandsLeavesTheNewerThatWaits) {
  make_tables("edition");
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({edition("a", 10, "new", "c9")}), "1 waiting");
  EXPECT_EQ(to.write({edition("a", 9, "old", "c1")}), "1 inserted");
  EXPECT_EQ(waiting_keys(), "a");
  EXPECT_EQ(to.write({edition("a", 8, "older", "c9")}), "1 stale") << "it is older than its row: there is nothing to wait for";
  EXPECT_EQ(all("SELECT payload FROM " + own("sync_waiting")), R"({"row":0})");
  to.write({edition("a", 10, "as new", "c1")});
  EXPECT_EQ(waiting_keys(), "") << "of equal versions the later arrival counts";
}

TEST_P(Waiting, AnOlderVersionThatWaitsDoesNotReplaceTheNewer) {
  make_tables("edition");
  Loader to = loader("bookings");
  to.write({edition("a", 10, "new", "c9")});
  EXPECT_EQ(to.write({edition("a", 9, "old", "c8")}), "1 stale");
  EXPECT_EQ(all("SELECT looked_for FROM " + own("sync_waiting")), "`external_id` = c9");
}

TEST_P(Waiting, OfTwoRecordsInOneBatchTheNewerWaitsWithItsOwnVersion) {
  make_tables("edition");
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({edition("a", 10, "new", "c9"), edition("a", 9, "old", "c9")}), "1 duplicate, 1 waiting");
  EXPECT_EQ(to.write({edition("a", 9, "old", "c1")}), "1 inserted");
  EXPECT_EQ(waiting_keys(), "a") << "what waits is newer";
}

TEST_P(Waiting, AnOlderRecordsLinkLeavesTheNewersAlone) {
  make_tables("edition").missing = Relation::Missing::Link;
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({edition("a", 10, "new", "c9")}), "1 inserted");
  run("DELETE FROM bookings");
  EXPECT_EQ(to.write({edition("a", 9, "old", "c8")}), "1 inserted");
  EXPECT_EQ(all("SELECT looked_for FROM " + own("sync_waiting")), "`external_id` = c9");
}

TEST_P(Waiting, OfTwentyThousandThatWaitEachIsKnown) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("z", "1", "c9")}), "1 waiting");
  run("INSERT INTO " + own("sync_waiting") + " (entity, account, key, kind, field, looked_for, version, payload, run, since) " +
      "WITH RECURSIVE many (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 20000) SELECT w.entity, w.account, 'a' || n, "
      "w.kind, "
      "w.field, w.looked_for, w.version, w.payload, w.run, w.since FROM " +
      own("sync_waiting") + " AS w, many");
  Loader next = loader("bookings");
  EXPECT_EQ(next.write({booking("z", "2", "c1")}), "1 inserted");
  EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_waiting") + " WHERE key = 'z'"), "0");
}

TEST_P(Waiting, TriedAgainWithItsParentThereItLandsAndLeaves) {
  make_tables();
  Loader to = loader("bookings");
  to.write({booking("a", "1", "c9"), booking("b", "1", "c8")});
  add_customer("9");
  Replay replay;
  replay.take_out = [&]() -> base::Result<void> {
    run("DELETE FROM " + own("sync_waiting"));
    return {};
  };
  replay.since = {{"b", "2026-03-02T12:00:00.000000Z"}};
  EXPECT_EQ(to.write({booking("a", "1", "c9"), booking("b", "1", "c8")}, {}, &replay), "1 inserted, 1 waiting");
  EXPECT_EQ(bookings(), "a|1|9");
  EXPECT_EQ(waiting_keys(), "b");
  EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_waiting") + " WHERE since = '2026-03-02T12:00:00.000000Z'"), "1") << "its age stays";
}

TEST_P(Waiting, ALinkThatIsMadeLaterIsNullAndRemembered) {
  make_tables().missing = Relation::Missing::Link;
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", "1", "c9"), booking("b", "1", "c1")}), "2 inserted") << "the row is there: it does not wait";
  EXPECT_EQ(bookings(), "a|1|NULL, b|1|1");
  EXPECT_EQ(waiting(), "a|link|customer_id|`external_id` = c9|{\"row\":0}|" + std::to_string(to.run()));
  EXPECT_EQ(to.write({booking("a", "1", "c9")}), "1 unchanged");
  EXPECT_EQ(waiting_keys(), "a");
  EXPECT_EQ(to.write({booking("a", "2", "c1")}), "1 updated");
  EXPECT_EQ(waiting_keys(), "");
}

TEST_P(Waiting, OfLinksTriedAgainOnlyTheUpdatesAreCounted) {
  make_tables().missing = Relation::Missing::Link;
  Loader to = loader("bookings");
  to.write({booking("a", "1", "c9"), booking("b", "1", "c8")});
  add_customer("9");
  Replay replay;
  replay.counting = Replay::Counting::Links;
  replay.take_out = [&]() -> base::Result<void> {
    run("DELETE FROM " + own("sync_waiting"));
    return {};
  };
  EXPECT_EQ(to.write({booking("a", "1", "c9"), booking("b", "1", "c8")}, {}, &replay), "1 updated");
  EXPECT_EQ(bookings(), "a|1|9, b|1|NULL");
  EXPECT_EQ(waiting_keys(), "b");
}

TEST_P(Waiting, ARowThatIsNotInsertedHasNoLinkAndDoesNotWait) {
  for (const auto missing : {Relation::Missing::Link, Relation::Missing::Wait}) {
    project_.entities.clear();
    run("DROP TABLE IF EXISTS bookings; DROP TABLE IF EXISTS customers; DELETE FROM " + own("sync_log"));
    make_tables().missing = missing;
    project_.entities.back().insert = false;
    Loader to = loader("bookings");
    EXPECT_EQ(to.write({booking("a", "1", "c9")}), "1 unmatched") << to.message;
    EXPECT_EQ(waiting_keys(), "");
  }
}

TEST_P(Waiting, ADryRunStoresNothing) {
  make_tables();
  Loader dry = loader("bookings", Ending::Rollback);
  EXPECT_EQ(dry.write({booking("a", "1", "c9")}), "1 inserted");
  EXPECT_EQ(waiting_keys(), "");
}

TEST(VersionWord, SortsAsVersionsDo) {
  EXPECT_LT(version_word(Cell::of(int64_t{-5})), version_word(Cell::of(int64_t{3})));
  EXPECT_LT(version_word(Cell::of(int64_t{9})), version_word(Cell::of(int64_t{10})));
  EXPECT_EQ(version_word(Cell::decimal("1.5")), "");
  EXPECT_EQ(version_word(Cell::null()), "");
}

}  // namespace
}  // namespace syncline::load
