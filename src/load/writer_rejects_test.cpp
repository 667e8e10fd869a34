// SPDX-License-Identifier: Apache-2.0
// A row the database refuses becomes one reject, with its reason and its record, and the others land.
#include <array>

#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Rejecting : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    if (postgres()) run("CREATE TYPE kind AS ENUM ('group', 'private')");
    const std::string when = postgres() ? "timestamptz" : "DATETIME";
    run("CREATE TABLE studios (id integer PRIMARY KEY); INSERT INTO studios VALUES (1);"
        "CREATE TABLE classes (id " +
        counted() +
        ", external_id text UNIQUE, name varchar(10) NOT NULL, price integer CONSTRAINT price_positive CHECK (price > 0), email text "
        "CONSTRAINT classes_email UNIQUE, studio integer CONSTRAINT "
        "classes_studio REFERENCES studios (id), kind " +
        (postgres() ? "kind" : "text CONSTRAINT kind_known CHECK (kind IN ('group', 'private'))") + ", synced_at " + when + ")");
    entity("classes", {"name", "price", "email", "studio", "kind"});
  }

  static std::vector<Cell> row(const char* key, const Cell& name, int64_t price, const Cell& email = Cell::null(), int64_t studio = 1,
                               const char* kind = "group") {
    return {Cell::of(key), name, integer(price), email, integer(studio), Cell::of(kind)};
  }
  std::string landed() { return all("SELECT external_id FROM classes ORDER BY external_id"); }
};

INSTANTIATE_TEST_SUITE_P(Databases, Rejecting, test::both_databases(), test::database_name);

// F9: CHECK
TEST_P(Rejecting, ACheckViolationIsOneRejectWithItsConstraint) {
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5), row("b", Cell::of("B"), 0), row("c", Cell::of("C"), 7)}), "2 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(rejects(), R"(write|b|price_positive|23514|{"row":1})");
  EXPECT_EQ(landed(), "a, c");
}

TEST_P(Rejecting, FaultsOfAnotherKindThatComeLaterAreFoundAsSurely) {
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5), row("b", Cell::of("B"), 0)}), "1 inserted, 1 rejected") << "CHECK";
  EXPECT_EQ(to.write({row("c", Cell::of("C"), 5, Cell::null(), 99), row("d", Cell::of("D"), 0), row("e", Cell::of("E"), 5)}),
            "1 inserted, 2 rejected")
      << "a foreign key";
  EXPECT_EQ(to.write({row("f", Cell::of("too long for its column"), 5), row("g", Cell::of("G"), 5, Cell::of("x@y"))}),
            "1 inserted, 1 rejected")
      << "a value that its column does not take";
  EXPECT_EQ(
      to.write({row("h", Cell::of("H"), 5, Cell::of("x@y")), row("i", Cell::of("I"), 5, Cell::null(), 98), row("j", Cell::of("J"), 0)}),
      "3 rejected")
      << "UNIQUE";
  EXPECT_EQ(landed(), "a, e, g");
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY id"),
            "b|23514, c|23503, d|23514, f|22001, h|23505, i|23503, j|23514");
}

TEST_P(Rejecting, AfterAFaultNoRowThatComesAgainIsTakenForNew) {
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5)}), "1 inserted") << "nothing was there, so nobody was asked";
  EXPECT_EQ(to.write({row("b", Cell::of("B"), 0), row("b", Cell::of("B"), 0)}), postgres() ? "1 duplicate, 1 rejected" : "2 rejected")
      << "who comes twice is judged; SQLite's CHECK is found by halving";
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5), row("c", Cell::of("C"), 5)}), "1 inserted, 1 unchanged");
}

TEST(FaultKinds, AreKnownByTheCodeOfAnError) {
  const auto of = [](const char* code) { return FaultKinds::of({base::ErrorKind::Fatal, base::Side::Database, "", code, "", {}}); };
  FaultKinds met;
  EXPECT_FALSE(met.add(of("P0001"))) << "a trigger's: no test would have found it";
  EXPECT_TRUE(met.add(of("23514")));
  EXPECT_FALSE(met.add(of("23502")));
  EXPECT_TRUE(met.values && !met.foreign_keys && !met.uniques && !met.misfits);
  EXPECT_TRUE(met.add(of("23503")));
  EXPECT_TRUE(met.add(of("23505")));
  EXPECT_FALSE(met.add(of("23P01")));
  EXPECT_TRUE(met.add(of("22P02")));
  EXPECT_FALSE(met.add(FaultKinds::all()));
}

// F9: NOT NULL
TEST_P(Rejecting, AMissingRequiredValueIsOneRejectWithItsColumn) {
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5), row("b", Cell::null(), 5)}), "1 inserted, 1 rejected");
  EXPECT_EQ(rejects(), R"(write|b|name|23502|{"row":1})");
}

// F7, rule 12: unique violation on another column
TEST_P(Rejecting, ATakenUniqueValueOfAnotherColumnIsOneReject) {
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5, Cell::of("x@x")), row("b", Cell::of("B"), 5, Cell::of("y@x"))}), "2 inserted");
  EXPECT_EQ(to.write({row("c", Cell::of("C"), 5, Cell::of("x@x")), row("d", Cell::of("D"), 5, Cell::of("z@x"))}), "1 inserted, 1 rejected");
  EXPECT_EQ(to.write({row("b", Cell::of("B"), 5, Cell::of("x@x")), row("a", Cell::of("AA"), 5, Cell::of("x@x"))}), "1 updated, 1 rejected");
  const std::string subject = postgres() ? "classes_email" : "email";
  EXPECT_EQ(rejects(), "write|c|" + subject + R"(|23505|{"row":0}, write|b|)" + subject + R"(|23505|{"row":0})");
  EXPECT_EQ(all("SELECT external_id, name, email FROM classes ORDER BY external_id"), "a|AA|x@x, b|B|y@x, d|D|z@x");
}

TEST_P(Rejecting, AForeignKeyThatLeadsNowhereIsOneReject) {
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5), row("b", Cell::of("B"), 5, Cell::null(), 77)}), "1 inserted, 1 rejected");
  EXPECT_EQ(rejects(), std::string("write|b|") + (postgres() ? "classes_studio" : "") + R"(|23503|{"row":1})");
}

// F9: value too long
TEST_P(Rejecting, ATextThatIsTooLongIsOneRejectAndNeverCut) {
  Loader to = loader("classes");
  const std::string result = to.write({row("a", Cell::of("0123456789"), 5), row("b", Cell::of("0123456789a"), 5)});
  EXPECT_EQ(result, "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(rejects(), R"(write|b|name|22001|{"row":1})");
}

TEST_P(Rejecting, ANumberOutsideItsColumnIsOneRejectAndNeverRounded) {
  const std::string when = postgres() ? "timestamptz" : "DATETIME";
  run(std::string("CREATE TABLE sales (external_id text UNIQUE, seats smallint, \"the price\" ") +
      (postgres() ? "numeric" : "DECIMAL TEXT") + "(6,2), synced_at " + when + ")");
  entity("sales", {"seats", "the price"});
  Loader to = loader("sales");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(32767), Cell::decimal("9999.99")},
                      {Cell::of("b"), integer(1), Cell::decimal("1.005")},
                      {Cell::of("c"), integer(1), Cell::decimal("10000")}}),
            "1 inserted, 2 rejected");
  EXPECT_EQ(rejects(), R"(write|b|the price|22003|{"row":1}, write|c|the price|22003|{"row":2})");
  EXPECT_EQ(all("SELECT reason FROM " + own("sync_reject") + " WHERE key = 'b'").substr(0, 11), "the price: ");
}

TEST_P(Rejecting, AWrongEnumLabelIsOneReject) {
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5), row("b", Cell::of("B"), 5, Cell::null(), 1, "outdoor")}), "1 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT key, code, payload FROM " + own("sync_reject")),
            std::string("b|") + (postgres() ? "22P02" : "23514") + R"(|{"row":1})");
}

// F9: a trigger raises
TEST_P(Rejecting, ATriggersRefusalIsOneReject) {
  run(postgres() ? "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name = 'bad' THEN RAISE EXCEPTION 'no bad "
                   "classes'; END IF; RETURN NEW; END $$;"
                   "CREATE TRIGGER refuse BEFORE INSERT ON classes FOR EACH ROW EXECUTE FUNCTION refuse()"
                 : "CREATE TRIGGER refuse BEFORE INSERT ON classes WHEN NEW.name = 'bad' BEGIN SELECT RAISE(ABORT, 'no bad classes'); END");
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("bad"), 5), row("b", Cell::of("good"), 5)}), "1 inserted, 1 rejected") << to.message;
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject")), "a|P0001");
  EXPECT_NE(all("SELECT reason FROM " + own("sync_reject")).find("no bad classes"), std::string::npos);
}

// F9: a trigger raises an SQLSTATE of its own
TEST_P(Rejecting, WhateverSqlstateATriggersCodeEndsWithIsOneReject) {
  if (!postgres()) return;  // RAISE knows one code
  run("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.name ~ '^[A-Z0-9]{5}$' THEN RAISE EXCEPTION 'no' USING "
      "ERRCODE = NEW.name; END IF; IF NEW.name = 'two' THEN NEW.email := (SELECT g::text FROM generate_series(1, 2) AS g); END IF; IF "
      "NEW.name = 'none' THEN CASE NEW.name WHEN 'one' THEN NULL; END CASE; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE INSERT ON classes FOR EACH ROW EXECUTE FUNCTION refuse()");
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("P0002"), 5), row("b", Cell::of("good"), 5), row("c", Cell::of("PT400"), 5),
                      row("d", Cell::of("P0004"), 5), row("e", Cell::of("44000"), 5), row("f", Cell::of("two"), 5),
                      row("g", Cell::of("none"), 5), row("h", Cell::of("good"), 5)}),
            "2 inserted, 6 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY key"), "a|P0002, c|PT400, d|P0004, e|44000, f|21000, g|20000");
  EXPECT_EQ(landed(), "b, h");
}

// F9: value too long, for an index
TEST_P(Rejecting, ATextThatAnIndexCannotHoldIsOneReject) {
  if (!postgres()) return;  // SQLite's indexes hold any text
  Loader to = loader("classes");
  std::string noise;  // nothing that could be compressed
  for (uint64_t state = 1; noise.size() < 100000; state = state * 6364136223846793005U + 1442695040888963407U)
    noise += char('!' + (state >> 57) % 90);
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5, Cell::of(std::string_view(noise))), row("b", Cell::of("B"), 5, Cell::of("b@x"))}),
            "1 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject")), "a|54000");
}

// rule 11: bad rows are isolated
TEST_P(Rejecting, SeveralBadRowsInABatchOfAThousandAreFoundAndNoOther) {
  Loader to = loader("classes");
  std::deque<std::string> texts;
  std::vector<std::vector<Cell>> rows;
  for (int i = 0; i < 1000; ++i) {
    const auto text = [&](const std::string& of) { return texts.emplace_back(of).c_str(); };
    rows.push_back(row(text(std::to_string(1000 + i)), Cell::of("n"), 5, Cell::of(text("e" + std::to_string(i)))));
  }
  rows[0][2] = integer(-1);
  rows[17][1] = Cell::null();
  rows[18][4] = integer(99);
  rows[500][1] = Cell::of("too long for it");
  rows[998][3] = Cell::of("e3");  // taken
  rows[999][5] = Cell::of("nonsense");
  EXPECT_EQ(to.write(rows), "994 inserted, 6 rejected") << to.message;
  EXPECT_EQ(all("SELECT key FROM " + own("sync_reject") + " ORDER BY id"), "1000, 1017, 1018, 1500, 1998, 1999");
  EXPECT_EQ(all("SELECT payload FROM " + own("sync_reject") + " WHERE key = '1500'"), R"({"row":500})");
  EXPECT_EQ(all("SELECT count(*) FROM classes"), "994");
  EXPECT_EQ(all("SELECT inserted, rejected, errors_count FROM " + own("sync_log")), "994|6|6");
  for (size_t bad : {0, 17, 18, 500, 998, 999}) rows[bad] = row(texts.emplace_back(std::to_string(1000 + bad)).c_str(), Cell::of("n"), 5);
  EXPECT_EQ(to.write(rows), "6 inserted, 994 unchanged");
}

TEST_P(Rejecting, ABatchOfBadRowsOnlyLandsAsRejects) {
  Loader to = loader("classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 0), row("b", Cell::null(), 1), row("c", Cell::of("C"), -5)}), "3 rejected");
  EXPECT_EQ(landed(), "");
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY id"), "a|23514, b|23502, c|23514");
  EXPECT_EQ(all("SELECT cursor FROM " + own("sync_checkpoint")), "cursor 1");
}

TEST_P(Rejecting, ABadRowHidesNoDuplicateAndNoOlderVersion) {
  run(std::string("ALTER TABLE classes ADD COLUMN changed_at ") + (postgres() ? "timestamptz" : "DATETIME"));
  config::Entity& versioned = entity("versioned", {"name", "price"}, "changed_at");
  versioned.table.name = "classes";
  Loader to = loader("versioned");
  EXPECT_EQ(to.write({{Cell::of("a"), at(9), Cell::of("newest"), integer(1)},
                      {Cell::of("bad"), at(1), Cell::of("bad"), integer(0)},
                      {Cell::of("b"), at(1), Cell::of("b"), integer(1)},
                      {Cell::of("a"), at(3), Cell::of("old"), integer(1)}}),
            postgres() ? "2 inserted, 1 duplicate, 1 rejected" : "2 inserted, 1 stale, 1 rejected");
  EXPECT_EQ(all("SELECT external_id, name FROM classes ORDER BY external_id"), "a|newest, b|b");
}

// rule 11: class 42 is drift
TEST_P(Rejecting, WhatIsNoRowsFaultStopsTheBatchWithNothingLanded) {
  Loader to = loader("classes");
  run(postgres() ? "ALTER TABLE classes DROP COLUMN kind"
                 : "CREATE TABLE other AS SELECT id, external_id, name, price, email, studio, synced_at FROM classes; DROP TABLE classes; "
                   "ALTER TABLE other RENAME TO classes");
  EXPECT_EQ(to.write({row("a", Cell::of("A"), 5)}), "contract_drift 42703") << to.message;
  EXPECT_EQ(rejects(), "");
  EXPECT_EQ(all("SELECT count(*) FROM classes"), "0");
  EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_checkpoint")), "0");
}

TEST_P(Rejecting, AConstraintThatIsLookedAtOnlyAtCommitIsOneRowsFaultToo) {
  run("CREATE TABLE late (external_id text UNIQUE, studio integer CONSTRAINT late_studio REFERENCES studios (id) DEFERRABLE INITIALLY "
      "DEFERRED, synced_at " +
      std::string(postgres() ? "timestamptz" : "DATETIME") + ")");
  entity("late", {"studio"});
  Loader to = loader("late");
  EXPECT_EQ(to.write({{Cell::of("a"), integer(1)}, {Cell::of("b"), integer(77)}, {Cell::of("c"), integer(1)}}), "2 inserted, 1 rejected")
      << to.message;
  EXPECT_EQ(rejects(), postgres() ? R"(write|b|late_studio|23503|{"row":1})" : R"(write|b||23503|{"row":1})");
  EXPECT_EQ(all("SELECT external_id FROM late ORDER BY 1"), "a, c");
}

}  // namespace
}  // namespace syncline::load
