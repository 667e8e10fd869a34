// SPDX-License-Identifier: Apache-2.0
// `taken: null`: who comes second goes without the value, and has it as soon as it is free.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Taken : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    run("CREATE TABLE people (id " + counted() + ", external_id text UNIQUE, name text NOT NULL, email text UNIQUE, synced_at " +
        (postgres() ? "timestamptz, sync_hash bigint, sync_xid xid" : "DATETIME") + ")");
    entity("people", {"name", "email"}).fields[1].taken_as_null = true;
  }
  static std::vector<Cell> row(const char* key, const char* email, const char* name = "N") {
    return {Cell::of(key), name ? Cell::of(name) : Cell::null(), email ? Cell::of(email) : Cell::null()};
  }
  std::string emails() { return all("SELECT external_id, email FROM people WHERE external_id IS NOT NULL ORDER BY external_id"); }
};

INSTANTIATE_TEST_SUITE_P(Databases, Taken, test::both_databases(), test::database_name);

// F7: unique violation on another column.
TEST_P(Taken, ANewcomerGoesWithoutAndAnUnchangedResyncWritesNothing) {
  run("INSERT INTO people (id, name, email) VALUES (900, 'theirs', 'x@y')");
  Loader to = loader("people");
  const std::vector<std::vector<Cell>> rows{row("a", "x@y"), row("b", "b@y"), row("c", "b@y")};
  EXPECT_EQ(to.write(rows), "3 inserted") << to.message;
  EXPECT_EQ(emails(), "a|NULL, b|b@y, c|NULL");
  EXPECT_EQ(to.report.note, "2 values of `email` were taken");
  const std::string before = all("SELECT external_id, synced_at FROM people ORDER BY id");
  EXPECT_EQ(to.write(rows), "3 unchanged") << to.message;
  EXPECT_EQ(to.write({row("c", "b@y"), row("b", "b@y"), row("a", "x@y")}), "3 unchanged") << to.message;
  EXPECT_EQ(all("SELECT external_id, synced_at FROM people ORDER BY id"), before);
  EXPECT_EQ(to.report.note, "6 values of `email` were taken");
  EXPECT_EQ(rejects(), "");
}

TEST_P(Taken, AValueThatBecomesFreeIsTakenNext) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "x@y"), row("b", "x@y")}), "2 inserted");
  run("UPDATE people SET email = NULL WHERE external_id = 'a'");
  EXPECT_EQ(to.write({row("b", "x@y")}), "1 updated") << to.message;
  EXPECT_EQ(emails(), "a|NULL, b|x@y");
  EXPECT_EQ(to.write({row("a", "x@y"), row("b", "x@y")}), "2 unchanged") << to.message;
}

TEST_P(Taken, ValuesStillGoFromRowToRow) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y"), row("b", "b@y"), row("c", "c@y")}), "3 inserted");
  EXPECT_EQ(to.write({row("a", "b@y"), row("b", "a@y"), row("c", "a@y", "C")}), "3 updated") << to.message;
  EXPECT_EQ(emails(), "a|b@y, b|a@y, c|NULL");
}

TEST_P(Taken, WhoGoesWithoutLetsGoOfWhatItHad) {
  run("INSERT INTO people (name, email) VALUES ('theirs', 'z@y')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y")}), "1 inserted");
  EXPECT_EQ(to.write({row("c", "a@y"), row("a", "z@y")}), "1 inserted, 1 updated") << to.message;
  EXPECT_EQ(emails(), "a|NULL, c|a@y");
}

TEST_P(Taken, OtherFaultsAreRejectsAsEver) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "x@y"), row("b", "x@y"), row("c", "c@y", nullptr)}), "2 inserted, 1 rejected") << to.message;
  EXPECT_EQ(emails(), "a|x@y, b|NULL");
  EXPECT_EQ(to.report.note, "1 value of `email` was taken");
}

TEST_P(Taken, TheyAreCountedOnceWhereABatchIsHalved) {
  run(postgres()
          ? "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'bad' THEN RAISE EXCEPTION 'no'; END IF; "
            "RETURN NEW; END $$; CREATE TRIGGER refuse BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION refuse()"
          : "CREATE TRIGGER refuse BEFORE INSERT ON people WHEN NEW.name = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "x@y"), row("b", "x@y"), row("c", "c@y"), row("d", "d@y", "bad")}), "3 inserted, 1 rejected") << to.message;
  EXPECT_EQ(emails(), "a|x@y, b|NULL, c|c@y");
  EXPECT_EQ(to.report.note, "1 value of `email` was taken");
}

TEST_P(Taken, ARowThatIsAdoptedByTheValueGoesWithoutIt) {
  adopt_by(project_.entities.back(), {"email"});
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("z", "a@y")}), "1 inserted");
  run("INSERT INTO people (id, name, email) VALUES (900, 'theirs', 'A@y')");
  EXPECT_EQ(to.write({row("z", "a@y"), row("c", "a@y")}), "1 unchanged, 1 adopted") << to.message;
  EXPECT_EQ(all("SELECT external_id, email FROM people WHERE id = 900"), "c|NULL");
}

TEST_P(Taken, WhoIsRejectedTakesNoValueFromOthers) {
  run("ALTER TABLE people ADD COLUMN badge integer; CREATE UNIQUE INDEX one_badge ON people (badge);"
      "INSERT INTO people (name, badge) VALUES ('theirs', 7)");
  project_.entities.back().fields.emplace_back().column = "badge";
  const auto with = [](std::vector<Cell> row, int64_t badge) {
    row.push_back(integer(badge));
    return row;
  };
  Loader to = loader("people");
  EXPECT_EQ(to.write({with(row("h", "y@y", nullptr), 1), with(row("k", "y@y"), 7), with(row("w", "y@y"), 2)}), "1 inserted, 2 rejected")
      << to.message;
  EXPECT_EQ(emails(), "w|y@y");
  EXPECT_EQ(to.report.note, "");
}

class TakenOnPostgres : public Taken {};
INSTANTIATE_TEST_SUITE_P(Databases, TakenOnPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(TakenOnPostgres, WhoGoesWithoutIsLookedAtEachTime) {
  Loader to = loader("people");
  const std::vector<std::vector<Cell>> rows{row("a", "x@y"), row("b", "x@y"), row("c", "c@y")};
  EXPECT_EQ(to.write(rows), "3 inserted");
  EXPECT_EQ(to.sent(rows), "1");
}

TEST_P(TakenOnPostgres, AnIndexThatOverlooksCaseCountsToo) {
  run("CREATE UNIQUE INDEX people_mail ON people (lower(email))");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "x@y"), row("b", "X@Y")}), "2 inserted") << to.message;
  EXPECT_EQ(emails(), "a|x@y, b|NULL");
}

TEST_P(TakenOnPostgres, AnIndexOverAnExpressionLetsTwoRowsSwap) {
  run("CREATE UNIQUE INDEX people_mail ON people (lower(email))");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y"), row("b", "b@y")}), "2 inserted");
  EXPECT_EQ(to.write({row("a", "b@y"), row("b", "a@y")}), "2 updated") << to.message;
  EXPECT_EQ(emails(), "a|b@y, b|a@y");
}

// What a failed try would burn of a sequence shows that there was none.
TEST_P(TakenOnPostgres, WhoMayNotGoWithoutTheValueLetsNothingGo) {
  run("ALTER TABLE people ADD CONSTRAINT reachable CHECK (email IS NOT NULL OR name <> 'lone');"
      "INSERT INTO people (id, name, email) VALUES (900, 'theirs', 'z@y')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", "lone"), row("x", "x@y", nullptr)}), "1 inserted, 1 rejected") << to.message;
  run("SELECT setval('people_id_seq', 100)");
  EXPECT_EQ(to.write({row("a", "z@y", "lone"), row("b", "a@y"), row("c", "c@y")}), "2 inserted, 1 rejected") << to.message;
  EXPECT_EQ(all("SELECT external_id, email, id > 102 FROM people WHERE id <> 900 ORDER BY external_id"), "a|a@y|f, b|NULL|f, c|c@y|f");
}

}  // namespace
}  // namespace syncline::load
