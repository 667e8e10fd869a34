// SPDX-License-Identifier: Apache-2.0
// Numbers of the user's own: given once, when a row is inserted, after the highest there is.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Numbers : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string ours = postgres() ? ", synced_at timestamptz, sync_hash bigint, sync_xid xid" : ", synced_at DATETIME";
    run("CREATE TABLE sales (id " + counted() + ", external_id text UNIQUE" + ours +
        "); INSERT INTO sales (id, external_id) VALUES (1, 's1'), (2, 's2');"
        "CREATE TABLE items (id " +
        counted() + ", external_id text UNIQUE, name text, sale_id integer REFERENCES sales (id), line_no integer" + ours +
        ", UNIQUE (sale_id, line_no));"
        "CREATE TABLE members (id " +
        counted() + ", external_id text UNIQUE, name text NOT NULL, legacy_no integer NOT NULL UNIQUE" + ours +
        "); INSERT INTO members (id, name, legacy_no) VALUES (2644, 'old', 9652)");
    if (postgres()) run("CREATE SEQUENCE legacy START 9653");
    entity("sales", {});
    config::Entity& items = entity("items", {"name"});
    by_external_id(relation(items, "sale_id", "sales"));
    config::Numbering& line = items.numbers.emplace_back();
    line.column = "line_no";
    line.next_in = "sale_id";
    config::Numbering& number = entity("members", {"name"}).numbers.emplace_back();
    number.column = "legacy_no";
    number.sequence = record::TableName{"", "legacy"};
  }

  static std::vector<Cell> item(const char* key, const char* name, const char* sale) {
    return {Cell::of(key), Cell::of(name), sale ? Cell::of(sale) : Cell::null()};
  }
  static std::vector<Cell> member(const char* key, const Cell& name) { return {Cell::of(key), name}; }
  std::string lines() { return all("SELECT external_id, sale_id, line_no FROM items ORDER BY external_id"); }
  std::string members() { return all("SELECT external_id, legacy_no FROM members WHERE external_id IS NOT NULL ORDER BY legacy_no"); }
};

INSTANTIATE_TEST_SUITE_P(Databases, Numbers, test::both_databases(), test::database_name);

// rule 10: never the highest of another column, and never twice.
TEST_P(Numbers, ANewRowGetsTheNextNumberAndAnUpdateTakesNone) {
  Loader to = loader("members");
  EXPECT_EQ(to.write({member("a", Cell::of("A")), member("b", Cell::of("B"))}), "2 inserted") << to.message;
  EXPECT_EQ(members(), "a|9653, b|9654");
  EXPECT_EQ(to.write({member("a", Cell::of("AA")), member("b", Cell::of("B"))}), "1 updated, 1 unchanged");
  EXPECT_EQ(to.write({member("c", Cell::of("C"))}), "1 inserted");
  EXPECT_EQ(members(), "a|9653, b|9654, c|9655");
}

TEST_P(Numbers, ARuleThatSpeaksOfTheNumberIsLeftToTheDatabase) {
  run("CREATE TABLE clubs (id " + counted() +
      ", external_id text UNIQUE, name text NOT NULL, legacy_no integer CONSTRAINT given CHECK "
      "(legacy_no IS NOT NULL AND name <> 'bad'), synced_at " +
      std::string(postgres() ? "timestamptz" : "DATETIME") + ")");
  config::Numbering& number = entity("clubs", {"name"}).numbers.emplace_back();
  number.column = "legacy_no";
  number.sequence = record::TableName{"", "legacy"};
  Loader to = loader("clubs");
  EXPECT_EQ(to.write({member("a", Cell::of("A")), member("b", Cell::null()), member("c", Cell::of("bad"))}), "1 inserted, 2 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT external_id FROM clubs"), "a");
}

TEST_P(Numbers, ABadRowAmongThemIsOneReject) {
  Loader to = loader("members");
  EXPECT_EQ(to.write({member("a", Cell::of("A")), member("b", Cell::null()), member("c", Cell::of("C"))}), "2 inserted, 1 rejected");
  EXPECT_EQ(to.write({member("a", Cell::of("A")), member("c", Cell::of("C"))}), "2 unchanged");
}

TEST_P(Numbers, LinesAreNumberedWithinTheirParentInOrderOfArrival) {
  run("INSERT INTO items (id, sale_id, line_no) VALUES (90, 1, 4)");
  Loader to = loader("items");
  EXPECT_EQ(to.write({item("z", "Z", "s1"), item("y", "Y", "s2"), item("x", "X", "s1"), item("w", "W", nullptr)}), "4 inserted")
      << to.message;
  EXPECT_EQ(all("SELECT external_id, sale_id, line_no FROM items WHERE id <> 90 ORDER BY external_id"), "w|NULL|NULL, x|1|6, y|2|1, z|1|5");
  EXPECT_EQ(to.write({item("v", "V", "s2"), item("z", "ZZ", "s1")}), "1 inserted, 1 updated");
  EXPECT_EQ(all("SELECT sale_id, line_no FROM items WHERE external_id = 'v'"), "2|2");
  EXPECT_EQ(all("SELECT name, line_no FROM items WHERE external_id = 'z'"), "ZZ|5");
  EXPECT_EQ(to.write({item("v", "V", "s2"), item("z", "ZZ", "s1")}), "2 unchanged");
}

class NumbersOnPostgres : public Numbers {};
INSTANTIATE_TEST_SUITE_P(Databases, NumbersOnPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(NumbersOnPostgres, TwoSessionsNeverGiveOneNumber) {
  EXPECT_EQ(
      write_against("items",
                    "SELECT 1 FROM sales WHERE id = 1 FOR UPDATE; INSERT INTO items (external_id, sale_id, line_no) VALUES ('t', 1, 1)",
                    {item("a", "A", "s1")}),
      "1 inserted");
  EXPECT_EQ(lines(), "a|1|2, t|1|1");
}

TEST_P(NumbersOnPostgres, TwoSessionsNeverGiveOneNumberWhereNoIndexSaysSoEither) {
  run("ALTER TABLE items DROP CONSTRAINT items_sale_id_line_no_key");
  EXPECT_EQ(write_against(
                "items",
                "SELECT 1 FROM sales WHERE id = 1 FOR NO KEY UPDATE; INSERT INTO items (external_id, sale_id, line_no) VALUES ('t', 1, 1)",
                {item("a", "A", "s1")}),
            "1 inserted");
  EXPECT_EQ(lines(), "a|1|2, t|1|1");
}

TEST_P(NumbersOnPostgres, RowsWithNumbersAreStampedAndNotSentAgain) {
  Loader to = loader("items");
  EXPECT_EQ(to.write({item("a", "A", "s1"), item("b", "B", "s1")}), "2 inserted");
  EXPECT_EQ(to.sent({item("a", "A", "s1"), item("b", "B", "s1")}), "");
}

TEST_P(NumbersOnPostgres, ASequenceBehindTheHighestNumberIsRefusedBeforeARowIsWritten) {
  run("SELECT setval('legacy', 5)");
  const auto table = db().describe({"", "members"});
  const auto bound = bind_numbers(db(), *project_.entity("members"), **table, {});
  ASSERT_FALSE(bound);
  EXPECT_NE(bound.error().message.find("gives 6 next, but members.legacy_no has 9652 already: SELECT setval('\"legacy\"', 9652);"),
            std::string::npos)
      << bound.error().message;
  run("DROP SEQUENCE legacy");
  const auto missing = bind_numbers(db(), *project_.entity("members"), **table, {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("there is no sequence \"legacy\""), std::string::npos) << missing.error().message;
}

}  // namespace
}  // namespace syncline::load
