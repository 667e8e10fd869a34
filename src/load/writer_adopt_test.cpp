// SPDX-License-Identifier: Apache-2.0
// Rows that were there before a sync get their external id instead of a twin, but only when it is clear whose they are.
#include <algorithm>
#include <thread>

#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Adopting : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string stamps = postgres() ? ", sync_hash bigint, sync_xid xid" : "";
    run("CREATE TABLE customers (id " + counted() +
        ", external_id text UNIQUE, email text, phone text, name text CHECK (name <> 'bad'), "
        "notes text, changed_at " +
        when() + ", synced_at " + when() + stamps + ")");
    config::Entity& customers = entity("customers", {"email", "phone", "name"});
    adopt_by(customers, {"email"});
    adopt_by(customers, {"phone"});
  }
  [[nodiscard]] std::string when() const { return postgres() ? "timestamptz" : "DATETIME"; }

  /// Rows of the user's own: (id, email, phone, …).
  void had(const std::string& rows, const std::string& columns = "id, email, phone") {
    run("INSERT INTO customers (" + columns + ") VALUES " + rows);
    if (postgres()) run("ALTER TABLE customers ALTER COLUMN id RESTART WITH 100");
    last_ = all("SELECT max(id) FROM customers");
  }
  static std::vector<Cell> row(const char* key, const Cell& email, const Cell& phone = Cell::null(), const char* name = "new") {
    return {Cell::of(key), email, phone, Cell::of(name)};
  }
  static std::vector<Cell> row(const char* key, const char* email, const char* phone = nullptr) {
    return row(key, Cell::of(email), phone ? Cell::of(phone) : Cell::null());
  }
  /// id|external_id of the rows that were there before.
  std::string owners() { return all("SELECT id, external_id FROM customers WHERE id <= " + last_ + " ORDER BY id"); }
  std::string count() { return all("SELECT count(*) FROM customers"); }
  std::string reasons() { return all("SELECT reason FROM " + own("sync_reject") + " ORDER BY id"); }

  std::string last_;
};

INSTANTIATE_TEST_SUITE_P(Databases, Adopting, test::both_databases(), test::database_name);

// --- what is not clear is not guessed ---

TEST_P(Adopting, SeveralCandidatesAreARejectThatNamesThem) {
  had("(1, 'twin@x.org', NULL), (2, ' TWIN@x.org', NULL), (3, 'other@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "twin@x.org"), row("b", "other@x.org")}), "1 adopted, 1 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(match|a|email|adopt_ambiguous|{"row":0})");
  EXPECT_EQ(reasons(),
            "2 rows of `customers` without `external_id` have `email` = twin@x.org (`id` 1, 2): which of them is meant cannot be "
            "told; put the record's id into the right one");
  EXPECT_EQ(all("SELECT value FROM " + own("sync_reject")), "twin@x.org");
  EXPECT_EQ(owners(), "1|NULL, 2|NULL, 3|b");
  EXPECT_EQ(count(), "3");
}

TEST_P(Adopting, OfManyCandidatesTheFirstFiveAreNamed) {
  had("(7, 'x', NULL), (6, 'x', NULL), (5, 'x', NULL), (4, 'x', NULL), (3, 'x', NULL), (12, 'x', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "x")}), "1 rejected");
  EXPECT_NE(reasons().find("6 rows of"), std::string::npos) << reasons();
  EXPECT_NE(reasons().find("(`id` 3, 4, 5, 6, 7, …)"), std::string::npos) << reasons();
}

TEST_P(Adopting, TwoRecordsOfABatchThatClaimOneRowAreBothRejected) {
  had("(1, 'ann@x.org', NULL), (2, 'bob@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", "Ann@x.org "), row("c", "bob@x.org")}), "1 adopted, 2 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(match|a|email|adopt_ambiguous|{"row":0}, match|b|email|adopt_ambiguous|{"row":1})");
  EXPECT_EQ(all("SELECT reason FROM " + own("sync_reject") + " WHERE key = 'b'"),
            "one row of `customers` without `external_id` has `email` = ann@x.org (`id` 1), and 2 records claim it: a, b; put the right "
            "record's id into it");
  EXPECT_EQ(owners(), "1|NULL, 2|c");
}

TEST_P(Adopting, TwoRecordsThatClaimOneRowByDifferentKeysAreBothRejected) {
  had("(1, 'ann@x.org', '+1')");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", "other@x.org", "+1")}), "2 rejected");
  EXPECT_EQ(all("SELECT key, field FROM " + own("sync_reject") + " ORDER BY id"), "a|email, b|phone");
  EXPECT_EQ(owners(), "1|NULL");
}

TEST_P(Adopting, AnAmbiguousKeyIsNotDecidedByTheNextOne) {
  had("(1, 'twin@x.org', '+1'), (2, 'twin@x.org', '+2')");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "twin@x.org", "+1")}), "1 rejected");
  EXPECT_EQ(owners(), "1|NULL, 2|NULL");
}

TEST_P(Adopting, OfTwoBatchesTheFirstAdoptsAndTheSecondIsARejectThatNamesBoth) {
  had("(1, 'ann@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(to.write({row("b", " Ann@x.org"), row("c", "c@x.org")}), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(match|b|email|adopt_ambiguous|{"row":0})");
  EXPECT_EQ(reasons(),
            "the row of `customers` with `email` = ann@x.org (`id` 1) was adopted by record a, which keeps it, and "
            "record b claims it, too: if it is the same, merge the two at the source; if it is the right one, put its id into "
            "`external_id`; if it is neither, insert a row with its id");
  EXPECT_EQ(owners(), "1|a");
  EXPECT_EQ(count(), "2");
}

TEST_P(Adopting, WithBatchesOfOneRowEachLaterClaimIsRejected) {
  had("(1, 'ann@x.org', NULL), (2, 'bob@x.org', '+2')");
  Loader to = loader("customers");
  std::string all_of_them;
  for (const auto& one : {row("a", "ann@x.org"), row("b", "bob@x.org", "+2"), row("c", "ann@x.org"), row("a", "ann@x.org"),
                          row("d", "bob@x.org"), row("e", "ann@x.org")})
    all_of_them += to.write({one}) + "; ";
  EXPECT_EQ(all_of_them, "1 adopted; 1 adopted; 1 rejected; 1 unchanged; 1 rejected; 1 rejected; ") << to.message;
  EXPECT_EQ(owners(), "1|a, 2|b");
  EXPECT_EQ(count(), "2");
}

TEST_P(Adopting, AClaimThatComesLaterIsRejectedBesideABadRowToo) {
  had("(1, 'ann@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("x", Cell::null(), Cell::null(), "bad")}), "1 adopted, 1 rejected");
  EXPECT_EQ(to.write({row("b", "ann@x.org"), row("y", Cell::null(), Cell::null(), "bad"), row("c", "c@x.org")}), "1 inserted, 2 rejected")
      << to.message;
  EXPECT_EQ(owners(), "1|a");
  EXPECT_EQ(count(), "2");
}

TEST_P(Adopting, NewRecordsThatShareAKeyWithoutClaimingARowAreTwoPeople) {
  had("(1, 'ann@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", "family@x.org")}), "1 inserted, 1 adopted");
  EXPECT_EQ(to.write({row("c", "family@x.org")}), "1 inserted");
}

TEST_P(Adopting, ARowThatAnotherRecordOwnsIsNoCandidate) {
  had("(1, 'owned', 'ann@x.org', NULL), (2, NULL, 'bob@x.org', NULL), (3, 'owned too', 'bob@x.org', NULL)",
      "id, external_id, email, phone");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", "bob@x.org")}), "1 inserted, 1 adopted");
  EXPECT_EQ(owners(), "1|owned, 2|b, 3|owned too");
}

TEST_P(Adopting, WhatIsNullOrBlankOrKeptFindsNobody) {
  had("(1, NULL, NULL), (2, '', ''), (3, '  ', NULL), (4, 'ann@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", Cell::null()), row("b", ""), row("c", " \t"), row("d", Cell::keep(), Cell::keep())}), "4 inserted");
  EXPECT_EQ(owners(), "1|NULL, 2|NULL, 3|NULL, 4|NULL");
}

TEST_P(Adopting, WithoutAdoptNobodyIs) {
  had("(1, 'ann@x.org', NULL)");
  project_.entities.back().adopt.clear();
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org")}), "1 inserted");
  EXPECT_EQ(owners(), "1|NULL");
}

TEST_P(Adopting, ARowWhoseRelationFailsAdoptsNobody) {
  config::Relation& friends = relation(project_.entities.back(), "friend", "customers");
  by_external_id(friends);
  friends.missing = config::Relation::Missing::Reject;
  run("ALTER TABLE customers ADD COLUMN friend bigint");
  had("(1, 'ann@x.org', NULL)");
  Loader to = loader("customers");
  auto with_friend = row("a", "ann@x.org");
  with_friend.push_back(Cell::of("nobody"));
  EXPECT_EQ(to.write({with_friend}), "1 rejected");
  EXPECT_EQ(all("SELECT code FROM " + own("sync_reject")), "relation_missing");
  EXPECT_EQ(owners(), "1|NULL");
}

// --- what is clear ---

TEST_P(Adopting, ARowIsFoundWhateverTheCaseAndTheBlanksAroundAndDotsAreKept) {
  had("(1, ' Ann.B@X.org ', NULL), (2, 'annb@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann.b@x.org"), row("b", "\tANNB@x.org\n")}), "2 adopted");
  EXPECT_EQ(owners(), "1|a, 2|b");
}

TEST_P(Adopting, NoLetterIsTakenForABlank) {
  had("(1, 'vera@x.tv', NULL), (2, 'era@x.t', NULL), (3, 'trf@x.tnrf', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "vera@x.tv"), row("b", "rf@x.tnr"), row("c", "era@x.t")}), "1 inserted, 2 adopted");
  EXPECT_EQ(owners(), "1|a, 2|c, 3|NULL");
}

TEST_P(Adopting, AnAdoptedRowHasWhatTheSourceSaysAndKeepsWhatIsLocal) {
  had("(1, 'ANN@x.org', '+1', 'old', 'mine')", "id, email, phone, name, notes");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", Cell::of("ann@x.org"), Cell::keep())}), "1 adopted");
  EXPECT_EQ(all("SELECT id, external_id, email, phone, name, notes, synced_at IS NOT NULL FROM customers"),
            std::string("1|a|ann@x.org|+1|new|mine|") + (postgres() ? "t" : "1"));
}

TEST_P(Adopting, TheNextRunFindsTheRowByItsExternalId) {
  had("(1, 'ann@x.org', NULL), (2, 'bob@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", "bob@x.org")}), "2 adopted");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", "new@x.org")}), "1 updated, 1 unchanged");
  EXPECT_EQ(all("SELECT adopted, rows_made FROM " + own("sync_log")), "2|4");
  EXPECT_EQ(count(), "2");
}

TEST_P(Adopting, TheSecondKeyIsAskedWhereTheFirstFindsNobody) {
  had("(1, 'ann@x.org', '+1'), (2, NULL, '+2'), (3, 'carl@x.org', '+3')");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "new@x.org", "+1"), row("b", Cell::null(), Cell::of("+2")), row("c", "carl@x.org", "+2")}), "3 adopted");
  EXPECT_EQ(owners(), "1|a, 2|b, 3|c");
}

TEST_P(Adopting, OfADuplicateInABatchOnlyTheLastClaims) {
  had("(1, 'ann@x.org', NULL), (2, 'bob@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("a", "bob@x.org")}), "1 adopted, 1 duplicate");
  EXPECT_EQ(owners(), "1|NULL, 2|a");
}

TEST_P(Adopting, AllVerdictsFitIntoOneBatch) {
  had("(1, NULL, 'ann@x.org'), (2, NULL, 'twin@x.org'), (3, NULL, 'twin@x.org'), (4, 'd', 'dora@x.org'), (5, 'e', 'old@x.org')",
      "id, external_id, email");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("d", "dora@x.org")}), "1 updated");
  EXPECT_EQ(
      to.write({row("a", "ann@x.org"), row("b", "twin@x.org"), row("c", "nobody@x.org"), row("d", "dora@x.org"), row("e", "e@x.org")}),
      "1 inserted, 1 updated, 1 unchanged, 1 adopted, 1 rejected");
  EXPECT_EQ(owners(), "1|a, 2|NULL, 3|NULL, 4|d, 5|e");
}

TEST_P(Adopting, TheVersionOfARowThatNobodyOwnsDoesNotSpeakOfTheRecord) {
  config::Entity& versioned = entity("versioned", {"email"}, "changed_at");
  versioned.table.name = "customers";
  adopt_by(versioned, {"email"});
  had("(1, 'ann@x.org', NULL)");
  run(std::string("UPDATE customers SET changed_at = '2026-01-01T00:00:00") + (postgres() ? "Z'" : ".000000Z'"));
  Loader to = loader("versioned");
  EXPECT_EQ(to.write({{Cell::of("a"), at(1), Cell::of("ann@x.org")}}), "1 adopted") << to.message;
  EXPECT_EQ(to.write({{Cell::of("a"), at(1), Cell::of("ann@x.org")}}), "1 unchanged");
}

TEST_P(Adopting, ADryRunCountsWhatItWouldAdopt) {
  had("(1, 'ann@x.org', NULL), (2, 'twin@x.org', NULL), (3, 'twin@x.org', NULL)");
  Loader dry = loader("customers", Ending::Rollback);
  EXPECT_EQ(dry.write({row("a", "ann@x.org"), row("b", "twin@x.org"), row("c", "new@x.org")}), "1 inserted, 1 adopted, 1 rejected");
  EXPECT_EQ(owners(), "1|NULL, 2|NULL, 3|NULL");
  EXPECT_EQ(count(), "3");
}

// --- keys of several columns, and of other types ---

class AdoptingBookings : public Adopting {
 protected:
  /// bookings by (customer_id, seat, day)
  void SetUp() override {
    Adopting::SetUp();
    if (!connection_) return;
    run("INSERT INTO customers (id, external_id) VALUES (1, 'c1'), (2, 'c2');"
        "CREATE TABLE bookings (number " +
        std::string(postgres() ? "uuid PRIMARY KEY" : "text PRIMARY KEY NOT NULL") +
        ", external_id bigint UNIQUE, seat integer, day date, kind " + kind() + ", customer_id bigint, synced_at " + when() + ")");
    config::Entity& bookings = entity("bookings", {"seat", "day", "kind"});
    by_external_id(relation(bookings, "customer_id", "customers"));
    adopt_by(bookings, {"customer_id", "seat", "day"});
  }
  [[nodiscard]] std::string kind() {
    if (!postgres()) return "text";
    run("CREATE TYPE kind AS ENUM ('group', 'private')");
    return "kind";
  }
  void had(const std::string& number, const std::string& rest) {
    run("INSERT INTO bookings (number, seat, day, customer_id, kind) VALUES ('" + id(number) + "', " + rest + ")");
  }
  static std::string id(const std::string& number) { return "00000000-0000-0000-0000-00000000000" + number; }
  static std::vector<Cell> booking(int64_t key, int64_t seat, int64_t day, const char* customer) {
    return {integer(key), integer(seat), Cell::date(day), Cell::of("group"), customer ? Cell::of(customer) : Cell::null()};
  }
  std::string bookings() { return all("SELECT substr(CAST(number AS text), 36), external_id FROM bookings ORDER BY 1"); }
};

INSTANTIATE_TEST_SUITE_P(Databases, AdoptingBookings, test::both_databases(), test::database_name);

TEST_P(AdoptingBookings, AllColumnsOfAKeyMustBeEqualAndARelationIsOneOfThem) {
  had("1", "7, '1970-01-02', 1, 'private'");
  had("2", "7, '1970-01-02', 2, NULL");
  had("3", "8, '1970-01-02', 1, NULL");
  had("4", "7, '1970-01-03', 1, NULL");
  had("5", "9, '1970-01-02', NULL, NULL");
  Loader to = loader("bookings");
  // A new row of the batch has no number, so it is one row's fault; nobody is adopted for it.
  EXPECT_EQ(to.write({booking(10, 7, 1, "c1"), booking(11, 7, 1, "c2"), booking(12, 9, 1, nullptr), booking(13, 9, 1, "c9")}),
            "2 adopted, 2 rejected")
      << to.message;
  EXPECT_EQ(bookings(), "1|10, 2|11, 3|NULL, 4|NULL, 5|NULL");
  EXPECT_EQ(all("SELECT kind FROM bookings WHERE external_id = 10"), "group");
}

TEST_P(AdoptingBookings, AmbiguousRowsOfAKeyOfSeveralColumnsAreNamedByTheirPrimaryKey) {
  had("1", "7, '1970-01-02', 1, NULL");
  had("2", "7, '1970-01-02', 1, NULL");
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking(10, 7, 1, "c1")}), "1 rejected") << to.message;
  EXPECT_EQ(all("SELECT key, field, value FROM " + own("sync_reject")), "10|customer_id, seat, day|1, 7, 1970-01-02");
  EXPECT_NE(reasons().find("(`number` " + id("1") + ", " + id("2") + ")"), std::string::npos) << reasons();
}

TEST_P(AdoptingBookings, AnEnumIsPartOfAKeyToo) {
  project_.entities.back().adopt.clear();
  adopt_by(project_.entities.back(), {"kind", "seat"});
  had("1", "7, NULL, NULL, 'group'");
  had("2", "7, NULL, NULL, 'private'");
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking(10, 7, 1, "c1")}), "1 adopted") << to.message;
  EXPECT_EQ(bookings(), "1|10, 2|NULL");
}

// --- bad rows, other writers ---

TEST_P(Adopting, ABadRowOfTheBatchHindersNoAdoption) {
  had("(1, 'ann@x.org', NULL), (2, 'bob@x.org', NULL), (3, 'carl@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(
      to.write({row("a", "ann@x.org"), row("b", Cell::of("bob@x.org"), Cell::null(), "bad"), row("c", "carl@x.org"), row("d", "d@x")}),
      "1 inserted, 2 adopted, 1 rejected")
      << to.message;
  EXPECT_EQ(owners(), "1|a, 2|NULL, 3|c");
  EXPECT_EQ(all("SELECT stage, key FROM " + own("sync_reject")), "write|b");
}

TEST_P(Adopting, ABadRowMakesNothingClearThatIsNot) {
  had("(1, 'ann@x.org', '+1'), (2, 'twin@x.org', '+2'), (3, 'twin@x.org', NULL)");
  Loader to = loader("customers");
  // Each in a half of its own: a would adopt before d claims, and e takes away one of the two that f could mean.
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", Cell::null(), Cell::null(), "bad"), row("e", Cell::null(), Cell::of("+2")),
                      row("c", "c@x.org"), row("d", "ann@x.org"), row("f", "twin@x.org")}),
            "1 inserted, 1 adopted, 4 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY key"),
            "a|adopt_ambiguous, b|23514, d|adopt_ambiguous, f|adopt_ambiguous");
  EXPECT_EQ(owners(), "1|NULL, 2|e, 3|NULL");
}

TEST_P(Adopting, ARowWhoseValuesAreRefusedIsNotAdopted) {
  had("(1, 'ann@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", Cell::of("ann@x.org"), Cell::null(), "bad")}), "1 rejected");
  EXPECT_EQ(owners(), "1|NULL");
  EXPECT_EQ(to.write({row("a", "ann@x.org")}), "1 adopted");
}

TEST_P(Adopting, ATriggerThatDropsTheAdoptionIsDriftNeverAWrongCount) {
  had("(1, 'ann@x.org', NULL)");
  run(postgres() ? "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
                   "CREATE TRIGGER drop_it BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION drop_it()"
                 : "CREATE TRIGGER drop_it BEFORE UPDATE ON customers BEGIN SELECT RAISE(IGNORE); END");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org")}), "contract_drift raced");
  EXPECT_NE(to.message.find("adopting 1 rows"), std::string::npos) << to.message;
  EXPECT_EQ(owners(), "1|NULL");
}

class AdoptingOnPostgres : public Adopting {
 protected:
  std::string write_against(const std::string& their_change, const std::vector<std::vector<Cell>>& rows) {
    return LoadTest::write_against("customers", their_change, rows);
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, AdoptingOnPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(AdoptingOnPostgres, ARowThatAnotherRecordTakesWhileWeWaitIsNotTakenFromIt) {
  had("(1, 'ann@x.org', NULL), (2, 'bob@x.org', NULL)");
  EXPECT_EQ(write_against("UPDATE customers SET external_id = 'theirs' WHERE id = 1", {row("a", "ann@x.org"), row("b", "bob@x.org")}),
            "1 inserted, 1 adopted");
  EXPECT_EQ(owners(), "1|theirs, 2|b");
}

TEST_P(AdoptingOnPostgres, ARowThatBecomesSomebodyElseWhileWeWaitIsNotAdopted) {
  had("(1, 'ann@x.org', '+1')");
  EXPECT_EQ(write_against("UPDATE customers SET email = 'bob@x.org' WHERE id = 1", {row("a", "ann@x.org")}), "1 inserted");
  EXPECT_EQ(owners(), "1|NULL");
  EXPECT_EQ(write_against("UPDATE customers SET email = 'carl@x.org' WHERE id = 1", {row("b", "bob@x.org", "+1")}), "1 adopted")
      << "by the other key, in the second try";
  EXPECT_EQ(owners(), "1|b");
}

TEST_P(AdoptingOnPostgres, ARowThatIsDeletedWhileWeWaitIsInsertedAgain) {
  had("(1, 'ann@x.org', NULL)");
  EXPECT_EQ(write_against("DELETE FROM customers WHERE id = 1", {row("a", "ann@x.org")}), "1 inserted");
  EXPECT_EQ(count(), "1");
}

TEST_P(AdoptingOnPostgres, WhatTheSourceDoesNotSpeakOfKeepsWhatSomebodyWroteWhileWeWaited) {
  had("(1, 'ann@x.org', '+1')");
  EXPECT_EQ(write_against("UPDATE customers SET phone = '+2' WHERE id = 1", {row("a", Cell::of("ann@x.org"), Cell::keep())}), "1 adopted");
  EXPECT_EQ(all("SELECT external_id, phone FROM customers"), "a|+2");
}

TEST_P(AdoptingOnPostgres, AnExternalIdThatLandsElsewhereWhileWeWaitIsUpdatedThere) {
  had("(1, 'ann@x.org', NULL)");
  EXPECT_EQ(write_against("INSERT INTO customers (external_id, name) VALUES ('a', 'theirs')", {row("a", "ann@x.org")}), "1 updated");
  EXPECT_EQ(owners(), "1|NULL");
  EXPECT_EQ(count(), "2");
}

TEST_P(AdoptingOnPostgres, TwoWritersThatAdoptTheSameRowsInOppositeOrderDoNotDeadlock) {
  had("(1, 'a@x.org', NULL), (2, 'b@x.org', NULL), (3, 'c@x.org', NULL)");
  {
    const auto theirs = open(), first = open(), second = open();
    Loader one(*first, project_, "customers"), two(*second, project_, "customers");
    ASSERT_TRUE(theirs->begin());
    run(*theirs, "SELECT 1 FROM customers WHERE id = 2 FOR UPDATE");
    std::string of_one, of_two;
    std::thread forwards([&] { of_one = one.write({row("a", "a@x.org"), row("b", "b@x.org"), row("c", "c@x.org")}); });
    std::thread backwards([&] { of_two = two.write({row("c", "c@x.org"), row("b", "b@x.org"), row("a", "a@x.org")}); });
    EXPECT_TRUE(wait_for_waiting_sessions(2));
    EXPECT_TRUE(theirs->commit());
    forwards.join();
    backwards.join();
    EXPECT_EQ(std::min(of_one, of_two), "3 adopted");
    EXPECT_EQ(std::max(of_one, of_two), "3 unchanged");
  }
  expect_no_deadlocks();
  EXPECT_EQ(owners(), "1|a, 2|b, 3|c");
}

TEST_P(AdoptingOnPostgres, AnAdoptedRowIsStampedAndNotSentAgain) {
  had("(1, 'ann@x.org', NULL), (2, 'twin@x.org', NULL), (3, 'twin@x.org', NULL)");
  Loader to = loader("customers");
  const std::vector<std::vector<Cell>> rows{row("a", "ann@x.org"), row("b", "twin@x.org")};
  EXPECT_EQ(to.write(rows), "1 adopted, 1 rejected");
  EXPECT_EQ(to.sent(rows), "1");
  EXPECT_EQ(all("SELECT id FROM customers WHERE sync_xid = xmin"), "1");
  EXPECT_EQ(to.write(rows), "1 unchanged, 1 rejected");
}

TEST_P(AdoptingOnPostgres, ARowAdoptedBesideABadOneIsStamped) {
  had("(1, 'ann@x.org', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", Cell::null(), Cell::null(), "bad")}), "1 adopted, 1 rejected");
  EXPECT_EQ(all("SELECT count(*) FROM customers WHERE sync_xid = xmin"), "1");
}

TEST_P(AdoptingOnPostgres, ARowAdoptedInAHalfIsNotStamped) {
  had("(1, 'ann@x.org', NULL)");
  run("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.external_id = 'b' THEN RAISE EXCEPTION 'no'; END IF; "
      "RETURN NEW; END $$; CREATE TRIGGER refuse AFTER INSERT ON customers FOR EACH ROW EXECUTE FUNCTION refuse()");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "ann@x.org"), row("b", Cell::null())}), "1 adopted, 1 rejected");
  EXPECT_EQ(all("SELECT count(*) FROM customers WHERE sync_hash IS NOT NULL OR sync_xid IS NOT NULL"), "0");
}

}  // namespace
}  // namespace syncline::load
