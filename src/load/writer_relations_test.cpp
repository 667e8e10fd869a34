// SPDX-License-Identifier: Apache-2.0
// How a row finds the row it belongs to.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;
using config::Relation;

class Relating : public LoadTest {
 protected:
  [[nodiscard]] std::string when() const { return postgres() ? "timestamptz" : "DATETIME"; }

  /// bookings.customer_id → customers.id, found by the customer's external id and then by e-mail.
  Relation& make_tables(const std::string& id_type, const std::string& external_type = "text") {
    run("CREATE TABLE customers (id " + id_type + " PRIMARY KEY, external_id " + external_type + " UNIQUE, email text, synced_at " +
        when() +
        ");"
        "CREATE TABLE bookings (external_id text UNIQUE, seat text, customer_id " +
        id_type + " REFERENCES customers (id), synced_at " + when() + ")");
    entity("customers", {"email"});
    Relation& to_customer = relation(entity("bookings", {"seat"}), "customer_id", "customers");
    by_external_id(to_customer);
    by_column(to_customer, "email");
    return to_customer;
  }
  Relation& make_tables() {
    Relation& made = make_tables("integer");
    run("INSERT INTO customers (id, external_id, email) VALUES (1, 'c1', ' Ann@X.org '), (2, 'c2', 'bob@x.org'), (3, 'c3', 'twin@x.org'), "
        "(4, 'c4', 'TWIN@x.org'), (5, NULL, 'own@x.org'), (6, NULL, NULL)");
    return made;
  }
  static std::vector<Cell> booking(const char* key, const Cell& external, const Cell& email) {
    return {Cell::of(key), Cell::of("seat"), external, email};
  }
  std::string bookings() { return all("SELECT external_id, customer_id FROM bookings ORDER BY external_id"); }
};

INSTANTIATE_TEST_SUITE_P(Databases, Relating, test::both_databases(), test::database_name);

// --- nobody found ---

TEST_P(Relating, AMissingParentIsARejectThatSaysWhatWasLookedFor) {
  make_tables().missing = Relation::Missing::Reject;
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::of("c1"), Cell::null()), booking("b", Cell::of("nobody"), Cell::of("no@x.org"))}),
            "1 inserted, 1 rejected");
  EXPECT_EQ(rejects(), R"(match|b|customer_id|relation_missing|{"row":1})");
  const std::string reason = all("SELECT reason FROM " + own("sync_reject"));
  EXPECT_NE(reason.find("nobody"), std::string::npos) << reason;
  EXPECT_NE(reason.find("no@x.org"), std::string::npos) << reason;
  EXPECT_EQ(bookings(), "a|1");
}

TEST_P(Relating, AMissingParentIsNullWhereThatIsAllowed) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::of("nobody"), Cell::null())}), "1 inserted");
  EXPECT_EQ(to.report.counters.unlinked, 1);
  EXPECT_EQ(to.write({booking("a", Cell::of("nobody"), Cell::null()), booking("b", Cell::of("c1"), Cell::of("no@x.org")),
                      booking("c", Cell::null(), Cell::null()), booking("d", Cell::keep(), Cell::keep())}),
            "3 inserted, 1 unchanged");
  EXPECT_EQ(to.report.counters.unlinked, 2) << "the same row is looked at again, and counted again";
  run("DELETE FROM bookings WHERE external_id <> 'a'");
  EXPECT_EQ(bookings(), "a|NULL");
}

TEST_P(Relating, AnIdThatIsNoValueOfTheParentsKeyFindsNobody) {
  if (!postgres()) return;  // SQLite's columns take any text
  run("CREATE TYPE kind AS ENUM ('x', 'it''s')");
  struct Case {
    const char *type, *good;
    std::vector<const char*> bad;
  };
  for (const auto& [type, good, bad] :
       {Case{"numeric(12,2)", "17.10", {"guest", "17.104", "1e3", "NaN", ""}}, Case{"kind", "it's", {"guest", "it''s", ""}},
        Case{"date", "2026-02-28", {"guest", "2026-02-30", "2026-13-01", "0000-01-01", "2026-02-28\n", "today"}},
        Case{
            "timestamptz", "2026-02-28T01:02:03.5Z", {"2026-02-28", "2026-02-28T24:00:00Z", "2026-02-29T01:02:03Z", "2026-02-28T01:02:03"}},
        Case{"timestamp", "2026-02-28T01:02:03", {"2026-02-28T01:02:03Z", "now"}}, Case{"time", "09:30:00", {"24:00:00", "noon"}},
        Case{"boolean", "true", {"guest", "tr", "1"}}}) {
    project_.entities.clear();
    run("DROP TABLE IF EXISTS bookings, customers");
    make_tables("integer", type);
    run("ALTER TABLE bookings ADD sync_hash bigint, ADD sync_xid xid; INSERT INTO customers (id, external_id) VALUES (1, '" +
        std::string(type == std::string("kind") ? "it''s" : good) + "')");
    std::vector<std::vector<Cell>> rows{booking("a", Cell::of(good), Cell::null())};
    std::deque<std::string> keys;
    for (const char* id : bad)
      rows.push_back(booking(keys.emplace_back("b" + std::to_string(rows.size())).c_str(), Cell::of(id), Cell::null()));
    Loader to = loader("bookings");
    EXPECT_EQ(to.write(rows), std::to_string(rows.size()) + " inserted") << type << ": " << to.message;
    EXPECT_EQ(all("SELECT external_id FROM bookings WHERE customer_id = 1"), "a") << type;
    EXPECT_EQ(to.write(rows), std::to_string(rows.size()) + " unchanged") << type << ": " << to.message;
  }
}

TEST_P(Relating, AnIdThatOnlyTheDatabaseCanTellFromAValueIsOneReject) {
  if (!postgres()) return;  // SQLite's columns take any text
  make_tables("integer", "inet");
  run("ALTER TABLE bookings ADD sync_hash bigint, ADD sync_xid xid; INSERT INTO customers (id, external_id) VALUES (1, '10.0.0.1')");
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::of("10.0.0.1"), Cell::null()), booking("b", Cell::of("guest"), Cell::null())}),
            "1 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(to.write({booking("a", Cell::of("10.0.0.1"), Cell::null()), booking("b", Cell::of("guest"), Cell::null())}),
            "1 unchanged, 1 rejected")
      << to.message;
  EXPECT_EQ(bookings(), "a|1");
}

TEST_P(Relating, ARecordThatNamesNoParentHasNoneAndIsNoReject) {
  make_tables().missing = Relation::Missing::Reject;
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::null(), Cell::null())}), "1 inserted");
  EXPECT_EQ(to.write({booking("a", Cell::null(), Cell::null()), booking("b", Cell::of("c1"), Cell::null())}), "1 inserted, 1 unchanged");
  EXPECT_EQ(bookings(), "a|NULL, b|1");
}

TEST_P(Relating, ARecordThatDoesNotSpeakOfItsParentKeepsIt) {
  make_tables().missing = Relation::Missing::Reject;
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::of("c1"), Cell::null()), booking("b", Cell::of("c2"), Cell::null())}), "2 inserted");
  std::vector<Cell> moved = booking("b", Cell::keep(), Cell::keep());
  moved[1] = Cell::of("another seat");
  EXPECT_EQ(to.write({booking("a", Cell::keep(), Cell::keep()), moved, booking("c", Cell::keep(), Cell::keep())}),
            "1 inserted, 1 updated, 1 unchanged");
  EXPECT_EQ(bookings(), "a|1, b|2, c|NULL");
  // One way that says null, or another parent, is said of the relation.
  EXPECT_EQ(to.write({booking("a", Cell::keep(), Cell::null()), booking("b", Cell::keep(), Cell::of("ann@x.org"))}), "2 updated");
  EXPECT_EQ(bookings(), "a|NULL, b|1, c|NULL");
}

// rule 13: never the first of many
TEST_P(Relating, AnAmbiguousParentIsARejectNeverTheFirstOfMany) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::null(), Cell::of("twin@x.org")), booking("b", Cell::null(), Cell::of("bob@x.org"))}),
            "1 inserted, 1 rejected");
  EXPECT_EQ(rejects(), R"(match|a|customer_id|relation_ambiguous|{"row":0})");
  EXPECT_EQ(bookings(), "b|2");
}

TEST_P(Relating, AnAmbiguousParentIsNullWhereThatIsAllowed) {
  Relation& to_customer = make_tables();
  to_customer.ambiguous = Relation::Ambiguous::Null;
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::null(), Cell::of("twin@x.org"))}), "1 inserted");
  EXPECT_EQ(bookings(), "a|NULL");
}

TEST_P(Relating, AnAmbiguousParentThatMayBeNullIsStillMissingWhereOneIsNeeded) {
  Relation& to_customer = make_tables();
  to_customer.missing = Relation::Missing::Reject;
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::null(), Cell::of("twin@x.org")), booking("b", Cell::null(), Cell::of("none@x.org"))}),
            "2 rejected");
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY key"), "a|relation_ambiguous, b|relation_missing");
}

// --- somebody found ---

TEST_P(Relating, TheExternalIdIsAskedFirstAndTheFoldedEmailThen) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::of("c1"), Cell::of("bob@x.org")), booking("b", Cell::of("nobody"), Cell::of("bob@x.org")),
                      booking("c", Cell::null(), Cell::of("ann@x.org")), booking("d", Cell::null(), Cell::of("own@x.org")),
                      booking("e", Cell::of("c3"), Cell::of("twin@x.org"))}),
            "5 inserted");
  EXPECT_EQ(bookings(), "a|1, b|2, c|1, d|5, e|3");
}

TEST_P(Relating, BlanksAroundATextAreNoPartOfItAndLettersAre) {
  make_tables();
  run(std::string("INSERT INTO customers (id, email) VALUES (7, ") +
      (postgres() ? "E' \t\n\r\x0B\fvera@x.tv\f\x0B'" : "char(32, 9, 10, 13, 11, 12) || 'vera@x.tv' || char(12, 11)") +
      "), (8, 'era@x.t'), (9, 'ntrf@x.ntrf')");
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::null(), Cell::of("vera@x.tv")), booking("b", Cell::null(), Cell::of("era@x.t")),
                      booking("c", Cell::null(), Cell::of("ntrf@x.ntrf"))}),
            "3 inserted");
  EXPECT_EQ(bookings(), "a|7, b|8, c|9");
}

TEST_P(Relating, AParentThatChangesIsAnUpdateAndTheSameOneIsNot) {
  make_tables();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::of("c1"), Cell::null())}), "1 inserted");
  EXPECT_EQ(to.write({booking("a", Cell::null(), Cell::of("ann@x.org"))}), "1 unchanged");
  EXPECT_EQ(to.write({booking("a", Cell::of("c2"), Cell::null())}), "1 updated");
  EXPECT_EQ(to.write({booking("a", Cell::null(), Cell::null())}), "1 updated");
  EXPECT_EQ(bookings(), "a|NULL");
}

TEST_P(Relating, ParentsWithTextIdsAreFound) {
  // UUIDs, which for PostgreSQL are a type that has no min().
  make_tables(postgres() ? "uuid" : "text");
  const std::string one = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", two = "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
  run("INSERT INTO customers (id, external_id, email) VALUES ('" + one + "', 'c1', 'ann@x.org'), ('" + two + "', 'c2', 'bob@x.org')");
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::of("c1"), Cell::null()), booking("b", Cell::null(), Cell::of("bob@x.org"))}), "2 inserted")
      << to.message;
  EXPECT_EQ(bookings(), "a|" + one + ", b|" + two);
}

TEST_P(Relating, WhatIsNoNumberFindsNoParentWhoseExternalIdIsOne) {
  make_tables("integer", "bigint");
  run("INSERT INTO customers (id, external_id) VALUES (1, 7), (2, -8), (3, 9223372036854775807), (4, -9223372036854775808), (5, "
      "1234567890123456789), (6, 0)");
  Loader to = loader("bookings");
  const auto found = [&](const char* key) {
    run("DELETE FROM bookings");
    const std::string written = to.write({booking("a", Cell::of(key), Cell::null())});
    return written == "1 inserted" ? all("SELECT customer_id FROM bookings") : written + to.message;
  };
  for (const char* key : {"seven", "", " 7", "7 ", "+7", "7.0", "0x7", "07", "7e0", "9223372036854775808", "-9223372036854775809",
                          "99999999999999999999999", "--7", "-0", "7\n"})
    EXPECT_EQ(found(key), "NULL") << "«" << key << "»";
  EXPECT_EQ(found("7"), "1");
  EXPECT_EQ(found("-8"), "2");
  EXPECT_EQ(found("9223372036854775807"), "3");
  EXPECT_EQ(found("-9223372036854775808"), "4");
  EXPECT_EQ(found("1234567890123456789"), "5");
  EXPECT_EQ(found("0"), "6");
}

TEST_P(Relating, AKeyInAnotherCaseOfAUuidFindsItsParentAndNonsenseNone) {
  make_tables("integer", postgres() ? "uuid" : "text COLLATE NOCASE");
  run("INSERT INTO customers (id, external_id) VALUES (1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')");
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("a", Cell::of("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), Cell::null()),
                      booking("b", Cell::of("not a uuid"), Cell::null()), booking("c", Cell::of("a0eebc99"), Cell::null())}),
            "3 inserted")
      << to.message;
  EXPECT_EQ(bookings(), "a|1, b|NULL, c|NULL");
}

TEST_P(Relating, ATableThatIsNotSyncedCanBeAParentBySeveralColumns) {
  run("CREATE TABLE \"Plans of ours\" (code text PRIMARY KEY, name text, alias text, external_id text); INSERT INTO \"Plans of ours\" "
      "VALUES ('P1', 'Ten Classes', 'ten', NULL), ('P2', 'Unlimited', 'all', NULL);"
      "CREATE TABLE members (external_id text UNIQUE, plan text, synced_at " +
      when() + ")");
  config::Entity& members = entity("members of a name long enough that what is behind it would be cut", {});
  members.table.name = "members";
  Relation& plan = relation(members, "plan", "");
  plan.table = record::TableName{"", "Plans of ours"};
  plan.table_column = "code";
  plan.missing = Relation::Missing::Reject;
  by_column(plan, "name");
  by_column(plan, "alias");
  Loader to = loader(members.name);
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("unlimited"), Cell::null()},
                      {Cell::of("b"), Cell::null(), Cell::of("ten")},
                      {Cell::of("c"), Cell::of("?"), Cell::of("??")}}),
            "2 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT external_id, plan FROM members ORDER BY 1"), "a|P2, b|P1");
}

TEST_P(Relating, ADryRunDoesNotMissParentsThatWouldHaveLanded) {
  make_tables().missing = Relation::Missing::Reject;
  Loader dry = loader("bookings", Ending::Rollback);
  EXPECT_EQ(dry.write({booking("a", Cell::of("not yet here"), Cell::null())}), "1 inserted");
  EXPECT_EQ(bookings(), "");
}

}  // namespace
}  // namespace syncline::load
