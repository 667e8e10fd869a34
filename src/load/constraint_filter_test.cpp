// SPDX-License-Identifier: Apache-2.0
// What the catalog can tell of bad rows is told before they are written: the good ones land at once, and whoever is in the way is named.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Filtering : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string when = postgres() ? "timestamptz" : "DATETIME";
    run("CREATE TABLE halls (id integer PRIMARY KEY); INSERT INTO halls VALUES (1);"
        "CREATE TABLE people (id " +
        counted() +
        ", external_id text UNIQUE, name text NOT NULL, email text, badge integer, hall integer REFERENCES halls (id), "
        "floor integer DEFAULT 3, ceiling integer, synced_at " +
        when + (postgres() ? ", sync_hash bigint, sync_xid xid" : "") +
        ", CONSTRAINT people_email_key UNIQUE (email), CONSTRAINT people_badge_key UNIQUE (badge), CONSTRAINT standing CHECK (ceiling > "
        "floor))");
    entity("people", {"name", "email", "badge", "hall", "ceiling"});
  }

  static std::vector<Cell> row(const char* key, const char* email, int64_t badge, int64_t hall = 1, int64_t ceiling = 9) {
    return {Cell::of(key), Cell::of("N"), email ? Cell::of(email) : Cell::null(), integer(badge), integer(hall), integer(ceiling)};
  }
  std::string emails() { return all("SELECT external_id, email FROM people ORDER BY external_id"); }
  std::string reasons() { return all("SELECT key, reason FROM " + own("sync_reject") + " ORDER BY id"); }
  [[nodiscard]] std::string name_of_email() const { return postgres() ? "people_email_key" : "email"; }
};

INSTANTIATE_TEST_SUITE_P(Databases, Filtering, test::both_databases(), test::database_name);

/// Rows are stamped, and triggers and indexes can do more.
class FilteringOnPostgres : public Filtering {};
INSTANTIATE_TEST_SUITE_P(Databases, FilteringOnPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

// rule 12: other unique constraints name themselves and the other row.
TEST_P(Filtering, ATakenValueNamesTheRowThatHasIt) {
  run("INSERT INTO people (id, external_id, name, email) VALUES (4711, 'u-3', 'Ann', 'x@y'), (4712, NULL, 'Ben', 'z@y')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "x@y", 1), row("b", "z@y", 2), row("c", "c@y", 3)}), "1 inserted, 2 rejected") << to.message;
  EXPECT_EQ(reasons(), "a|`email` = x@y is taken by row 4711 (`external_id` u-3), constraint " + name_of_email() +
                           ", b|`email` = z@y is taken by row 4712, constraint " + name_of_email());
}

// F7: unique violation on another column; whatever the batch, the first that arrives has the value.
TEST_P(Filtering, OfTwoNewRowsWithOneValueTheFirstLandsAndTheOtherNamesIt) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("b", "x@y", 1), row("a", "x@y", 2), row("c", "c@y", 1)}), "1 inserted, 2 rejected") << to.message;
  EXPECT_EQ(emails(), "b|x@y");
  EXPECT_EQ(all("SELECT key, field, code FROM " + own("sync_reject") + " ORDER BY id"),
            "a|" + name_of_email() + "|23505, c|" + (postgres() ? "people_badge_key" : "badge") + "|23505");
  EXPECT_NE(reasons().find("is taken by the record `external_id` b of the same batch"), std::string::npos) << reasons();
}

TEST_P(Filtering, ATableMayHaveTheNameOfAPieceOfOurStatements) {
  for (const std::string name : {"v", "o", "r", "t", "changed", "updated", "locked"}) {
    project_.entities.clear();
    run("CREATE TABLE " + name + " (id " + counted() + ", external_id text UNIQUE, email text UNIQUE, badge integer, synced_at " +
        (postgres() ? "timestamptz, sync_hash bigint, sync_xid xid)" : "DATETIME)"));
    entity(name, {"email", "badge"});
    const auto row = [](const char* key, const char* email, int64_t badge) {
      return std::vector<Cell>{Cell::of(key), Cell::of(email), integer(badge)};
    };
    Loader to = loader(name);
    EXPECT_EQ(to.write({row("a", "a@x", 1), row("b", "a@x", 1), row("c", "c@x", 1)}), "2 inserted, 1 rejected") << name << to.message;
    EXPECT_EQ(to.write({row("d", "c@x", 1), row("a", "a@x", 2)}), "1 updated, 1 rejected") << name << to.message;
    Loader later = loader(name);
    EXPECT_EQ(later.write({row("a", "a@x", 3)}), "1 updated") << name << later.message;
    EXPECT_EQ(all("SELECT external_id, email, badge FROM " + name + " ORDER BY 1"), "a|a@x|3, c|c@x|1") << name;
  }
}

TEST_P(Filtering, WhoHasAValueKeepsItHoweverEarlyAnotherArrives) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "x@y", 1)}), "1 inserted");
  EXPECT_EQ(to.write({row("b", "x@y", 2), row("a", "x@y", 3)}), "1 updated, 1 rejected") << to.message;
  EXPECT_EQ(emails(), "a|x@y");
}

// F7: two rows swap e-mails.
TEST_P(Filtering, TwoRowsSwapTheirValues) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1), row("b", "b@y", 2), row("c", "c@y", 3)}), "3 inserted");
  EXPECT_EQ(to.write({row("a", "b@y", 1), row("b", "a@y", 2), row("c", "c@y", 3)}), "2 updated, 1 unchanged") << to.message;
  EXPECT_EQ(emails(), "a|b@y, b|a@y, c|c@y");
  EXPECT_EQ(rejects(), "");
  EXPECT_EQ(to.write({row("a", "b@y", 1), row("b", "a@y", 2)}), "2 unchanged");
}

TEST_P(Filtering, AValueThatIsLetGoGoesToTheNextInLine) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1), row("b", "b@y", 2)}), "2 inserted");
  EXPECT_EQ(to.write({row("n", "b@y", 9), row("a", "b@z", 1), row("b", "a@y", 2)}), "1 inserted, 2 updated") << to.message;
  EXPECT_EQ(emails(), "a|b@z, b|a@y, n|b@y");
}

// F7: where no value may be missing for a moment, neither of the two lands, and both say why.
TEST_P(Filtering, ASwapOfValuesThatMustBeThereIsTwoRejects) {
  run("CREATE TABLE seats (external_id text UNIQUE, number integer NOT NULL CONSTRAINT seats_number UNIQUE, synced_at " +
      std::string(postgres() ? "timestamptz" : "DATETIME") + ")");
  entity("seats", {"number"});
  Loader to = loader("seats");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(1)}, {Cell::of("b"), integer(2)}}), "2 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(2)}, {Cell::of("b"), integer(1)}, {Cell::of("c"), integer(3)}}), "1 inserted, 2 rejected");
  EXPECT_NE(reasons().find("`number` = 2 is taken by the row with `external_id` b"), std::string::npos) << reasons();
}

TEST_P(Filtering, WhoIsRefusedLetsNothingGo) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1), row("b", "b@y", 2)}), "2 inserted");
  EXPECT_EQ(to.write({row("a", "new@y", 2), row("c", "a@y", 3)}), "2 rejected") << to.message;
  EXPECT_EQ(emails(), "a|a@y, b|b@y");
}

// F9: a CHECK over a column that is not written sees its default, and what the row holds.
TEST_P(Filtering, ACheckSeesTheRowAsItWouldStand) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1, 1, 4), row("b", "b@y", 2, 1, 3)}), "1 inserted, 1 rejected") << to.message;
  run("UPDATE people SET floor = 1, ceiling = 2");
  EXPECT_EQ(to.write({row("a", "a@y", 1, 1, 1), row("c", "c@y", 2, 1, 4)}), "1 inserted, 1 rejected") << to.message;
  if (!postgres()) return;  // whose rules are told by the catalog
  EXPECT_NE(reasons().find("`ceiling` = 3, `floor` = not from the record breaks the rule standing of `people`: CHECK"), std::string::npos)
      << reasons();
}

// rule 11: bad rows do not take the marks of the good ones.
TEST_P(FilteringOnPostgres, BadRowsOfEveryKindLeaveTheOthersStamped) {
  run("CREATE UNIQUE INDEX by_name ON people (lower(name)) WHERE floor > 5");
  Loader to = loader("people");
  std::vector<std::vector<Cell>> rows{row("a", "a@y", 1), row("b", "b@y", 2, 77), row("c", "a@y", 3), row("d", "d@y", 4, 1, 2)};
  rows.push_back(row("e", "e@y", int64_t{1} << 40));
  rows.push_back(row("f", "f@y", 6));
  rows.back()[1] = Cell::null();
  rows.push_back(row("g", "g@y", 7));
  EXPECT_EQ(to.write(rows), "2 inserted, 5 rejected") << to.message;
  EXPECT_EQ(all("SELECT key, field, code FROM " + own("sync_reject") + " ORDER BY id"),
            "b|people_hall_fkey|23503, c|people_email_key|23505, d|standing|23514, e|badge|22003, f|name|23502");
  EXPECT_EQ(all("SELECT string_agg(external_id, ' ' ORDER BY external_id) FROM people WHERE sync_xid = xmin"), "a g");
}

TEST_P(FilteringOnPostgres, AnIndexOverAnExpressionOfSomeRowsIsAskedToo) {
  run("CREATE UNIQUE INDEX by_mail ON people (lower(email)) WHERE ceiling > 5");
  run("INSERT INTO people (id, external_id, name, email, ceiling) VALUES (7, 'x', 'X', 'ANN@y', 6)");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "ann@y", 1), row("b", "Ann@y", 2, 1, 5)}), "1 inserted, 1 rejected") << to.message;
  EXPECT_NE(reasons().find("is taken by row 7 (`external_id` x), constraint by_mail"), std::string::npos) << reasons();
}

TEST_P(FilteringOnPostgres, ATriggerThatMendsRowsMayMendThem) {
  run("CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := coalesce(NEW.name, 'unnamed'); RETURN NEW; END $$; "
      "CREATE TRIGGER mend BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION mend()");
  Loader to = loader("people");
  auto nameless = row("b", "b@y", 2);
  nameless[1] = Cell::null();
  EXPECT_EQ(to.write({row("a", "a@y", 1, 77), nameless, row("c", "c@y", 3)}), "2 inserted, 1 rejected") << to.message;
  EXPECT_EQ(all("SELECT name FROM people ORDER BY external_id"), "unnamed, N");
}

// After the first fault of a run, no try is spent on finding out that there are more: a sequence that a failed try would burn shows it.
TEST_P(FilteringOnPostgres, ALaterBatchWithABadRowFailsNoMore) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1, 77)}), "1 rejected");
  run("SELECT setval('people_id_seq', 100)");
  EXPECT_EQ(to.write({row("b", "b@y", 1, 77), row("c", "c@y", 3)}), "1 inserted, 1 rejected");
  EXPECT_EQ(all("SELECT id FROM people"), "101");
}

// S-17: a role that only syncs need not read the tables that rows refer to; the database judges those itself.
TEST_P(FilteringOnPostgres, AForeignKeyToATableThatMayNotBeReadIsLeftToTheDatabase) {
  const std::string database = all("SELECT current_database()"), role = "no_halls_" + database;
  run("CREATE ROLE " + role + " LOGIN PASSWORD 'test-only-password'; GRANT USAGE ON SCHEMA syncline TO " + role +
      "; GRANT ALL ON ALL TABLES IN SCHEMA syncline TO " + role + "; GRANT USAGE ON ALL SEQUENCES IN SCHEMA syncline, public TO " + role +
      "; GRANT SELECT, INSERT, UPDATE ON people TO " + role + "; GRANT TEMPORARY ON DATABASE " + database + " TO " + role);
  connection_ = open(test::PostgresCluster::shared().url(database, role, "test-only-password"), std::chrono::seconds(5));
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1, 77), row("b", "b@y", 2), row("c", "b@y", 3)}), "1 inserted, 2 rejected") << to.message;
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY key"), "a|23503, c|23505");
}

// Which rows of the other table a policy hides the database itself does not ask.
TEST_P(FilteringOnPostgres, AForeignKeyToATableWithRowLevelSecurityIsLeftToTheDatabase) {
  const std::string database = all("SELECT current_database()"), role = "few_halls_" + database;
  run("CREATE ROLE " + role + " LOGIN PASSWORD 'test-only-password'; GRANT USAGE ON SCHEMA syncline TO " + role +
      "; GRANT ALL ON ALL TABLES IN SCHEMA syncline TO " + role + "; GRANT USAGE ON ALL SEQUENCES IN SCHEMA syncline, public TO " + role +
      "; GRANT SELECT, INSERT, UPDATE ON people TO " + role + "; GRANT SELECT ON halls TO " + role + "; GRANT TEMPORARY ON DATABASE " +
      database + " TO " + role + "; ALTER TABLE halls ENABLE ROW LEVEL SECURITY");
  connection_ = open(test::PostgresCluster::shared().url(database, role, "test-only-password"), std::chrono::seconds(5));
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1, 77), row("b", "b@y", 2), row("c", "b@y", 3)}), "1 inserted, 2 rejected") << to.message;
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY key"), "a|23503, c|23505");
}

}  // namespace
}  // namespace syncline::load
