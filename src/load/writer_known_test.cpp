// SPDX-License-Identifier: Apache-2.0
// Rows of which the question has told everything are written by one statement, and a first load asks nothing at all: with the counts, the
// cells and the stamps that judging each of them would have given.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class KnownRows : public LoadTest {
 protected:
  static constexpr const char* StampColumns = ", synced_at timestamptz, sync_hash bigint, sync_xid xid)";

  void make(const std::string& columns, const std::vector<std::string>& fields) {
    run("CREATE TABLE things (id serial PRIMARY KEY, external_id text UNIQUE" + columns + StampColumns);
    entity("things", fields);
  }
  std::string things(const std::string& columns) { return all("SELECT external_id, " + columns + " FROM things ORDER BY external_id"); }
  /// The question has parameters: it is prepared when it is first asked.
  std::string questions() { return all("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT k.n%'"); }
  std::string stamped() { return all("SELECT DISTINCT sync_xid = xmin AND sync_hash IS NOT NULL FROM things"); }
  static Cell text(const char* value) { return Cell::of(value); }
  static std::vector<std::vector<Cell>> many(const char* name, size_t changed = 0) {
    static std::deque<std::string> keys;  // cells point into them
    std::vector<std::vector<Cell>> out;
    for (int i = 0; i < 50; ++i) {
      keys.push_back("k" + std::to_string(i + 10));
      out.push_back({Cell::of(std::string_view(keys.back())), size_t(i) < changed ? Cell::of("other") : Cell::of(name)});
    }
    return out;
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, KnownRows, testing::Values(sql::Dialect::Postgres), test::database_name);

// --- rows that are there ---

TEST_P(KnownRows, ThatDifferAreWrittenByOneStatement) {
  make(", name text", {"name"});
  Loader to = loader("things");
  EXPECT_EQ(to.write(many("A")), "50 inserted");
  EXPECT_EQ(to.write(many("A", 7)), "7 updated, 43 unchanged");
  EXPECT_EQ(all("SELECT name, count(*) FROM things GROUP BY 1 ORDER BY 1"), "A|43, other|7");
  EXPECT_EQ(stamped(), "t");
  EXPECT_EQ(to.sent(many("A", 7)), "");
}

TEST_P(KnownRows, AnEditIsSetRightAndCountedAndWhatIsEqualAgainIsNotWritten) {
  make(", name text", {"name"});
  Loader to = loader("things");
  to.write(many("A"));
  run("UPDATE things SET name = 'edited' WHERE external_id IN ('k10', 'k11'); UPDATE things SET name = name WHERE external_id = 'k12'");
  const std::string before = all("SELECT xmin FROM things WHERE external_id = 'k12'");
  EXPECT_EQ(to.write(many("A")), "2 updated, 48 unchanged");
  EXPECT_EQ(to.report.counters.local_edits, 2);
  EXPECT_EQ(all("SELECT DISTINCT name FROM things"), "A");
  EXPECT_EQ(all("SELECT xmin FROM things WHERE external_id = 'k12'"), before) << "one row of fifty is not worth a new stamp";
}

TEST_P(KnownRows, ManyThatAreEqualAreStampedAgainAndOthersBesideThemWritten) {
  make(", name text", {"name"});
  Loader to = loader("things");
  to.write(many("A"));
  run("UPDATE things SET name = name");
  EXPECT_EQ(to.write(many("A", 3)), "3 updated, 47 unchanged");
  EXPECT_EQ(to.report.counters.restamped, 47);
  EXPECT_EQ(to.report.counters.local_edits, 0);
  EXPECT_EQ(stamped(), "t");
  EXPECT_EQ(to.sent(many("A", 3)), "");
}

TEST_P(KnownRows, OfOlderAndEqualAndNewerOnesEachIsCountedAsWhatItIs) {
  make(", version integer, name text", {"version", "name"});
  project_.entities.back().version = config::Entity::Version{"version", {}, {}};
  project_.entities.back().fields.erase(project_.entities.back().fields.begin());
  Loader to = loader("things");
  const auto row = [&](const char* key, int64_t version, const char* name) {
    return std::vector<Cell>{text(key), Cell::of(version), text(name)};
  };
  to.write({row("a", 2, "A"), row("b", 2, "B"), row("c", 2, "C")});
  run("UPDATE things SET name = name WHERE external_id = 'c'");
  EXPECT_EQ(to.write({row("a", 1, "older"), row("b", 3, "newer"), row("c", 2, "C")}), "1 updated, 1 unchanged, 1 stale");
  EXPECT_EQ(things("version, name"), "a|2|A, b|3|newer, c|2|C");
}

TEST_P(KnownRows, AParentOfAnotherIdIsAChange) {
  run("CREATE TABLE people (id integer PRIMARY KEY, external_id text UNIQUE" + std::string(StampColumns) +
      "; INSERT INTO people VALUES (41, 'p1'), (42, 'p2')");
  entity("people", {});
  make(", person_id integer REFERENCES people (id)", {});
  config::Relation& to_person = relation(project_.entities.back(), "person_id", "people");
  by_external_id(to_person);
  to_person.missing = config::Relation::Missing::Reject;
  Loader to = loader("things");
  to.write({{text("a"), text("p1")}, {text("b"), text("p1")}, {text("c"), text("p2")}});
  EXPECT_EQ(to.write({{text("a"), text("p2")}, {text("b"), text("p1")}, {text("c"), Cell::null()}}), "2 updated, 1 unchanged");
  EXPECT_EQ(things("person_id"), "a|42, b|41, c|NULL");
  EXPECT_EQ(to.write({{text("a"), text("p9")}, {text("b"), text("p2")}, {text("c"), Cell::null()}}), "1 updated, 1 unchanged, 1 rejected")
      << "with one whose parent is not there all are judged";
}

TEST_P(KnownRows, AnotherAccountsRowOfTheSameIdIsNotTouched) {
  run("CREATE TABLE things (id serial PRIMARY KEY, external_id text, account text, name text, UNIQUE (account, external_id)" +
      std::string(StampColumns));
  config::Entity& one = entity("things", {"name"});
  one.key.account_column = "account";
  one.account = "north";
  Loader to = loader("things");
  to.write({{text("a"), text("A")}, {text("b"), text("B")}});
  run("INSERT INTO things (external_id, account, name) VALUES ('a', 'south', 'theirs')");
  EXPECT_EQ(to.write({{text("a"), text("AA")}, {text("b"), text("B")}}), "1 updated, 1 unchanged");
  EXPECT_EQ(all("SELECT account, external_id, name FROM things ORDER BY 1, 2"), "north|a|AA, north|b|B, south|a|theirs");
}

TEST_P(KnownRows, AFilledColumnIsFilledOnlyWhereItIsEmpty) {
  make(", name text, note text", {"name", "note"});
  project_.entities.back().fields.back().fill = true;
  Loader to = loader("things");
  to.write({{text("a"), text("A"), text("n")}, {text("b"), text("B"), Cell::null()}});
  EXPECT_EQ(to.write({{text("a"), text("A"), text("m")}, {text("b"), text("B"), text("m")}}), "1 updated, 1 unchanged");
  EXPECT_EQ(things("note"), "a|n, b|m");
}

TEST_P(KnownRows, ATriggerThatDropsAnUpdateIsSeen) {
  make(", name text", {"name"});
  Loader to = loader("things");
  to.write({{text("a"), text("A")}});
  run("CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
      "CREATE TRIGGER t BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION drop_it()");
  EXPECT_EQ(to.write({{text("a"), text("AA")}}), "contract_drift raced");
}

TEST_P(KnownRows, WhatATriggerMakesOfThemIsNotHeldAgainstThem) {
  make(", name text, email text", {"name", "email"});
  Loader to = loader("things");
  to.write({{text("a"), text("A"), text("A@x")}, {text("b"), text("B"), text("b@x")}});
  run("CREATE FUNCTION lower_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.email := lower(NEW.email); RETURN NEW; END $$;"
      "CREATE TRIGGER t BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION lower_it();"
      "UPDATE things SET name = name WHERE external_id = 'b'");
  EXPECT_EQ(to.write({{text("a"), text("AA"), text("A@x")}, {text("b"), text("B"), text("b@x")}}), "1 updated, 1 unchanged") << to.message;
  EXPECT_EQ(things("name, email"), "a|AA|a@x, b|B|b@x");
}

TEST_P(KnownRows, WhoseVersionATriggerPutsAheadAreUpdatedAndNotStale) {
  make(", version timestamptz, name text", {"version", "name"});
  project_.entities.back().version = config::Entity::Version{"version", {}, {}};
  project_.entities.back().fields.erase(project_.entities.back().fields.begin());
  run("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.version := '2030-01-01'; RETURN NEW; END $$;");
  Loader to = loader("things");
  const auto row = [](const char* key, int day, const char* name) {
    return std::vector<Cell>{text(key), Cell::of(base::Timestamp(std::chrono::hours(24 * day))), text(name)};
  };
  to.write({row("a", 1, "A"), row("b", 1, "B"), row("c", 1, "C"), row("d", 1, "D")});
  run("UPDATE things SET name = name WHERE external_id = 'd'; CREATE TRIGGER t BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION "
      "touch()");
  EXPECT_EQ(to.write({row("a", 2, "AA"), row("b", 2, "BB"), row("c", 2, "CC"), row("d", 1, "D")}), "3 updated, 1 unchanged") << to.message;
}

TEST_P(KnownRows, ThatAreStampedAgainWaitForNobody) {
  make(", name text", {"name"});
  const auto theirs = open(), ours = open();
  Loader to(*ours, project_, "things");
  to.write({{text("a"), text("A")}, {text("b"), text("B")}, {text("c"), text("C")}});
  run("UPDATE things SET name = name");
  EXPECT_TRUE(theirs->begin());
  run(*theirs, "SELECT 1 FROM things WHERE external_id = 'a' FOR UPDATE");
  EXPECT_EQ(to.write({{text("a"), text("A")}, {text("b"), text("B")}, {text("c"), text("CC")}}), "1 updated, 2 unchanged") << to.message;
  EXPECT_EQ(to.report.counters.restamped, 1) << "the one that nobody has locked";
  EXPECT_TRUE(theirs->commit());
}

TEST_P(KnownRows, ThatAreOnlyFilledAreStampedAgain) {
  make(", name text, note text", {"name", "note"});
  project_.entities.back().fields.back().fill = true;
  Loader to = loader("things");
  to.write({{text("a"), text("A"), text("n")}, {text("b"), text("B"), Cell::null()}});
  run("UPDATE things SET note = 'ours'");
  EXPECT_EQ(to.write({{text("a"), text("A"), text("n")}, {text("b"), text("B"), Cell::null()}}), "2 unchanged");
  EXPECT_EQ(to.report.counters.restamped, 2);
  EXPECT_EQ(stamped(), "t");
}

TEST_P(KnownRows, ARowThatIsChangedOrDeletedMeanwhileIsLookedAtAgain) {
  make(", name text", {"name"});
  {
    const auto first = open();
    Loader to(*first, project_, "things");
    to.write({{text("a"), text("A")}, {text("b"), text("B")}, {text("c"), text("C")}});
  }
  EXPECT_EQ(write_against("things", "UPDATE things SET name = 'theirs' WHERE external_id = 'b'",
                          {{text("a"), text("AA")}, {text("b"), text("BB")}, {text("c"), text("C")}}),
            "2 updated, 1 unchanged");
  EXPECT_EQ(things("name"), "a|AA, b|BB, c|C");
  EXPECT_EQ(write_against("things", "DELETE FROM things WHERE external_id = 'b'",
                          {{text("a"), text("A3")}, {text("b"), text("B3")}, {text("c"), text("C")}}),
            "1 inserted, 1 updated, 1 unchanged");
  EXPECT_EQ(things("name"), "a|A3, b|B3, c|C");
  EXPECT_EQ(stamped(), "t");
}

TEST_P(KnownRows, WhatWeHaveDeletedIsForgottenOnceTheRecordIsThere) {
  make(", name text, deleted_at timestamptz", {"name"});
  project_.entities.back().deletes.kind = config::Deletes::Kind::Soft;
  project_.entities.back().deletes.column = "deleted_at";
  Loader to = loader("things");
  to.write({{text("a"), text("A")}});
  run("INSERT INTO " + own("sync_seen") +
      " (entity, account, key, value, deleted_at, run) VALUES ('things', 'main', 'a', '2026-01-02 00:00:00+00', now(), 1)");
  EXPECT_EQ(to.write({{text("a"), text("AA")}}), "1 updated");
  EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_seen")), "0");
}

TEST_P(KnownRows, BesideOneThatMustBeJudgedAreLockedInOneOrderWithIt) {
  run("CREATE TABLE people (id integer PRIMARY KEY, external_id text UNIQUE" + std::string(StampColumns));
  entity("people", {});
  make(", name text, person_id integer REFERENCES people (id)", {"name"});
  by_external_id(relation(project_.entities.back(), "person_id", "people"));
  const auto theirs = open(), ours = open();
  Loader to(*ours, project_, "things");
  to.write({{text("a"), text("A"), Cell::null()}, {text("b"), text("B"), Cell::null()}});
  EXPECT_TRUE(theirs->begin());
  run(*theirs, "UPDATE things SET name = 'theirs' WHERE external_id = 'a'");
  std::string result;
  std::thread writer([&] { result = to.write({{text("a"), text("AA"), text("nobody")}, {text("b"), text("BB"), Cell::null()}}); });
  EXPECT_TRUE(wait_for_waiting_sessions(1)) << "the writer did not wait";
  EXPECT_TRUE(theirs->execute("SET LOCAL lock_timeout = '300ms'; UPDATE things SET name = 'theirs' WHERE external_id = 'b'"))
      << "the writer had locked the later row first";
  EXPECT_TRUE(theirs->commit());
  writer.join();
  EXPECT_EQ(result, "2 updated") << to.message;
  EXPECT_EQ(things("name"), "a|AA, b|BB");
}

// --- a table without rows of ours ---

TEST_P(KnownRows, AFirstLoadAsksForNoRow) {
  make(", name text", {"name"});
  run("INSERT INTO things (name) VALUES ('nobody''s')");
  Loader to = loader("things");
  EXPECT_EQ(to.write({{text("a"), text("A")}}), "1 inserted");
  EXPECT_EQ(to.write({{text("b"), text("B")}}), "1 inserted");
  EXPECT_EQ(questions(), "0");
  EXPECT_EQ(stamped(), "f, t") << "nobody's row is nobody's";
}

TEST_P(KnownRows, ARecordThatComesOnceMoreInAFirstLoadIsFound) {
  make(", name text", {"name"});
  Loader to = loader("things");
  EXPECT_EQ(to.write({{text("a"), text("A")}, {text("b"), text("B")}}), "2 inserted");
  EXPECT_EQ(to.write({{text("b"), text("BB")}, {text("c"), text("C")}}), "1 inserted, 1 updated");
  EXPECT_EQ(things("name"), "a|A, b|BB, c|C");
  EXPECT_EQ(to.write({{text("c"), text("C")}, {text("d"), text("D")}}), "1 inserted, 1 unchanged");
  EXPECT_EQ(stamped(), "t");
}

TEST_P(KnownRows, ARecordThatComesOnceMoreIsFoundBesideBadRows) {
  make(", name text CHECK (name <> 'bad')", {"name"});
  Loader to = loader("things");
  EXPECT_EQ(to.write({{text("a"), text("bad")}, {text("b"), text("B")}}), "1 inserted, 1 rejected");
  EXPECT_EQ(to.write({{text("b"), text("BB")}, {text("c"), text("bad")}, {text("d"), text("D")}}), "1 inserted, 1 updated, 1 rejected");
  EXPECT_EQ(things("name"), "b|BB, d|D");
  EXPECT_EQ(stamped(), "t");
}

}  // namespace
}  // namespace syncline::load
