// SPDX-License-Identifier: Apache-2.0
// What a sync leaves to the row: columns that are only filled, rows that are never made, columns a record does not speak of.
#include "load/ownership.hpp"
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Owning : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string stamps = postgres() ? ", sync_hash bigint, sync_xid xid" : "";
    run("CREATE TABLE people (id " + counted() +
        ", external_id text UNIQUE, email text, name text CHECK (name <> 'bad'), score integer NOT NULL DEFAULT 7, kind text DEFAULT "
        "('new, ' "
        "|| 'fresh'), home integer DEFAULT 3, changed_at " +
        when() + ", synced_at " + when() + stamps + ")");
    people_ = &entity("people", {"email", "name"});
  }
  [[nodiscard]] std::string when() const { return postgres() ? "timestamptz" : "DATETIME"; }
  config::FieldMapping& field(const std::string& name) {
    for (config::FieldMapping& field : people_->fields) {
      if (field.column == name) return field;
    }
    config::FieldMapping& made = people_->fields.emplace_back();
    made.column = name;
    return made;
  }
  static std::vector<Cell> row(const char* key, const Cell& email, const Cell& name) { return {Cell::of(key), email, name}; }
  static std::vector<Cell> row(const char* key, const char* email, const char* name) { return row(key, Cell::of(email), Cell::of(name)); }
  std::string people(const std::string& columns = "external_id, email, name") {
    return all("SELECT " + columns + " FROM people ORDER BY external_id, id");
  }

  config::Entity* people_ = nullptr;
};

INSTANTIATE_TEST_SUITE_P(Databases, Owning, test::both_databases(), test::database_name);

// --- fill: true ---

TEST_P(Owning, AFilledColumnIsNeverOverwritten) {
  field("email").fill = true;
  run("INSERT INTO people (external_id, email, name) VALUES ('a', 'mine@x.org', 'Ann'), ('b', NULL, 'Bob'), ('c', '', 'Cid')");
  Loader to = loader("people");
  EXPECT_EQ(
      to.write({row("a", "theirs@x.org", "Ann"), row("b", "bob@x.org", "Bob"), row("c", "cid@x.org", "Cid"), row("d", "dan@x.org", "Dan")}),
      "1 inserted, 1 updated, 2 unchanged")
      << to.message;
  EXPECT_EQ(people(), "a|mine@x.org|Ann, b|bob@x.org|Bob, c||Cid, d|dan@x.org|Dan") << "an empty text is a value";
  EXPECT_EQ(to.write({row("b", "new@x.org", "Bobby"), row("d", "dan@x.org", "Dan")}), "1 updated, 1 unchanged");
  EXPECT_EQ(people(), "a|mine@x.org|Ann, b|bob@x.org|Bobby, c||Cid, d|dan@x.org|Dan") << "not even by what the source says next";
}

TEST_P(Owning, AFilledColumnThatWasEmptiedIsFilledAgain) {
  field("email").fill = true;
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "ann@x.org", "Ann"), row("b", "bob@x.org", "Bob")}), "2 inserted");
  run("UPDATE people SET email = NULL WHERE external_id = 'a'");
  run("UPDATE people SET email = 'mine@x.org' WHERE external_id = 'b'");
  EXPECT_EQ(to.write({row("a", "ann@x.org", "Ann"), row("b", "bob@x.org", "Bob")}), "1 updated, 1 unchanged") << to.message;
  EXPECT_EQ(people(), "a|ann@x.org|Ann, b|mine@x.org|Bob");
}

TEST_P(Owning, NullFillsNothingAndEmptiesNothing) {
  field("email").fill = true;
  run("INSERT INTO people (external_id, email, name) VALUES ('a', 'mine@x.org', 'Ann'), ('b', NULL, 'Bob')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", Cell::null(), Cell::of("Ann")), row("b", Cell::keep(), Cell::of("Bob"))}), "2 unchanged") << to.message;
  EXPECT_EQ(people(), "a|mine@x.org|Ann, b|NULL|Bob");
}

TEST_P(Owning, AnAdoptedRowKeepsWhatItHas) {
  field("name").fill = true;
  adopt_by(*people_, {"email"});
  run("INSERT INTO people (email, name) VALUES ('ann@x.org', 'Mine'), ('bob@x.org', NULL)");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "ann@x.org", "Theirs"), row("b", "bob@x.org", "Bob")}), "2 adopted") << to.message;
  EXPECT_EQ(people(), "a|ann@x.org|Mine, b|bob@x.org|Bob");
}

TEST_P(Owning, AFieldThatNoLongerOnlyFillsWritesTheNextTime) {
  field("email").fill = true;
  Loader before = loader("people");
  EXPECT_EQ(before.write({row("a", "ann@x.org", "Ann")}), "1 inserted");
  EXPECT_EQ(before.write({row("a", "new@x.org", "Ann")}), "1 unchanged");
  EXPECT_EQ(before.write({row("a", "new@x.org", "Anna")}), "1 updated");
  field("email").fill = false;
  Loader after = loader("people");
  EXPECT_EQ(after.write({row("a", "new@x.org", "Anna")}), "1 updated") << after.message;
  EXPECT_EQ(people(), "a|new@x.org|Anna");
}

TEST_P(Owning, WhatSomebodyFillsWhileTheLockIsWaitedForStays) {
  if (!postgres()) return;  // SQLite has one writer at a time
  field("email").fill = true;
  run("INSERT INTO people (external_id, name) VALUES ('a', 'Ann')");
  EXPECT_EQ(write_against("people", "UPDATE people SET email = 'mine@x.org' WHERE external_id = 'a'", {row("a", "theirs@x.org", "Anna")}),
            "1 updated");
  EXPECT_EQ(people(), "a|mine@x.org|Anna");
}

// --- insert: false ---

TEST_P(Owning, RowsThatAreNotThereAreCountedAndNotMade) {
  people_->insert = false;
  run("INSERT INTO people (external_id, email, name) VALUES ('a', 'old@x.org', 'Ann'), ('b', 'bob@x.org', 'Bob')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "new@x.org", "Ann"), row("b", "bob@x.org", "Bob"), row("x", "x@x.org", "X"), row("y", "y@x.org", "bad")}),
            "1 updated, 1 unchanged, 2 unmatched")
      << to.message;
  EXPECT_EQ(people(), "a|new@x.org|Ann, b|bob@x.org|Bob");
  EXPECT_EQ(rejects(), "");
  EXPECT_EQ(all("SELECT rows_made, unmatched FROM " + own("sync_log")), "4|2");
}

TEST_P(Owning, WithoutInsertRowsAreStillAdopted) {
  people_->insert = false;
  adopt_by(*people_, {"email"});
  run("INSERT INTO people (email, name) VALUES ('ann@x.org', 'Ann'), ('twin@x.org', 'T'), ('twin@x.org', 'T')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "ann@x.org", "Anna"), row("t", "twin@x.org", "T"), row("x", "x@x.org", "X")}),
            "1 adopted, 1 unmatched, 1 rejected")
      << to.message;
  EXPECT_EQ(people("external_id, name"), postgres() ? "a|Anna, NULL|T, NULL|T" : "NULL|T, NULL|T, a|Anna");
  EXPECT_EQ(to.write({row("a", "ann@x.org", "Anna"), row("x", "x@x.org", "X")}), "1 unchanged, 1 unmatched");
}

TEST_P(Owning, ARefusedRowAmongThemIsTheOnlyReject) {
  people_->insert = false;
  run("INSERT INTO people (external_id, email, name) VALUES ('a', 'a', 'Ann'), ('b', 'b', 'Bob')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a", "bad"), row("b", "b", "Bobby"), row("x", "x", "bad")}), "1 updated, 1 unmatched, 1 rejected")
      << to.message;
}

TEST_P(Owning, ARowThatIsNotThereNeedsNoParent) {
  run("CREATE TABLE rooms (id " + counted() + ", external_id text UNIQUE, synced_at " + when() + ")");
  run("ALTER TABLE people ADD COLUMN room_id bigint REFERENCES rooms (id)");
  entity("rooms", {});
  config::Relation& room = relation(*people_, "room_id", "rooms");
  by_external_id(room);
  room.missing = config::Relation::Missing::Reject;
  people_->insert = false;
  run("INSERT INTO people (external_id, email, name) VALUES ('a', 'a', 'Ann')");
  Loader to = loader("people");
  const Cell none = Cell::of("no such room");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("a"), Cell::of("A"), none}, {Cell::of("x"), Cell::of("x"), Cell::of("X"), none}}),
            "1 unmatched, 1 rejected")
      << to.message;
}

TEST_P(Owning, ADryRunCountsThemToo) {
  people_->insert = false;
  Loader to = loader("people", Ending::Rollback);
  EXPECT_EQ(to.write({row("x", "x@x.org", "X")}), "1 unmatched") << to.message;
}

// --- on_missing: keep ---

// rule 19: absent is not null
TEST_P(Owning, ANewRowLeavesWhatTheRecordDoesNotSpeakOfToTheDatabase) {
  field("score");
  field("kind");
  field("home");
  Loader to = loader("people");
  const auto full = [](const char* key, const Cell& score, const Cell& kind, const Cell& home) {
    return std::vector<Cell>{Cell::of(key), Cell::of("e"), Cell::of("n"), score, kind, home};
  };
  EXPECT_EQ(to.write({full("a", Cell::keep(), Cell::keep(), Cell::keep()), full("b", integer(1), Cell::null(), Cell::null()),
                      full("c", Cell::null(), Cell::keep(), integer(2))}),
            "2 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(people("external_id, score, kind, home"), "a|7|new, fresh|3, b|1|NULL|NULL");
  run("UPDATE people SET score = 8, home = NULL");
  EXPECT_EQ(to.write({full("a", Cell::keep(), Cell::keep(), Cell::keep())}), "1 unchanged") << "a default is for new rows only";
  EXPECT_EQ(people("external_id, score, kind, home"), "a|8|new, fresh|NULL, b|8|NULL|NULL");
}

TEST_P(Owning, ManyNewRowsTakeTheirDefaultsToo) {
  field("score");
  field("kind");
  Loader to = loader("people");
  std::vector<std::vector<Cell>> rows;
  std::deque<std::string> keys;
  for (int i = 0; i < 20; ++i)
    rows.push_back(
        {Cell::of(std::string_view(keys.emplace_back(std::to_string(i)))), Cell::of("e"), Cell::of("n"), Cell::keep(), Cell::keep()});
  EXPECT_EQ(to.write(rows), "20 inserted") << to.message;
  EXPECT_EQ(all("SELECT DISTINCT score, kind FROM people"), "7|new, fresh");
}

TEST_P(Owning, ASequenceAsADefaultCountsOnlyRowsThatTakeIt) {
  if (!postgres()) return;  // SQLite has no sequences
  run("CREATE SEQUENCE card_no; ALTER TABLE people ADD COLUMN card bigint NOT NULL DEFAULT nextval('card_no')");
  field("card");
  Loader to = loader("people");
  EXPECT_EQ(
      to.write({{Cell::of("a"), Cell::of("e"), Cell::of("n"), integer(90)}, {Cell::of("b"), Cell::of("e"), Cell::of("n"), Cell::keep()}}),
      "2 inserted")
      << to.message;
  EXPECT_EQ(people("external_id, card"), "a|90, b|1");
}

TEST_P(Owning, WhatADomainOrAnIdentityGivesIsADefaultToo) {
  if (!postgres()) return;  // SQLite has neither
  run("CREATE DOMAIN state AS text DEFAULT 'new'; CREATE DOMAIN some_state AS state NOT NULL; ALTER TABLE people ADD state state, ADD "
      "needed some_state, ADD own state DEFAULT 'own', ADD none state DEFAULT NULL, ADD card bigint GENERATED BY DEFAULT AS IDENTITY");
  std::vector<Cell> kept{Cell::of("a"), Cell::of("e"), Cell::of("n")}, given = kept;
  given[0] = Cell::of("b");
  for (const char* column : {"state", "needed", "own", "none", "card"}) {
    field(column);
    kept.push_back(Cell::keep());
    given.push_back(std::string_view(column) == "card" ? integer(90) : Cell::of("x"));
  }
  Loader to = loader("people");
  EXPECT_EQ(to.write({kept, given}), "2 inserted") << to.message;
  EXPECT_EQ(people("external_id, state, needed, own, none, card"), "a|new|new|own|NULL|1, b|x|x|x|x|90");
}

TEST_P(Owning, ARelationThatIsNotSpokenOfTakesItsColumnsDefault) {
  run("CREATE TABLE rooms (id " + counted() + ", external_id text UNIQUE, synced_at " + when() +
      "); INSERT INTO rooms (id, external_id) VALUES (3, 'c'), (4, 'd')");
  entity("rooms", {});
  by_external_id(relation(*people_, "home", "rooms"));
  Loader to = loader("people");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("e"), Cell::of("n"), Cell::keep()},
                      {Cell::of("b"), Cell::of("e"), Cell::of("n"), Cell::null()},
                      {Cell::of("c"), Cell::of("e"), Cell::of("n"), Cell::of("d")}}),
            "3 inserted")
      << to.message;
  EXPECT_EQ(people("external_id, home"), "a|3, b|NULL, c|4");
}

TEST(SqliteDefaults, ANameIsAText) {
  const test::TemporaryFolder folder;
  sql::ConnectOptions options;
  options.create = true;
  const auto db = sql::connect(base::Secret("sqlite:" + (folder.path() / "x.db").string()), options);
  ASSERT_TRUE(db);
  ASSERT_TRUE(
      (*db)->execute("CREATE TABLE t (a text DEFAULT plain, b text DEFAULT \"it's\", c text DEFAULT 'x''y', d integer DEFAULT -5, e text "
                     "DEFAULT (lower('A')), f text DEFAULT CURRENT_DATE, g text)"));
  const auto table = (*db)->describe({"", "t"});
  ASSERT_TRUE(table && *table);
  const auto defaults = column_defaults(**db, **table);
  ASSERT_TRUE(defaults);
  std::map<std::string, std::string> wanted{{"a", "'plain'"}, {"b", "'it''s'"},      {"c", "('x''y')"},
                                            {"d", "(-5)"},    {"e", "(lower('A'))"}, {"f", "CURRENT_DATE"}};
  EXPECT_EQ(*defaults, wanted);
}

}  // namespace
}  // namespace syncline::load
