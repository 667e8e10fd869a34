// SPDX-License-Identifier: Apache-2.0
// Rows that are new beyond doubt go straight into the table: as INSERT would have put them there, or not this way at all.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class DirectRowsTest : public LoadTest {
 protected:
  static constexpr const char* StampColumns = ", synced_at timestamptz, sync_hash bigint, sync_xid xid)";

  void make(const std::string& columns, const std::vector<std::string>& fields) {
    run("CREATE TABLE things (external_id text UNIQUE" + columns + StampColumns);
    entity("things", fields);
  }
  /// Whether rows got there by one COPY: then no statement that inserts was ever prepared.
  std::string prepared_inserts() {
    return all("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO \"things\"%'");
  }
  static Cell text(const char* value) { return Cell::of(value); }
};

INSTANTIATE_TEST_SUITE_P(Databases, DirectRowsTest, testing::Values(sql::Dialect::Postgres), test::database_name);

TEST_P(DirectRowsTest, EveryTypeArrivesAsItWasAndStamped) {
  run("CREATE TYPE kind AS ENUM ('yoga', 'cycle'); CREATE DOMAIN seats AS integer CHECK (VALUE > 0)");
  make(
      ", flag boolean, small smallint, big bigint, exact numeric(12,2), at timestamptz, day date, clock time, doc jsonb, plain json, "
      "code uuid, short varchar(3), fixed char(3), kind kind, seats seats",
      {"flag", "small", "big", "exact", "at", "day", "clock", "doc", "plain", "code", "short", "fixed", "kind", "seats"});
  Loader to = loader("things");
  const std::vector<std::vector<Cell>> rows{
      {text("a"), Cell::of(true), Cell::of(int64_t{-7}), Cell::of(int64_t{9007199254740993}), Cell::decimal("-1234567890.50"),
       Cell::of(base::Timestamp(std::chrono::microseconds(1'700'000'000'123'456))), Cell::date(19'000),
       Cell{Cell::Type::Time, 3'600'000'001, {}}, Cell::json(R"({"a": [1]})"), Cell::json(R"({"b": 2})"),
       text("123e4567-e89b-12d3-a456-426614174000"), text("abc"), text("x"), text("cycle"), Cell::of(int64_t{3})}};
  EXPECT_EQ(to.write(rows), "1 inserted");
  EXPECT_EQ(prepared_inserts(), "0");
  EXPECT_EQ(all("SELECT external_id, flag, small, big, exact, at, day, clock, doc, plain, code, short, fixed, kind, seats FROM things"),
            "a|t|-7|9007199254740993|-1234567890.50|2023-11-14 22:13:20.123456+00|2022-01-08|01:00:00.000001|{\"a\": [1]}|{\"b\": "
            "2}|123e4567-e89b-12d3-a456-426614174000|abc|x  |cycle|3");
  EXPECT_EQ(all("SELECT sync_xid = xmin, sync_hash IS NOT NULL, synced_at BETWEEN now() - interval '1 minute' AND now() FROM things"),
            "t|t|t");
  EXPECT_EQ(to.sent(rows), "") << "the stamp holds";
}

TEST_P(DirectRowsTest, ParentsAreLinkedByTheirIds) {
  run("CREATE TABLE people (id integer PRIMARY KEY, external_id text UNIQUE" + std::string(StampColumns) +
      "; INSERT INTO people VALUES (41, 'p1'), (42, 'p2')");
  run("CREATE TABLE places (id uuid PRIMARY KEY, external_id bigint UNIQUE" + std::string(StampColumns) +
      "; INSERT INTO places VALUES ('123e4567-e89b-12d3-a456-426614174000', 9)");
  entity("people", {});
  entity("places", {});
  make(", person_id integer REFERENCES people (id), place_id uuid REFERENCES places (id)", {});
  for (const auto& [column, to] : {std::pair{"person_id", "people"}, std::pair{"place_id", "places"}})
    by_external_id(relation(project_.entities.back(), column, to));
  Loader to = loader("things");
  EXPECT_EQ(to.write({{text("a"), text("p2"), text("9")}, {text("b"), text("p1"), Cell::null()}, {text("c"), Cell::null(), text("9")}}),
            "3 inserted");
  EXPECT_EQ(prepared_inserts(), "0");
  EXPECT_EQ(all("SELECT external_id, person_id, place_id FROM things ORDER BY 1"),
            "a|42|123e4567-e89b-12d3-a456-426614174000, b|41|NULL, c|NULL|123e4567-e89b-12d3-a456-426614174000");
}

TEST_P(DirectRowsTest, ABadRowIsRejectedAndTheOthersLand) {
  make(", name text NOT NULL, seats integer CHECK (seats > 0)", {"name", "seats"});
  Loader to = loader("things");
  EXPECT_EQ(to.write({{text("a"), text("A"), Cell::of(int64_t{1})}, {text("b"), text("B"), Cell::of(int64_t{0})}}),
            "1 inserted, 1 rejected");
  EXPECT_EQ(all("SELECT external_id FROM things"), "a");
}

TEST_P(DirectRowsTest, WhatATriggerDropsIsSeen) {
  make(", name text", {"name"});
  run("CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
      "CREATE TRIGGER t BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION drop_it()");
  Loader to = loader("things");
  EXPECT_EQ(to.write({{text("a"), text("A")}}), "contract_drift raced");
}

TEST_P(DirectRowsTest, ARuleIsNotPassedOver) {
  make(", name text", {"name"});
  run("CREATE TABLE noted (name text); CREATE RULE r AS ON INSERT TO things DO ALSO INSERT INTO noted VALUES (NEW.name)");
  Loader to = loader("things");
  // COPY would have inserted the row and not have noted it.
  EXPECT_NE(to.write({{text("a"), text("A")}}), "1 inserted");
  EXPECT_NE(to.message.find("rules"), std::string::npos) << to.message;
  EXPECT_EQ(all("SELECT count(*) FROM things"), "0");
}

TEST_P(DirectRowsTest, ATypeWhoseBinaryFormIsNotItsTextTakesRowsByInsert) {
  make(", host inet, name text", {"host", "name"});
  Loader to = loader("things");
  EXPECT_EQ(to.write({{text("a"), text("10.0.0.1"), text("A")}}), "1 inserted");
  EXPECT_EQ(all("SELECT host FROM things"), "10.0.0.1");
}

}  // namespace
}  // namespace syncline::load
