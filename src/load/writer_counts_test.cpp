// SPDX-License-Identifier: Apache-2.0
// What becomes of a row: inserted, updated, unchanged, stale, duplicate; and what is left alone.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Writing : public LoadTest {
 protected:
  /// customers: a key of the user's own, an external id, a name, a version.
  void make_customers(const std::string& key_type = "text") {
    run("CREATE TABLE customers (id " + counted() + ", external_id " + key_type + " UNIQUE, name text, city text, changed_at " +
        (postgres() ? "timestamptz" : "DATETIME") + ", synced_at " + (postgres() ? "timestamptz" : "DATETIME") + ")");
  }
  std::string customers() { return all("SELECT external_id, name FROM customers ORDER BY external_id, id"); }
};

INSTANTIATE_TEST_SUITE_P(Databases, Writing, test::both_databases(), test::database_name);

// --- versions and duplicates ---

// rule 7: out of order
TEST_P(Writing, AnOlderVersionNeverOverwritesANewerOne) {
  make_customers();
  entity("customers", {"name"}, "changed_at");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a"), at(100), Cell::of("new")}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), at(99), Cell::of("old")}}), "1 stale");
  EXPECT_EQ(to.write({{Cell::of("a"), {Cell::Type::Timestamp, 99'999'999, {}}, Cell::of("old by a microsecond")}}), "1 stale");
  EXPECT_EQ(customers(), "a|new");
}

// rule 7: ties take the later arrival
TEST_P(Writing, ATieTakesTheLaterArrival) {
  make_customers();
  entity("customers", {"name"}, "changed_at");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a"), at(100), Cell::of("first")}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), at(100), Cell::of("second")}}), "1 updated");
  EXPECT_EQ(to.write({{Cell::of("a"), at(100), Cell::of("third")}, {Cell::of("a"), at(100), Cell::of("fourth")}}),
            "1 updated, 1 duplicate");
  EXPECT_EQ(customers(), "a|fourth");
}

// rule 6: the last by version, then by arrival
TEST_P(Writing, OfDuplicatesInOneBatchTheNewestVersionWinsWhateverTheirOrder) {
  make_customers();
  entity("customers", {"name"}, "changed_at");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a"), at(5), Cell::of("middle")},
                      {Cell::of("a"), at(9), Cell::of("newest")},
                      {Cell::of("a"), Cell::null(), Cell::of("without a version")},
                      {Cell::of("b"), at(1), Cell::of("b")},
                      {Cell::of("a"), at(7), Cell::of("last")}}),
            "2 inserted, 3 duplicate");
  EXPECT_EQ(customers(), "a|newest, b|b");
}

TEST_P(Writing, WithoutAVersionTheLastOfOneBatchWins) {
  make_customers();
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("1")}, {Cell::of("a"), Cell::of("2")}, {Cell::of("a"), Cell::of("3")}}),
            "1 inserted, 2 duplicate");
  EXPECT_EQ(customers(), "a|3");
}

TEST_P(Writing, AVersionTheSourceDoesNotSayIsKept) {
  make_customers();
  entity("customers", {"name"}, "changed_at");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a"), at(100), Cell::of("new")}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::keep(), Cell::of("newer")}}), "1 updated");
  EXPECT_EQ(to.write({{Cell::of("a"), at(50), Cell::of("old")}}), "1 stale");
  EXPECT_EQ(customers(), "a|newer");
}

// F6, rule 6: the same key twice by the database's equality
TEST_P(Writing, DuplicatesAreToldByTheDatabasesOwnEquality) {
  if (postgres()) run("CREATE EXTENSION citext");
  make_customers(postgres() ? "citext" : "text COLLATE NOCASE");
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("Abc"), Cell::of("1")}, {Cell::of("aBC"), Cell::of("2")}, {Cell::of("abd"), Cell::of("3")}}),
            "2 inserted, 1 duplicate")
      << to.message;
  EXPECT_EQ(to.write({{Cell::of("ABC"), Cell::of("4")}, {Cell::of("abc"), Cell::of("4")}}), "1 updated, 1 duplicate") << to.message;
  EXPECT_EQ(all("SELECT name FROM customers ORDER BY id"), "4, 3");
}

TEST_P(Writing, ADifferenceOnlyInCaseIsWrittenWhereverEqualityOverlooksIt) {
  if (postgres()) run("CREATE EXTENSION citext");
  const std::string folded = postgres() ? "citext" : "text COLLATE NOCASE";
  run("CREATE TABLE people (external_id " + folded + " UNIQUE, email " + folded + ", synced_at " +
      (postgres() ? "timestamptz" : "DATETIME") + ")");
  entity("people", {"email"});
  Loader to = loader("people");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("Ann@x.org")}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("A"), Cell::of("ann@x.org")}}), "1 updated");
  EXPECT_EQ(to.write({{Cell::of("A"), Cell::of("ann@x.org")}}), "1 unchanged");
  EXPECT_EQ(all("SELECT external_id, email FROM people"), "a|ann@x.org");
}

class WritingToPostgres : public Writing {};
INSTANTIATE_TEST_SUITE_P(Databases, WritingToPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

// F6: a UUID in two spellings
TEST_P(WritingToPostgres, AUuidIsTheSameInBothSpellings) {
  make_customers("uuid");
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), Cell::of("1")},
                      {Cell::of("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), Cell::of("2")}}),
            "1 inserted, 1 duplicate");
  EXPECT_EQ(to.write({{Cell::of("A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11"), Cell::of("2")}}), "1 unchanged");
}

// F6: 1.0 and 1.00
TEST_P(WritingToPostgres, ANumberIsTheSameWithZerosBehindIt) {
  make_customers("numeric");
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(
      to.write({{Cell::decimal("1.0"), Cell::of("1")}, {Cell::decimal("1.00"), Cell::of("2")}, {Cell::decimal("1.01"), Cell::of("3")}}),
      "2 inserted, 1 duplicate")
      << to.message;
  EXPECT_EQ(to.write({{Cell::decimal("1"), Cell::of("2")}, {Cell::decimal("1.010"), Cell::of("4")}}), "1 updated, 1 unchanged")
      << to.message;
  EXPECT_EQ(all("SELECT name FROM customers ORDER BY id"), "2, 4");
}

// F6: one instant
TEST_P(Writing, AnInstantIsOneKey) {
  make_customers(postgres() ? "timestamptz" : "DATETIME");
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{at(5), Cell::of("1")}, {at(5), Cell::of("2")}, {at(6), Cell::of("3")}}), "2 inserted, 1 duplicate") << to.message;
  EXPECT_EQ(to.write({{at(5), Cell::of("2")}}), "1 unchanged") << to.message;
}

TEST_P(WritingToPostgres, ACollationWithoutCaseMakesDuplicates) {
  run("CREATE COLLATION \"No Case\" (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  make_customers("text COLLATE \"No Case\"");
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("Abc"), Cell::of("1")}, {Cell::of("aBC"), Cell::of("2")}, {Cell::of("abd"), Cell::of("3")}}),
            "2 inserted, 1 duplicate")
      << to.message;
  EXPECT_EQ(to.write({{Cell::of("ABC"), Cell::of("4")}}), "1 updated") << to.message;
}

// --- counts ---

// rule 2, rule 3: inserted, updated, unchanged and stale are exact
TEST_P(Writing, AMixedBatchIsCountedExactly) {
  make_customers();
  entity("customers", {"name"}, "changed_at");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("same"), at(1), Cell::of("s")},
                      {Cell::of("changed"), at(1), Cell::of("c")},
                      {Cell::of("newer"), at(9), Cell::of("n")}}),
            "3 inserted");
  EXPECT_EQ(to.write({{Cell::of("same"), at(1), Cell::of("s")},
                      {Cell::of("changed"), at(2), Cell::of("d")},
                      {Cell::of("newer"), at(8), Cell::of("o")},
                      {Cell::of("twice"), at(1), Cell::of("1")},
                      {Cell::of("twice"), at(2), Cell::of("2")},
                      {Cell::of("fresh"), at(2), Cell::of("f")}},
                     {{"map", "bad", "name", "unknown_value", "not a name", "?", "{}"}}),
            "2 inserted, 1 updated, 1 unchanged, 1 stale, 1 duplicate, 1 rejected");
  EXPECT_EQ(to.report.counters.rows, 10);
  EXPECT_EQ(to.report.counters.fetched, 10);
  EXPECT_EQ(to.report.counters.rows_synced(), 6);
  EXPECT_EQ(customers(), "changed|d, fresh|f, newer|n, same|s, twice|2");
  EXPECT_EQ(all("SELECT fetched, rows_made, inserted, updated, unchanged, stale, duplicate, rejected, rows_synced, errors_count FROM " +
                own("sync_log")),
            "10|10|5|1|1|1|1|1|6|1");
}

TEST_P(Writing, AnEmptyBatchStillTakesItsCheckpoint) {
  make_customers();
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({}, {{"decode", "", "", "not_a_record", "a number", "7", "7"}}), "1 rejected");
  EXPECT_EQ(all("SELECT cursor FROM " + own("sync_checkpoint")), "cursor 1");
  EXPECT_EQ(rejects(), "decode|||not_a_record|7");
}

TEST_P(Writing, ADryRunCountsAndWritesNothing) {
  make_customers();
  entity("customers", {"name"});
  Loader real = loader("customers");
  EXPECT_EQ(real.write({{Cell::of("a"), Cell::of("1")}}), "1 inserted");
  Loader dry = loader("customers", Ending::Rollback);
  EXPECT_EQ(dry.write({{Cell::of("a"), Cell::of("2")}, {Cell::of("b"), Cell::of("b")}}), "1 inserted, 1 updated");
  EXPECT_EQ(dry.write({{Cell::of("a"), Cell::of("2")}, {Cell::of("b"), Cell::of("b")}}), "1 inserted, 1 updated");
  EXPECT_EQ(customers(), "a|1");
  EXPECT_EQ(all("SELECT cursor FROM " + own("sync_checkpoint")), "cursor 1");
}

TEST_P(Writing, ManyRowsInManyBatchesEndAsWritten) {
  make_customers();
  entity("customers", {"name"});
  Loader to = loader("customers");
  std::deque<std::string> texts;
  std::vector<std::vector<Cell>> rows;
  for (int i = 0; i < 5000; ++i)
    rows.push_back({Cell::of(std::string_view(texts.emplace_back("key " + std::to_string(i)))), Cell::of("name")});
  EXPECT_EQ(to.write(rows), "5000 inserted");
  EXPECT_EQ(to.write(rows), "5000 unchanged");
  for (auto& row : rows) row[1] = Cell::of("other");
  EXPECT_EQ(to.write(rows), "5000 updated");
  EXPECT_EQ(all("SELECT name, count(*) FROM customers GROUP BY name"), "other|5000");
}

// --- what is left alone ---

// rule 5: an unchanged row is not written
TEST_P(Writing, UnchangedRowsAreNotRewritten) {
  make_customers();
  entity("customers", {"name"}, "changed_at");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a"), at(1), Cell::of("n")}, {Cell::of("b"), at(1), Cell::null()}}), "2 inserted");
  run(postgres() ? "UPDATE customers SET synced_at = '2001-01-01Z'" : "UPDATE customers SET synced_at = '2001-01-01T00:00:00.000000Z'");
  const std::string look = postgres() ? "SELECT external_id, ctid, xmin, synced_at FROM customers ORDER BY external_id"
                                      : "SELECT external_id, synced_at FROM customers ORDER BY external_id";
  const std::string before = all(look);
  EXPECT_EQ(to.write({{Cell::of("a"), at(1), Cell::of("n")}, {Cell::of("b"), at(1), Cell::null()}}), "2 unchanged");
  EXPECT_EQ(all(look), before);
  EXPECT_EQ(to.write({{Cell::of("a"), at(1), Cell::of("n")}, {Cell::of("b"), at(1), Cell::of("now it has one")}}),
            "1 updated, 1 unchanged");
  EXPECT_EQ(all("SELECT external_id FROM customers WHERE synced_at > '2020-01-01'"), "b");
}

// rule 19: a partial answer blanks nothing
TEST_P(Writing, AKeepCellLeavesTheColumnAsItIsAndNullOverwrites) {
  make_customers();
  entity("customers", {"name", "city"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("A"), Cell::of("Rome")}, {Cell::of("b"), Cell::of("B"), Cell::of("Oslo")}}), "2 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::keep(), Cell::of("Bonn")},
                      {Cell::of("b"), Cell::null(), Cell::keep()},
                      {Cell::of("c"), Cell::keep(), Cell::of("Lima")}}),
            "1 inserted, 2 updated");
  EXPECT_EQ(all("SELECT external_id, name, city FROM customers ORDER BY external_id"), "a|A|Bonn, b|NULL|Oslo, c|NULL|Lima");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::keep(), Cell::keep()}, {Cell::of("b"), Cell::keep(), Cell::keep()}}), "2 unchanged");
}

TEST_P(Writing, KeepWorksBehindTheSixtySecondColumn) {
  std::string columns;
  std::vector<std::string> fields;
  for (int i = 0; i < 130; ++i) fields.push_back("f" + std::to_string(i));
  for (const std::string& field : fields) columns += ", " + field + " text";
  run("CREATE TABLE wide (external_id text UNIQUE" + columns + ", synced_at " + (postgres() ? "timestamptz" : "DATETIME") + ")");
  entity("wide", fields);
  Loader to = loader("wide");
  std::vector<Cell> row(131, Cell::of("old"));
  row[0] = Cell::of("a");
  EXPECT_EQ(to.write({row}), "1 inserted");
  for (size_t i = 1; i < row.size(); ++i) row[i] = i == 61 || i == 62 || i == 63 || i == 124 || i == 130 ? Cell::keep() : Cell::of("new");
  EXPECT_EQ(to.write({row}), "1 updated");
  EXPECT_EQ(all("SELECT f59, f60, f61, f62, f63, f122, f123, f124, f128, f129 FROM wide"), "new|old|old|old|new|new|old|new|new|old");
}

TEST_P(Writing, TheUsersOwnRowsAreNeverTouched) {
  make_customers();
  run("INSERT INTO customers (name, city) VALUES ('own', 'Graz'), ('own too', NULL)");
  entity("customers", {"name", "city"});
  Loader to = loader("customers");
  const std::string look = std::string("SELECT id, name, city, synced_at") + (postgres() ? ", ctid, xmin" : "") +
                           " FROM customers WHERE external_id IS NULL ORDER BY id";
  const std::string before = all(look);
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("own"), Cell::of("Graz")}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("A"), Cell::null()}}), "1 updated");
  EXPECT_EQ(all(look), before);
}

// rule 10: never our primary key
TEST_P(Writing, ExternalIdsNeverLandInThePrimaryKey) {
  make_customers();
  run("INSERT INTO customers (name) VALUES ('own')");
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("7001"), Cell::of("a")}, {Cell::of("1"), Cell::of("b")}}), "2 inserted");
  EXPECT_EQ(all("SELECT id, external_id, name FROM customers ORDER BY id"), "1|NULL|own, 2|1|b, 3|7001|a");
}

// F11, rule 10: rows that are there take no number
TEST_P(Writing, UpdatesBurnNoNumbersOfTheTablesSequence) {
  make_customers();
  entity("customers", {"name"});
  Loader to = loader("customers");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("1")}, {Cell::of("b"), Cell::of("1")}}), "2 inserted");
  for (const char* name : {"2", "3", "4"})
    EXPECT_EQ(to.write({{Cell::of("a"), Cell::of(name)}, {Cell::of("b"), Cell::of(name)}}), "2 updated");
  EXPECT_EQ(to.write({{Cell::of("c"), Cell::of("1")}}), "1 inserted");
  EXPECT_EQ(all("SELECT id FROM customers WHERE external_id = 'c'"), "3");
}

// rule 14: generated columns
TEST_P(Writing, AGeneratedColumnIsLeftAlone) {
  run(std::string(
          "CREATE TABLE sales (external_id text UNIQUE, cents bigint, tax bigint GENERATED ALWAYS AS (cents / 5) STORED, synced_at ") +
      (postgres() ? "timestamptz" : "DATETIME") + ")");
  entity("sales", {"cents"});
  Loader to = loader("sales");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(500)}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(600)}}), "1 updated");
  EXPECT_EQ(all("SELECT cents, tax FROM sales"), "600|120");
}

TEST_P(Writing, NamesMayHoldQuotesCapitalsAndDots) {
  run(std::string(R"(CREATE TABLE "My ""odd"" Ta.ble" ("Ext.Id" text UNIQUE, "Na""me" text, "ORDER" text, synced_at )") +
      (postgres() ? "timestamptz" : "DATETIME") + ")");
  config::Entity& odd = entity(R"(od"d. Entity of a name that is longer than what PostgreSQL keeps of one)", {R"(Na"me)", "ORDER"});
  odd.table.name = R"(My "odd" Ta.ble)";
  odd.key.column = "Ext.Id";
  Loader to = loader(odd.name);
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("it's"), Cell::of("1")}}), "1 inserted") << to.message;
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("it's"), Cell::of("2")}, {Cell::of("b"), Cell::keep(), Cell::of("3")}}),
            "1 inserted, 1 updated")
      << to.message;
  EXPECT_EQ(all(R"(SELECT "Ext.Id", "Na""me", "ORDER" FROM "My ""odd"" Ta.ble" ORDER BY 1)"), "a|it's|2, b|NULL|3");
}

// rule 5: json has no equality of its own
TEST_P(Writing, JsonIsComparedByWhatItSays) {
  run(std::string("CREATE TABLE notes (external_id text UNIQUE, plain ") + (postgres() ? "json" : "JSON TEXT") + ", parsed " +
      (postgres() ? "jsonb" : "JSON TEXT") + ", synced_at " + (postgres() ? "timestamptz" : "DATETIME") + ")");
  entity("notes", {"plain", "parsed"});
  Loader to = loader("notes");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::json(R"({"a":1})"), Cell::json(R"([1,"x"])")}}), "1 inserted") << to.message;
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::json(R"({"a":1})"), Cell::json(R"([1,"x"])")}}), "1 unchanged") << to.message;
  if (postgres()) {
    EXPECT_EQ(to.write({{Cell::of("a"), Cell::json(R"({ "a" : 1.0 })"), Cell::json(R"([ 1, "x" ])")}}), "1 unchanged");
  }
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::json(R"({"a":2})"), Cell::keep()}}), "1 updated") << to.message;
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::null(), Cell::json(R"([])")}}), "1 updated");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::null(), Cell::json(R"([])")}}), "1 unchanged");
  EXPECT_EQ(all("SELECT plain, parsed FROM notes"), "NULL|[]");
}

TEST_P(Writing, ValuesOfEveryTypeAreUnchangedWhenWrittenAgain) {
  const bool pg = postgres();
  if (pg) run("CREATE TYPE kind AS ENUM ('group', 'private'); CREATE DOMAIN positive AS numeric CHECK (VALUE > 0)");
  run(std::string("CREATE TABLE kinds (external_id bigint UNIQUE, small ") + (pg ? "smallint" : "smallint") +
      ", price numeric(10,2), ratio " + (pg ? "float4" : "REAL") + ", yes boolean, born date, opens " + (pg ? "time" : "TIME") +
      ", local " + (pg ? "timestamp" : "LOCAL DATETIME") + ", kind " + (pg ? "kind" : "text") + ", amount " +
      (pg ? "positive" : "DECIMAL TEXT") + ", code " + (pg ? "character(5)" : "char(5)") + ", address " + (pg ? "inet" : "text") +
      ", synced_at " + (pg ? "timestamptz" : "DATETIME") + ")");
  entity("kinds", {"small", "price", "ratio", "yes", "born", "opens", "local", "kind", "amount", "code", "address"});
  Loader to = loader("kinds");
  const std::vector<Cell> row{integer(9223372036854775807),
                              integer(-3),
                              Cell::decimal("12.50"),
                              Cell::decimal("0.1"),
                              Cell::of(true),
                              Cell::date(20'000),
                              {Cell::Type::Time, 3'600'000'000, {}},
                              {Cell::Type::LocalTimestamp, 1'700'000'000'123'456, {}},
                              Cell::of("group"),
                              Cell::decimal("1.10"),
                              Cell::of("ab"),
                              Cell::of("10.0.0.1")};
  EXPECT_EQ(to.write({row}), "1 inserted") << to.message << rejects() << all("SELECT reason FROM " + own("sync_reject"));
  EXPECT_EQ(to.write({row}), "1 unchanged") << to.message;
}

}  // namespace
}  // namespace syncline::load
