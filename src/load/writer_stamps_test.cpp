// SPDX-License-Identifier: Apache-2.0
// Rows that are as we wrote them are not sent again; whatever else happened to a row, it is compared and set right.
#include <thread>

#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Stamping : public LoadTest {
 protected:
  static constexpr const char* StampColumns = ", synced_at timestamptz, sync_hash bigint, sync_xid xid";

  void SetUp() override {
    LoadTest::SetUp();
    if (connection_) make_customers("");
  }
  void make_customers(const std::string& more) {
    run("CREATE TABLE customers (id serial PRIMARY KEY, external_id text UNIQUE, name text, city text" + more + StampColumns + ")");
    if (!project_.entity("customers")) entity("customers", {"name", "city"});
  }
  /// bookings.customer_id → customers.id, by the customer's external id.
  config::Relation& make_bookings(const std::string& on_delete = "") {
    run("CREATE TABLE bookings (external_id text UNIQUE, seat text, customer_id integer REFERENCES customers (id) " + on_delete +
        StampColumns + ")");
    config::Relation& to_customer = relation(entity("bookings", {"seat"}), "customer_id", "customers");
    by_external_id(to_customer);
    return to_customer;
  }

  static std::vector<Cell> row(const std::string& key, const Cell& name, const Cell& city = Cell::null()) {
    static std::deque<std::string> keys;  // cells point into them
    return {Cell::of(std::string_view(keys.emplace_back(key))), name, city};
  }
  static std::vector<Cell> booking(const char* key, const char* customer) {
    return {Cell::of(key), Cell::of("A1"), customer ? Cell::of(customer) : Cell::null()};
  }
  static std::vector<std::vector<Cell>> three() { return {row("a", Cell::of("A")), row("b", Cell::of("B")), row("c", Cell::of("C"))}; }
  static std::vector<std::vector<Cell>> hundred() {
    std::vector<std::vector<Cell>> out;
    for (int i = 0; i < 100; ++i) out.push_back(row("k" + std::to_string(i), Cell::of("A")));
    return out;
  }
  std::string customers() { return all("SELECT external_id, name, city FROM customers ORDER BY external_id"); }
  std::string bookings() {
    return all("SELECT b.external_id, c.external_id FROM bookings b LEFT JOIN customers c ON c.id = b.customer_id ORDER BY 1");
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, Stamping, testing::Values(sql::Dialect::Postgres), test::database_name);

// --- what is not sent ---

TEST_P(Stamping, RowsThatAreAsWeWroteThemAreNotSentAndCountAsUnchanged) {
  Loader to = loader("customers");
  EXPECT_EQ(to.sent(three()), "0 1 2");
  EXPECT_EQ(to.write(three()), "3 inserted");
  EXPECT_EQ(to.sent(three()), "");
  const std::string before = all("SELECT xmin, ctid, synced_at FROM customers ORDER BY id");
  EXPECT_EQ(to.write(three()), "3 unchanged");
  EXPECT_EQ(all("SELECT xmin, ctid, synced_at FROM customers ORDER BY id"), before);
}

TEST_P(Stamping, WhatTheSourceChangedAndWhatIsNewIsSentAlone) {
  Loader to = loader("customers");
  to.write(three());
  auto rows = three();
  rows[1] = row("b", Cell::of("BB"));
  rows.push_back(row("d", Cell::of("D")));
  EXPECT_EQ(to.sent(rows), "1 3");
  EXPECT_EQ(to.write(rows), "1 inserted, 1 updated, 2 unchanged");
  EXPECT_EQ(customers(), "a|A|NULL, b|BB|NULL, c|C|NULL, d|D|NULL");
  EXPECT_EQ(to.report.counters.local_edits, 0);
  EXPECT_EQ(to.sent(rows), "") << "an updated row is stamped anew";
}

TEST_P(Stamping, NullIsNotAnEmptyTextAndWhatIsKeptIsNeither) {
  Loader to = loader("customers");
  to.write({row("a", Cell::of("A"), Cell::null())});
  EXPECT_EQ(to.sent({row("a", Cell::of("A"), Cell::of(""))}), "0");
  EXPECT_EQ(to.sent({row("a", Cell::of("A"), Cell::keep())}), "0");
  EXPECT_EQ(to.sent({row("a", Cell::null(), Cell::of("A"))}), "0");
}

TEST_P(Stamping, ANumberIsNeitherNullNorWhatIsKept) {
  run("CREATE TABLE counts (id serial PRIMARY KEY, external_id text UNIQUE, n bigint, synced_at timestamptz, sync_hash bigint, sync_xid "
      "xid)");
  entity("counts", {"n"});
  Loader to = loader("counts");
  for (int type = 0; type < 16; ++type) {
    const std::string key = "k" + std::to_string(type);
    to.write({{Cell::of(std::string_view(key)), Cell::of(int64_t{type} << 56)}});
    EXPECT_EQ(to.sent({{Cell::of(std::string_view(key)), Cell::null()}}), "0") << type;
    EXPECT_EQ(to.sent({{Cell::of(std::string_view(key)), Cell::keep()}}), "0") << type;
  }
}

TEST_P(Stamping, OfAKeyThatComesTwiceBothAreSent) {
  Loader to = loader("customers");
  to.write({row("a", Cell::of("new")), row("b", Cell::of("B"))});
  const std::vector<std::vector<Cell>> rows{row("a", Cell::of("old")), row("b", Cell::of("B")), row("a", Cell::of("new"))};
  EXPECT_EQ(to.sent(rows), "0 2");
  EXPECT_EQ(to.write(rows), "2 unchanged, 1 duplicate");
  EXPECT_EQ(customers(), "a|new|NULL, b|B|NULL");
}

TEST_P(Stamping, IntegerKeysWorkAsTextsDo) {
  run("CREATE TABLE numbered (external_id bigint UNIQUE, name text" + std::string(StampColumns) + ")");
  entity("numbered", {"name"});
  Loader to = loader("numbered");
  const std::vector<std::vector<Cell>> rows{{integer(7), Cell::of("A")}, {integer(-1), Cell::of("B")}};
  EXPECT_EQ(to.write(rows), "2 inserted");
  EXPECT_EQ(to.sent(rows), "");
}

TEST_P(Stamping, KeysWhoseEqualityIsNotOursAreAlwaysSent) {
  run("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
      "CREATE TABLE folded (external_id text COLLATE nocase UNIQUE, name text" +
      std::string(StampColumns) + ")");
  entity("folded", {"name"});
  Loader to = loader("folded");
  to.write({{Cell::of("a"), Cell::of("A")}});
  EXPECT_EQ(to.sent({{Cell::of("a"), Cell::of("A")}}), "0");
}

// --- what happened behind our back ---

TEST_P(Stamping, ALocalEditIsSeenSetRightAndCounted) {
  Loader to = loader("customers");
  to.write(three());
  run("UPDATE customers SET name = 'edited' WHERE external_id = 'b'");
  EXPECT_EQ(to.sent(three()), "1");
  EXPECT_EQ(to.write(three()), "1 updated, 2 unchanged");
  EXPECT_EQ(to.report.counters.local_edits, 1);
  EXPECT_EQ(customers(), "a|A|NULL, b|B|NULL, c|C|NULL");
  EXPECT_EQ(to.sent(three()), "");
}

TEST_P(Stamping, ARowThatWasDeletedIsInsertedAgain) {
  Loader to = loader("customers");
  to.write(three());
  run("DELETE FROM customers WHERE external_id = 'b'");
  EXPECT_EQ(to.write(three()), "1 inserted, 2 unchanged");
}

TEST_P(Stamping, AStampThatSomebodyCopiedHoldsForNoOtherRow) {
  Loader to = loader("customers");
  to.write(three());
  run("UPDATE customers SET name = 'edited', sync_hash = (SELECT sync_hash FROM customers WHERE external_id = 'b') WHERE external_id = "
      "'b'");
  EXPECT_EQ(to.write(three()), "1 updated, 2 unchanged");
}

TEST_P(Stamping, RowsTouchedElsewhereAreMarkedAgainOnlyWhereTheyAreMany) {
  Loader to = loader("customers");
  to.write(hundred());
  run("ALTER TABLE customers ADD COLUMN visits integer; UPDATE customers SET visits = 1 WHERE id <= 5");
  EXPECT_EQ(to.write(hundred()), "100 unchanged");
  EXPECT_EQ(to.report.counters.restamped, 0);
  run("UPDATE customers SET visits = 1 WHERE id = 6");
  const std::string before = all("SELECT max(synced_at) FROM customers");
  EXPECT_EQ(to.write(hundred()), "100 unchanged");
  EXPECT_EQ(to.report.counters.restamped, 6);
  EXPECT_EQ(all("SELECT max(synced_at) FROM customers"), before);
  EXPECT_EQ(to.sent(hundred()), "");
}

TEST_P(Stamping, WhatOurOwnTriggersChangeInTheSameStatementIsAccepted) {
  run("CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;"
      "CREATE TRIGGER shout BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION shout()");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", Cell::of("quiet"))}), "1 inserted");
  EXPECT_EQ(to.sent({row("a", Cell::of("quiet"))}), "");
  EXPECT_EQ(customers(), "a|QUIET|NULL");
}

// --- what a stamp speaks of ---

TEST_P(Stamping, ColumnsThatChangedPlacesVoidTheStamps) {
  loader("customers").write({row("a", Cell::of("A"), Cell::of("Oslo"))});
  run("ALTER TABLE customers RENAME name TO other; ALTER TABLE customers RENAME city TO name; ALTER TABLE customers RENAME other TO city");
  Loader to = loader("customers");
  EXPECT_EQ(to.sent({row("a", Cell::of("A"), Cell::of("Oslo"))}), "0");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), Cell::of("Oslo"))}), "1 updated");
  EXPECT_EQ(customers(), "a|A|Oslo");
}

TEST_P(Stamping, AColumnThatWasAddedAgainVoidsTheStamps) {
  loader("customers").write(three());
  run("ALTER TABLE customers DROP name; ALTER TABLE customers ADD name text");
  EXPECT_EQ(loader("customers").write(three()), "3 updated");
}

TEST_P(Stamping, AnEnumLabelThatWasRenamedVoidsTheStamps) {
  run("CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE moods (external_id text UNIQUE, mood mood" + std::string(StampColumns) + ")");
  entity("moods", {"mood"});
  loader("moods").write({{Cell::of("a"), Cell::of("good")}});
  EXPECT_EQ(loader("moods").sent({{Cell::of("a"), Cell::of("good")}}), "");
  run("ALTER TYPE mood RENAME VALUE 'good' TO 'fine'; ALTER TYPE mood RENAME VALUE 'bad' TO 'good'");
  EXPECT_EQ(loader("moods").sent({{Cell::of("a"), Cell::of("good")}}), "0");
}

TEST_P(Stamping, AnotherMappingVoidsTheStamps) {
  loader("customers").write({row("a", Cell::of("A"), Cell::of("A"))});
  std::swap(project_.entities[0].fields[0], project_.entities[0].fields[1]);
  EXPECT_EQ(loader("customers").sent({row("a", Cell::of("A"), Cell::of("A"))}), "0");
}

// --- relations ---

TEST_P(Stamping, ARowWhoseParentIsFoundIsNotSentAgain) {
  make_bookings();
  loader("customers").write(three());
  Loader to = loader("bookings");
  to.write({booking("1", "a"), booking("2", nullptr)});
  EXPECT_EQ(to.sent({booking("1", "a"), booking("2", nullptr)}), "");
  EXPECT_EQ(to.sent({booking("1", "b"), booking("2", "a")}), "0 1");
}

TEST_P(Stamping, ARowWhoseParentIsMissingIsLookedAtUntilItComes) {
  make_bookings();
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("1", "a")}), "1 inserted");
  EXPECT_EQ(to.sent({booking("1", "a")}), "0");
  loader("customers").write(three());
  EXPECT_EQ(to.write({booking("1", "a")}), "1 updated");
  EXPECT_EQ(bookings(), "1|a");
  EXPECT_EQ(to.report.counters.local_edits, 0) << "nobody has edited it: its parent came";
  EXPECT_EQ(to.sent({booking("1", "a")}), "");
}

TEST_P(Stamping, AParentThatWasGivenAnotherIdIsSeenInItsChildren) {
  make_bookings();
  loader("customers").write(three());
  Loader to = loader("bookings");
  to.write({booking("1", "a"), booking("2", "b")});
  run("UPDATE customers SET external_id = 'z' WHERE external_id = 'a'; UPDATE customers SET external_id = 'a' WHERE external_id = 'c'");
  EXPECT_EQ(to.sent({booking("1", "a"), booking("2", "b")}), "0");
  EXPECT_EQ(to.write({booking("1", "a"), booking("2", "b")}), "1 updated, 1 unchanged");
  EXPECT_EQ(bookings(), "1|a, 2|b");
}

TEST_P(Stamping, AParentThatWasDeletedIsSeenInItsChildren) {
  make_bookings("ON DELETE SET NULL");
  loader("customers").write(three());
  Loader to = loader("bookings");
  to.write({booking("1", "a"), booking("2", "b")});
  run("DELETE FROM customers WHERE external_id = 'a'");
  EXPECT_EQ(to.sent({booking("1", "a"), booking("2", "b")}), "0");
}

TEST_P(Stamping, WhatAnotherWayFoundIsLookedForEachTime) {
  by_column(make_bookings(), "name");
  loader("customers").write(three());
  Loader to = loader("bookings");
  const auto by_name = [](const char* name) { return std::vector<Cell>{Cell::of("1"), Cell::of("A1"), Cell::null(), Cell::of(name)}; };
  EXPECT_EQ(to.write({by_name("b")}), "1 inserted");
  EXPECT_EQ(bookings(), "1|b");
  EXPECT_EQ(to.sent({by_name("b")}), "0");
  run("UPDATE customers SET name = 'b' WHERE external_id = 'c'; UPDATE customers SET name = 'c' WHERE external_id = 'b'");
  EXPECT_EQ(to.write({by_name("b")}), "1 updated");
  EXPECT_EQ(bookings(), "1|c");
  EXPECT_EQ(to.report.counters.local_edits, 0);
  // With the external id in front it no longer matters.
  const std::vector<Cell> both{Cell::of("1"), Cell::of("A1"), Cell::of("a"), Cell::of("b")};
  EXPECT_EQ(to.write({both}), "1 updated");
  EXPECT_EQ(to.sent({both}), "");
}

TEST_P(Stamping, AParentThatIsNotSpokenOfIsNeitherLookedForNorLost) {
  make_bookings();
  loader("customers").write(three());
  Loader to = loader("bookings");
  to.write({booking("1", "a")});
  const std::vector<Cell> silent{Cell::of("1"), Cell::of("A1"), Cell::keep()}, moved{Cell::of("1"), Cell::of("B2"), Cell::keep()};
  EXPECT_EQ(to.write({silent}), "1 unchanged");
  EXPECT_EQ(to.report.counters.restamped, 1) << "the source says something else than before, but no less is true";
  EXPECT_EQ(to.write({silent}), "1 unchanged");
  EXPECT_EQ(to.report.counters.restamped, 1);
  EXPECT_EQ(to.write({moved}), "1 updated");
  EXPECT_EQ(bookings(), "1|a");
}

TEST_P(Stamping, NewRowsAreInsertedWithTheirParentsAndTheOthersAreJudged) {
  make_bookings().missing = config::Relation::Missing::Reject;
  loader("customers").write(three());
  Loader to = loader("bookings");
  EXPECT_EQ(to.write({booking("1", "a"), booking("2", "nobody"), booking("3", nullptr), booking("4", "b"), booking("4", "c")}),
            "3 inserted, 1 duplicate, 1 rejected");
  EXPECT_EQ(bookings(), "1|a, 3|NULL, 4|c");
  EXPECT_EQ(rejects(), R"(match|2|customer_id|relation_missing|{"row":1})");
  EXPECT_EQ(to.sent({booking("1", "a"), booking("3", nullptr), booking("4", "c")}), "");
}

TEST_P(Stamping, ARowMayReferToAnotherOneOfItsBatch) {
  run("CREATE TABLE coaches (id serial PRIMARY KEY, external_id text UNIQUE, boss_id integer REFERENCES coaches (id)" +
      std::string(StampColumns) + ")");
  by_external_id(relation(entity("coaches", {}), "boss_id", "coaches"));
  Loader to = loader("coaches");
  EXPECT_EQ(to.write({{Cell::of("1"), Cell::null()}, {Cell::of("2"), Cell::of("1")}}), "2 inserted");
  EXPECT_EQ(all("SELECT c.external_id, b.external_id FROM coaches c LEFT JOIN coaches b ON b.id = c.boss_id ORDER BY 1"), "1|NULL, 2|1");
}

TEST_P(Stamping, ADryRunCountsNewRowsAndWritesNone) {
  Loader to = loader("customers", Ending::Rollback);
  EXPECT_EQ(to.write(three()), "3 inserted");
  EXPECT_EQ(customers(), "");
}

TEST_P(Stamping, ANewRowThatSomebodyElseInsertsMeanwhileIsJudgedAgain) {
  const auto theirs = open();
  run(*theirs, "BEGIN; INSERT INTO customers (external_id, name) VALUES ('b', 'theirs')");
  std::thread lands([&] {
    const auto watcher = open();
    const auto waits = [&] { return watcher->query("SELECT count(*) FROM pg_locks WHERE NOT granted")->integer(0, 0) > 0; };
    while (!waits()) std::this_thread::yield();
    run(*theirs, "COMMIT");
  });
  Loader to = loader("customers");
  EXPECT_EQ(to.write(three()), "2 inserted, 1 updated");
  lands.join();
  EXPECT_EQ(customers(), "a|A|NULL, b|B|NULL, c|C|NULL");
}

// --- where rows cannot be stamped ---

TEST_P(Stamping, RowsThatLandBesideABadOneAreStamped) {
  run("ALTER TABLE customers ADD CONSTRAINT named CHECK (name <> '')");
  Loader to = loader("customers");
  auto rows = three();
  rows.push_back(row("d", Cell::of("")));
  EXPECT_EQ(to.write(rows), "3 inserted, 1 rejected");
  EXPECT_EQ(to.sent(rows), "3");
}

TEST_P(Stamping, RowsThatLandedBesideOneATriggerRefusesAreStampedLater) {
  run("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = '' THEN RAISE EXCEPTION 'no'; END IF; "
      "RETURN NEW; END $$; CREATE TRIGGER refuse AFTER INSERT ON customers FOR EACH ROW EXECUTE FUNCTION refuse()");
  Loader to = loader("customers");
  auto rows = three();
  rows.push_back(row("d", Cell::of("")));
  EXPECT_EQ(to.write(rows), "3 inserted, 1 rejected");
  EXPECT_EQ(to.sent(three()), "0 1 2") << "they were written within a savepoint";
  EXPECT_EQ(to.write(three()), "3 unchanged");
  EXPECT_EQ(to.sent(three()), "");
}

TEST_P(Stamping, WithoutTheColumnsEveryRowIsCompared) {
  run("ALTER TABLE customers DROP sync_xid");
  Loader to = loader("customers");
  EXPECT_EQ(to.write(three()), "3 inserted");
  EXPECT_EQ(to.sent(three()), "0 1 2");
  run("UPDATE customers SET name = 'edited' WHERE external_id = 'b'");
  EXPECT_EQ(to.write(three()), "1 updated, 2 unchanged");
}

TEST_P(Stamping, AnEntityThatWantsNoStampsHasNone) {
  project_.entities[0].stamp = false;
  Loader to = loader("customers");
  EXPECT_EQ(to.write(three()), "3 inserted");
  EXPECT_EQ(to.sent(three()), "0 1 2");
  EXPECT_EQ(all("SELECT count(sync_hash) FROM customers"), "0");
}

TEST_P(Stamping, APartitionedTableIsStampedToo) {
  run("CREATE TABLE parts (external_id text UNIQUE, name text" + std::string(StampColumns) +
      ") PARTITION BY HASH (external_id); CREATE TABLE parts_0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
      "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
  entity("parts", {"name"});
  Loader to = loader("parts");
  const std::vector<std::vector<Cell>> rows{{Cell::of("a"), Cell::of("A")}, {Cell::of("b"), Cell::of("B")}, {Cell::of("c"), Cell::of("C")}};
  EXPECT_EQ(to.write(rows), "3 inserted");
  EXPECT_EQ(to.sent(rows), "");
  EXPECT_EQ(to.write(rows), "3 unchanged");
}

TEST_P(Stamping, ANewerVersionInTheTableStaysNewer) {
  run("CREATE TABLE versioned (external_id text UNIQUE, changed_at timestamptz, name text" + std::string(StampColumns) + ")");
  entity("versioned", {"name"}, "changed_at");
  Loader to = loader("versioned");
  EXPECT_EQ(to.write({{Cell::of("a"), at(5), Cell::of("new")}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), at(4), Cell::of("old")}}), "1 stale");
  EXPECT_EQ(to.sent({{Cell::of("a"), at(5), Cell::of("new")}}), "");
}

}  // namespace
}  // namespace syncline::load
