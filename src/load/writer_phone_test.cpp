// SPDX-License-Identifier: Apache-2.0
// A telephone number is the same one however somebody has typed it: where rows that were there before are adopted by it, and where a
// relation finds its parent by it.
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class ByPhone : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string stamps = postgres() ? ", sync_hash bigint, sync_xid xid" : "";
    run("CREATE TABLE customers (id " + counted() + ", external_id text UNIQUE, mobile varchar(40), desk text, synced_at " + when() +
        stamps + ")");
    config::Entity& customers = entity("customers", {"mobile", "desk"});
    phone(customers, "mobile").calling_code = "1";
    adopt_by(customers, {"mobile"});
  }
  [[nodiscard]] std::string when() const { return postgres() ? "timestamptz" : "DATETIME"; }
  static config::FieldMapping& phone(config::Entity& of, const std::string& column) {
    config::FieldMapping& field = *std::find_if(of.fields.begin(), of.fields.end(), [&](const auto& one) { return one.column == column; });
    field.type = config::FieldType::Phone;
    return field;
  }
  void had(const std::string& rows) {
    run("INSERT INTO customers (id, mobile, desk) VALUES " + rows);
    if (postgres()) run("ALTER TABLE customers ALTER COLUMN id RESTART WITH 100");
  }
  static std::vector<Cell> row(const char* key, const char* mobile, const Cell& desk = Cell::keep()) {
    return {Cell::of(key), mobile ? Cell::of(mobile) : Cell::null(), desk};
  }
  std::string customers() { return all("SELECT id, external_id, mobile FROM customers ORDER BY id"); }
  std::string reasons() { return all("SELECT reason FROM " + own("sync_reject") + " ORDER BY id"); }
};

INSTANTIATE_TEST_SUITE_P(Databases, ByPhone, test::both_databases(), test::database_name);

// --- what is not clear ---

TEST_P(ByPhone, OneNumberInTwoSpellingsIsTwoCandidates) {
  had("(1, '(312) 555-0142', NULL), (2, '+1 312 555 0142', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142")}), "1 rejected") << to.message;
  EXPECT_EQ(reasons(),
            "2 rows of `customers` without `external_id` have `mobile` = +13125550142 (`id` 1, 2): which of them is meant cannot be told; "
            "put the record's id into the right one");
  EXPECT_EQ(customers(), "1|NULL|(312) 555-0142, 2|NULL|+1 312 555 0142");
}

TEST_P(ByPhone, TwoRecordsThatClaimOneNumberAreBothRejected) {
  had("(1, '(312) 555-0142', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142"), row("b", "+13125550142")}), "2 rejected");
}

TEST_P(ByPhone, WhatIsNoNumberIsNobodys) {
  had("(1, 'n/a', NULL), (2, '', NULL), (3, NULL, NULL), (4, '555-0142', NULL), (5, '312 555 0142 x12', NULL), (6, '312 555 0142 or so', "
      "NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142"), row("b", nullptr)}), "2 inserted") << to.message;
}

TEST_P(ByPhone, TheSameDigitsInAnotherCountryAreAnotherNumber) {
  had("(1, '+44 3125 550142', NULL), (2, '00 49 3125550142', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142")}), "1 inserted");
}

// --- what is clear ---

TEST_P(ByPhone, ARowIsAdoptedHoweverItsNumberIsWrittenAndGetsItAsAnyUpdateWouldWriteIt) {
  had("(1, '(312) 555-0142', NULL), (2, '312.555.0143', NULL), (3, '011 44 20 7946 0958', NULL), (4, ' 1-312-555-0144 ', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142"), row("b", "+13125550143"), row("c", "+442079460958"), row("d", "+13125550144")}),
            "4 adopted")
      << to.message;
  EXPECT_EQ(customers(), "1|a|+13125550142, 2|b|+13125550143, 3|c|+442079460958, 4|d|+13125550144");
  EXPECT_EQ(to.write({row("a", "+13125550142")}), "1 unchanged");
}

TEST_P(ByPhone, AColumnThatIsOnlyFilledKeepsItsSpelling) {
  phone(project_.entities.back(), "mobile").fill = true;
  had("(1, '(312) 555-0142', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142")}), "1 adopted") << to.message;
  EXPECT_EQ(customers(), "1|a|(312) 555-0142");
}

TEST_P(ByPhone, WhereExtensionsAreDroppedTheyAreDroppedInTheTableToo) {
  phone(project_.entities.back(), "mobile").drops_extension = true;
  had("(1, '(312) 555-0142 x12', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142")}), "1 adopted") << to.message;
}

TEST_P(ByPhone, ATrunkThatTheFieldNamesIsReadInTheTableToo) {
  config::FieldMapping& field = phone(project_.entities.back(), "mobile");
  field.calling_code = "52";
  field.trunk = "01";
  had("(1, '01 55 1234 5678', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+525512345678")}), "1 adopted") << to.message;
}

TEST_P(ByPhone, ANumberIsOnePartOfAKey) {
  project_.entities.back().adopt.clear();
  adopt_by(project_.entities.back(), {"desk", "mobile"});
  had("(1, '(312) 555-0142', 'North'), (2, '3125550142', 'south')");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142", Cell::of("South"))}), "1 adopted") << to.message;
  EXPECT_EQ(all("SELECT id FROM customers WHERE external_id = 'a'"), "2");
}

TEST_P(ByPhone, AColumnWithoutTheTypeIsComparedAsText) {
  phone(project_.entities.back(), "mobile").type = config::FieldType::FromColumn;
  had("(1, '(312) 555-0142', NULL), (2, '+13125550142', NULL)");
  Loader to = loader("customers");
  EXPECT_EQ(to.write({row("a", "+13125550142")}), "1 adopted");
  EXPECT_EQ(customers(), "1|NULL|(312) 555-0142, 2|a|+13125550142");
}

// --- relations ---

class RelatingByPhone : public ByPhone {
 protected:
  void SetUp() override {
    ByPhone::SetUp();
    if (!connection_) return;
    run("CREATE TABLE calls (external_id text UNIQUE, customer_id bigint, synced_at " + when() + ")");
    config::Relation& caller = relation(entity("calls", {}), "customer_id", "customers");
    by_column(caller, "mobile");
    caller.missing = config::Relation::Missing::Reject;
    caller.table_column = "id";
    had("(1, '(312) 555-0142', NULL), (2, '+13125550143', NULL), (3, '312-555-0144', NULL), (4, '3125550144', NULL)");
  }
  static std::vector<Cell> call(const char* key, const char* from) { return {Cell::of(key), Cell::of(from)}; }
};

INSTANTIATE_TEST_SUITE_P(Databases, RelatingByPhone, test::both_databases(), test::database_name);

TEST_P(RelatingByPhone, AParentIsFoundHoweverEitherSideWritesTheNumber) {
  Loader to = loader("calls");
  EXPECT_EQ(to.write({call("a", "+13125550142"), call("b", "1.312.555.0143"), call("c", "312 555 0142")}), "3 inserted") << to.message;
  EXPECT_EQ(all("SELECT external_id, customer_id FROM calls ORDER BY 1"), "a|1, b|2, c|1");
}

TEST_P(RelatingByPhone, SeveralParentsAndNoneAreRejects) {
  Loader to = loader("calls");
  EXPECT_EQ(to.write({call("a", "312 555 0144"), call("b", "n/a"), call("c", "+13125550149")}), "3 rejected") << to.message;
  EXPECT_EQ(all("SELECT key, code FROM " + own("sync_reject") + " ORDER BY key"),
            "a|relation_ambiguous, b|relation_missing, c|relation_missing");
}

}  // namespace
}  // namespace syncline::load
