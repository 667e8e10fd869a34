// SPDX-License-Identifier: Apache-2.0
// Who is in whose way within a batch: who lets go of a value, who does not, and who would have it then.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Chains : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    make("people",
         "name text DEFAULT 'N', email text CONSTRAINT people_email_key UNIQUE, badge integer CONSTRAINT people_badge_key UNIQUE CHECK "
         "(badge < 100)");
    entity("people", {"email", "badge"});
  }
  void make(const std::string& table, const std::string& columns) {
    run("CREATE TABLE " + table + " (id " + counted() + ", external_id text UNIQUE, synced_at " +
        (postgres() ? "timestamptz, sync_hash bigint, sync_xid xid, " : "DATETIME, ") + columns + ")");
  }
  static std::vector<Cell> row(const char* key, const char* email, int64_t badge) {
    return {Cell::of(key), email ? Cell::of(email) : Cell::null(), integer(badge)};
  }
  std::string people() { return all("SELECT external_id, email, badge FROM people ORDER BY external_id"); }
  std::string reasons() { return all("SELECT key, reason FROM " + own("sync_reject") + " ORDER BY id"); }
  /// PostgreSQL: rows that were written one half after the other are not stamped. Who has to be found by halving was not found beforehand.
  /// Says nothing where no row is stamped.
  std::string halved(const std::string& table = "people") {
    return postgres() && db().capabilities().row_versions
               ? all("SELECT external_id FROM " + table + " WHERE sync_xid IS DISTINCT FROM xmin AND external_id IS NOT NULL")
               : "";
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, Chains, test::both_databases(), test::database_name);

// F7: unique violation on another column; who keeps one value and lets go of another is in nobody's way.
TEST_P(Chains, WhoKeepsOneValueLetsGoOfAnother) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("h", "x@y", 1)}), "1 inserted");
  EXPECT_EQ(to.write({row("e", "x@y", 5), row("h", "x@y", 2), row("w", "w@y", 1)}), "1 inserted, 1 updated, 1 rejected") << to.message;
  EXPECT_EQ(people(), "h|x@y|2, w|w@y|1");
  EXPECT_EQ(halved(), "");
}

TEST_P(Chains, ARowThatThisRunHasMadeIsThereAlsoBesideABadOne) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1), row("b", "b@y", 2)}), "2 inserted");
  EXPECT_EQ(to.write({row("a", "a@y", 3), row("b", "b@y", 2), row("c", "c@y", int64_t{1} << 40)}), "1 updated, 1 unchanged, 1 rejected");
  EXPECT_EQ(people(), "a|a@y|3, b|b@y|2");
}

TEST_P(Chains, WhoIsRefusedTakesNoValueFromOthers) {
  run("INSERT INTO people (email) VALUES ('taken@y')");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "taken@y", 1), row("b", "b@y", 1)}), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(to.write({row("c", "c@y", 200), row("d", "c@y", 2)}), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(all("SELECT external_id FROM people WHERE external_id IS NOT NULL ORDER BY 1"), "b, d");
  EXPECT_EQ(halved(), "");
}

TEST_P(Chains, WhoLosesToAnotherLetsNothingGo) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1)}), "1 inserted");
  EXPECT_EQ(to.write({row("n", "new@y", 7), row("a", "new@y", 1), row("c", "a@y", 3)}), "1 inserted, 2 rejected") << to.message;
  EXPECT_EQ(people(), "a|a@y|1, n|new@y|7");
  EXPECT_EQ(halved(), "");
}

TEST_P(Chains, WhoIsFoundBeforehandNeedsNoHalving) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1), row("b", "b@y", 2)}), "2 inserted");
  EXPECT_EQ(to.write({row("n", "a@y", 9), row("a", "a@y", 3), row("m", "m@y", 4)}), "1 inserted, 1 updated, 1 rejected") << "it is kept";
  EXPECT_EQ(to.write({row("b", "new@y", 3), row("o", "b@y", 5), row("p", "p@y", 6)}), "1 inserted, 2 rejected") << "it is not let go";
  EXPECT_EQ(people(), "a|a@y|3, b|b@y|2, m|m@y|4, p|p@y|6");
  EXPECT_EQ(halved(), "");
}

// F7: a swap, where what is let go of for a moment would be lost.
TEST_P(Chains, AValueThatIsNotSpokenOfIsNeverLetGo) {
  make("places", "shelf text, place integer, UNIQUE (shelf, place)");
  entity("places", {"shelf", "place"});
  Loader to = loader("places");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("A"), integer(1)}, {Cell::of("b"), Cell::of("B"), integer(1)}}), "2 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("B"), Cell::keep()}, {Cell::of("b"), Cell::of("A"), Cell::keep()}}), "2 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT external_id, shelf, place FROM places ORDER BY 1"), "a|A|1, b|B|1");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("B"), integer(1)}, {Cell::of("b"), Cell::of("A"), integer(1)}}), "2 updated") << to.message;
  EXPECT_EQ(all("SELECT external_id, shelf, place FROM places ORDER BY 1"), "a|B|1, b|A|1");
}

TEST_P(Chains, AValueThatMustBeThereGoesToANewRow) {
  make("seats", "number integer NOT NULL UNIQUE");
  entity("seats", {"number"});
  Loader to = loader("seats");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(1)}}), "1 inserted");
  EXPECT_EQ(to.write({{Cell::of("n"), integer(1)}, {Cell::of("a"), integer(2)}, {Cell::of("x"), integer(2)}}),
            "1 inserted, 1 updated, 1 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT external_id, number FROM seats ORDER BY 1"), "a|2, n|1");
  EXPECT_EQ(halved("seats"), "");
}

TEST_P(Chains, ARowThatAnIndexLeavesOutHasNothingOfIt) {
  run("CREATE UNIQUE INDEX one_name ON people (name) WHERE badge < 50");
  run("INSERT INTO people (name, badge) VALUES ('N', 60)");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("a", "a@y", 1), row("b", "b@y", 200)}), "1 inserted, 1 rejected");
  EXPECT_EQ(halved(), "");
}

TEST_P(Chains, ANewRowHasTheDefaultsOfWhatItDoesNotSpeakOf) {
  make("rooms", "name text CHECK (name <> 'bad'), seats integer NOT NULL DEFAULT 4, doors integer NOT NULL DEFAULT 1");
  entity("rooms", {"name", "seats", "doors"});
  Loader to = loader("rooms");
  const auto null = Cell::null(), keep = Cell::keep();
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("A"), keep, integer(2)},
                      {Cell::of("b"), Cell::of("B"), null, keep},
                      {Cell::of("c"), Cell::of("C"), integer(3), keep},
                      {Cell::of("d"), Cell::of("D"), keep, null}}),
            "2 inserted, 2 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT external_id, seats, doors FROM rooms ORDER BY 1"), "a|4|2, c|3|1");
  EXPECT_EQ(all("SELECT key, field FROM " + own("sync_reject") + " ORDER BY id"), "b|seats, d|doors");
  EXPECT_EQ(halved("rooms"), "");
}

TEST_P(Chains, WhatARowRefersToMayComeInItsBatch) {
  make("nodes", "above text REFERENCES nodes (external_id) DEFERRABLE INITIALLY DEFERRED, weight integer NOT NULL");
  entity("nodes", {"above", "weight"});
  Loader to = loader("nodes");
  const auto node = [](const char* key, const Cell& above, const Cell& weight = integer(1)) {
    return std::vector<Cell>{Cell::of(key), above, weight};
  };
  EXPECT_EQ(to.write({node("a", Cell::of("b")), node("b", Cell::null()), node("c", Cell::null(), Cell::null())}), "2 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(to.write({node("d", Cell::of("b")), node("e", Cell::of("nowhere")), node("f", Cell::of("a"))}), "2 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT external_id FROM nodes ORDER BY 1"), "a, b, d, f");
}

TEST_P(Chains, ACheckSeesWhatAnAdoptedRowKeeps) {
  make("guests", "phone text, nick text CHECK (nick <> 'bad')");
  entity("guests", {"phone", "nick"});
  project_.entities.back().fields[1].fill = true;
  adopt_by(project_.entities.back(), {"phone"});
  run("INSERT INTO guests (phone, nick) VALUES ('1', 'kept'), ('2', NULL)");
  Loader to = loader("guests");
  const auto guest = [](const char* key, const char* phone) { return std::vector<Cell>{Cell::of(key), Cell::of(phone), Cell::of("bad")}; };
  EXPECT_EQ(to.write({guest("a", "1"), guest("b", "2")}), "1 adopted, 1 rejected") << to.message;
  EXPECT_EQ(all("SELECT external_id, nick FROM guests WHERE external_id IS NOT NULL"), "a|kept");
  EXPECT_EQ(halved("guests"), "");
}

TEST_P(Chains, ARowThatIsAdoptedByAValueMayHaveToLetGoOfIt) {
  adopt_by(project_.entities.back(), {"email"});
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("d", "d@x", 1)}), "1 inserted");
  run("INSERT INTO people (id, email) VALUES (900, 'A@x')");
  EXPECT_EQ(to.write({row("d", "A@x", 1), row("c", "a@x", 2)}), "1 updated, 1 adopted") << to.message;
  EXPECT_EQ(people(), "c|a@x|2, d|A@x|1");
  EXPECT_EQ(all("SELECT external_id FROM people WHERE id = 900"), "c");
}

TEST_P(Chains, AnAdoptedRowIsTestedWithWhatItKeeps) {
  make("halls", "name text");
  make("guests", "phone text, name text NOT NULL, city text NOT NULL, hall integer NOT NULL REFERENCES halls (id)");
  run("INSERT INTO halls (id, external_id) VALUES (1, 'h1'); INSERT INTO guests (phone, name, city, hall) VALUES ('1', 'N', 'Paris', 1)");
  entity("halls", {"name"});
  config::Entity& guests = entity("guests", {"phone", "name", "city"});
  by_external_id(relation(guests, "hall", "halls"));
  adopt_by(guests, {"phone"});
  Loader to = loader("guests");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("1"), Cell::of("A"), Cell::keep(), Cell::keep()},
                      {Cell::of("b"), Cell::of("2"), Cell::null(), Cell::of("Rome"), Cell::of("h1")}}),
            "1 adopted, 1 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT external_id, name, city, hall FROM guests"), "a|A|Paris|1");
  EXPECT_EQ(halved("guests"), "");
}

TEST_P(Chains, WhoLosesToARowThatIsRejectedHasNotLost) {
  run("INSERT INTO people (email, badge) VALUES ('theirs@y', 9)");
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("g", "x@y", 1)}), "1 inserted");
  EXPECT_EQ(to.write({row("h", "y@y", 9), row("g", "y@y", 1), row("w", "x@y", 3)}), "1 inserted, 1 updated, 1 rejected") << to.message;
  EXPECT_EQ(all("SELECT external_id, email, badge FROM people WHERE external_id IS NOT NULL ORDER BY external_id"), "g|y@y|1, w|x@y|3");
  EXPECT_EQ(halved(), "");
}

// The one that g loses to wants what another one lets go of only if g lands.
TEST_P(Chains, WhoLosesToARowThatIsRejectedLaterHasNotLost) {
  Loader to = loader("people");
  EXPECT_EQ(to.write({row("g", "x@y", 1), row("p", "p@y", 50)}), "2 inserted");
  EXPECT_EQ(to.write({row("q", "z@y", 2), row("p", "z@y", 51), row("h", "y@y", 50), row("g", "y@y", 1), row("w", "x@y", 3)}),
            "2 inserted, 1 updated, 2 rejected")
      << to.message;
  EXPECT_EQ(people(), "g|y@y|1, p|p@y|50, q|z@y|2, w|x@y|3");
  EXPECT_EQ(halved(), "");
}

class ChainsOnPostgres : public Chains {};
INSTANTIATE_TEST_SUITE_P(Databases, ChainsOnPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(ChainsOnPostgres, AnIndexThatTakesNullForAValueIsNotEmptiedForAMoment) {
  make("tags", "tag text");
  run("CREATE UNIQUE INDEX one_tag ON tags (coalesce(tag, 'none'))");
  entity("tags", {"tag"});
  const auto tag = [](const char* key, const char* value) {
    return std::vector<Cell>{Cell::of(key), value ? Cell::of(value) : Cell::null()};
  };
  Loader to = loader("tags");
  EXPECT_EQ(to.write({tag("a", "x"), tag("b", "y"), tag("n", nullptr)}), "3 inserted");
  EXPECT_EQ(to.write({tag("a", "y"), tag("b", "x"), tag("c", "z")}), "1 inserted, 2 rejected") << to.message;
  EXPECT_EQ(all("SELECT external_id, tag FROM tags ORDER BY 1"), "a|x, b|y, c|z, n|NULL");
  EXPECT_EQ(halved("tags"), "");
}

TEST_P(ChainsOnPostgres, AValueThatMayWaitForItsConstraintIsNotMissingForAMoment) {
  make("ranks", "rank integer CONSTRAINT one_rank UNIQUE DEFERRABLE INITIALLY DEFERRED");
  run("CREATE TABLE seen (rank integer); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES "
      "(NEW.rank); "
      "RETURN NEW; END $$; CREATE TRIGGER note AFTER UPDATE ON ranks FOR EACH ROW EXECUTE FUNCTION note()");
  entity("ranks", {"rank"});
  Loader to = loader("ranks");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(1)}, {Cell::of("b"), integer(2)}}), "2 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(2)}, {Cell::of("b"), integer(1)}, {Cell::of("c"), integer(int64_t{1} << 40)}}),
            "2 updated, 1 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT rank FROM seen ORDER BY 1"), "1, 2");
}

TEST_P(ChainsOnPostgres, ARuleThatFailsItselfIsARejectOfTheRowItFailsFor) {
  make("parts", "size integer CONSTRAINT ratio CHECK (10 / size > 0), name text NOT NULL");
  entity("parts", {"size", "name"});
  Loader to = loader("parts");
  const auto part = [](const char* key, int64_t size, const Cell& name) { return std::vector<Cell>{Cell::of(key), integer(size), name}; };
  EXPECT_EQ(to.write({part("a", 1, Cell::of("A")), part("b", 0, Cell::of("B")), part("c", 2, Cell::null()), part("d", 11, Cell::of("D"))}),
            "1 inserted, 3 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY id"), "b|22012, c|23502, d|23514");
}

TEST_P(ChainsOnPostgres, ADefaultThatMayLeaveATraceIsNotAskedForBeforehand) {
  run("CREATE TABLE asked (n integer); CREATE FUNCTION ask() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN INSERT INTO asked VALUES (1); "
      "RETURN 1; "
      "END $$");
  make("things", "name text, size integer DEFAULT ask(), CONSTRAINT named CHECK (name <> 'bad' OR size < 0)");
  entity("things", {"name"});
  Loader to = loader("things");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("A")}, {Cell::of("b"), Cell::of("bad")}, {Cell::of("c"), Cell::of("C")}}),
            "2 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT count(*) FROM asked"), "2") << "once for each row that landed";
}

// F7: two rows swap e-mails, where one index sees them without case and another only some of the rows.
TEST_P(ChainsOnPostgres, RowsSwapUnderIndexesThatLeaveOutWhatIsNull) {
  make("tags", "tag text, kind text");
  run("CREATE UNIQUE INDEX tags_folded ON tags (lower(tag)); CREATE UNIQUE INDEX tags_living ON tags (tag) WHERE kind IS NULL");
  entity("tags", {"tag"});
  Loader to = loader("tags");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("x")}, {Cell::of("b"), Cell::of("y")}}), "2 inserted");
  EXPECT_EQ(to.write({{Cell::of("a"), Cell::of("y")}, {Cell::of("b"), Cell::of("x")}}), "2 updated") << to.message;
  EXPECT_EQ(all("SELECT external_id, tag FROM tags ORDER BY 1"), "a|y, b|x");
  EXPECT_EQ(halved("tags"), "");
}

}  // namespace
}  // namespace syncline::load
