// SPDX-License-Identifier: Apache-2.0
// What a record has adopted no other record gets a twin of: not in another batch, not in another run, not after a kill.
#include "load/adoption_memory.hpp"

#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

class Remembering : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string stamps = postgres() ? ", sync_hash bigint, sync_xid xid" : "";
    run("CREATE TABLE customers (id " + counted() +
        ", external_id text UNIQUE, email text, phone text, name text CHECK (name <> 'bad'), "
        "synced_at " +
        (postgres() ? "timestamptz" : "DATETIME") + stamps + ")");
    config::Entity& customers = entity("customers", {"email", "phone", "name"});
    adopt_by(customers, {"email"});
    adopt_by(customers, {"phone"});
    run("INSERT INTO customers (id, email, phone) VALUES (1, 'ann@x.org', '+1'), (2, 'bob@x.org', '+2')");
    if (postgres()) run("ALTER TABLE customers ALTER COLUMN id RESTART WITH 100");
  }
  static std::vector<Cell> row(const char* key, const char* email, const char* phone = nullptr, const char* name = "new") {
    return {Cell::of(key), email ? Cell::of(email) : Cell::null(), phone ? Cell::of(phone) : Cell::keep(), Cell::of(name)};
  }
  /// As a run does: with a writer of its own.
  std::string write(const std::vector<std::vector<Cell>>& rows, Ending ending = Ending::Commit) {
    Loader to = loader("customers", ending);
    const std::string out = to.write(rows);
    return out + to.message;
  }
  std::string customers() { return all("SELECT id, external_id FROM customers ORDER BY id"); }
  std::string remembered() { return all("SELECT entity, account, key FROM " + own("sync_adopted") + " ORDER BY key"); }
};

INSTANTIATE_TEST_SUITE_P(Databases, Remembering, test::both_databases(), test::database_name);

// --- a second claimant ---

TEST_P(Remembering, ALaterRunRejectsTheSecondClaimantAndNamesBoth) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(write({row("b", " Ann@x.org"), row("c", "c@x.org")}), "1 inserted, 1 rejected");
  EXPECT_EQ(all("SELECT key, field, code, reason FROM " + own("sync_reject")),
            "b|email|adopt_ambiguous|the row of `customers` with `email` = ann@x.org (`id` 1) was adopted by record a, which keeps it, and "
            "record b claims it, too: if it is the same, merge the two at the source; if it is the right one, put its id into "
            "`external_id`; if it is neither, insert a row with its id");
  EXPECT_TRUE(customers().starts_with("1|a, 2|NULL, ")) << customers();
}

TEST_P(Remembering, ARejectThatIsTriedAgainStaysOne) {
  EXPECT_EQ(write({row("a", "ann@x.org"), row("b", "ann@x.org")}), "2 rejected");
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted") << "alone it is clear";
  EXPECT_EQ(write({row("b", "ann@x.org")}), "1 rejected");
  EXPECT_EQ(write({row("a", "ann@x.org"), row("b", "ann@x.org")}), "1 unchanged, 1 rejected");
}

TEST_P(Remembering, ItIsRememberedByTheKeyThatTheRowWasAdoptedBy) {
  EXPECT_EQ(write({row("a", "new@x.org", "+1")}), "1 adopted");
  EXPECT_EQ(write({row("b", "other@x.org", "+1")}), "1 rejected");
  EXPECT_EQ(write({row("c", "new@x.org")}), "1 inserted") << "two records share an e-mail that no row of the team's had";
}

TEST_P(Remembering, ADryRunKnowsIt) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(write({row("b", "ann@x.org")}, Ending::Rollback), "1 rejected");
}

TEST_P(Remembering, BesideABadRowToo) {
  EXPECT_EQ(write({row("a", "ann@x.org"), row("x", nullptr, nullptr, "bad")}), "1 adopted, 1 rejected");
  EXPECT_EQ(write({row("b", "ann@x.org"), row("y", nullptr, nullptr, "bad")}), "2 rejected");
}

TEST_P(Remembering, ATextOfTwoPartsIsNotTakenForAnother) {
  project_.entities.back().adopt.clear();
  adopt_by(project_.entities.back(), {"email", "phone"});
  run("UPDATE customers SET email = 'a, b', phone = 'c' WHERE id = 1");
  EXPECT_EQ(write({row("a", "a, b", "c")}), "1 adopted");
  EXPECT_EQ(write({row("b", "a", "b, c")}), "1 inserted") << "one hash, but the table says who has what";
  EXPECT_EQ(write({row("c", "a, b", "c")}), "1 rejected");
}

// --- nobody's twin ---

TEST_P(Remembering, RecordsWithoutARowOfTheTeamsAreTwoPeople) {
  EXPECT_EQ(write({row("a", "ann@x.org"), row("b", "family@x.org")}), "1 inserted, 1 adopted");
  EXPECT_EQ(write({row("c", "family@x.org")}), "1 inserted");
  EXPECT_EQ(remembered(), "customers|main|a");
}

TEST_P(Remembering, ARowThatHasAnotherValueByNowIsClaimedByNobody) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(write({row("a", "anna@x.org")}), "1 updated");
  EXPECT_EQ(write({row("b", "ann@x.org")}), "1 inserted");
}

TEST_P(Remembering, ARowThatIsGoneIsClaimedByNobody) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  run("DELETE FROM customers WHERE id = 1");
  EXPECT_EQ(write({row("b", "ann@x.org")}), "1 inserted");
}

TEST_P(Remembering, WhatAPersonHasDecidedIsDecided) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(write({row("b", "ann@x.org")}), "1 rejected");
  run("UPDATE customers SET external_id = 'b' WHERE id = 1");
  EXPECT_EQ(write({row("b", "ann@x.org")}), "1 unchanged");
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 inserted") << "it is another one";
}

TEST_P(Remembering, ARowThatIsSetFreeIsAdoptedAgainAndRememberedAsWhoseItIsNow) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  run("UPDATE customers SET external_id = NULL WHERE id = 1");
  EXPECT_EQ(write({row("b", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(remembered(), "customers|main|b");
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 rejected");
}

TEST_P(Remembering, AnotherEntityOfTheTableHasAMemoryOfItsOwn) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  config::Entity& others = entity("others", {"email", "phone", "name"});
  others.table.name = "customers";
  adopt_by(others, {"email"});
  EXPECT_EQ(loader("others").write({row("b", "ann@x.org")}), "1 inserted");
}

TEST_P(Remembering, AnOwnerThatLetsGoOfTheValueInTheSameBatchIsInNobodysWay) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(write({row("a", "new@x.org"), row("b", "ann@x.org")}), "1 inserted, 1 updated");
  EXPECT_EQ(write({row("b", "ann@x.org"), row("a", "new@x.org")}), "2 unchanged");
}

TEST_P(Remembering, AnOwnerThatKeepsTheValueInTheSameBatchIsInTheWay) {
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(write({row("a", "ANN@x.org"), row("b", "ann@x.org")}), "1 updated, 1 rejected");
}

TEST_P(Remembering, WhereNothingIsInsertedNobodyIsInTheWay) {
  project_.entities.back().insert = false;
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 adopted");
  EXPECT_EQ(write({row("b", "ann@x.org")}), "1 unmatched");
}

TEST_P(Remembering, AnOwnerThatWeHaveMarkedAsDeletedIsInNobodysWay) {
  run("ALTER TABLE customers ADD COLUMN deleted_at " + std::string(postgres() ? "timestamptz" : "DATETIME"));
  project_.entities.back().deletes.kind = config::Deletes::Kind::Soft;
  project_.entities.back().deletes.column = "deleted_at";
  EXPECT_EQ(write({row("a", "ann@x.org"), row("b", "bob@x.org")}), "2 adopted");
  run("INSERT INTO " + own("sync_seen") +
      " (entity, account, key, value, deleted_at, run) VALUES ('customers', 'main', 'a', '2026-01-01', "
      "'2026-01-01 00:00:00', 1)");
  EXPECT_EQ(write({row("c", "ann@x.org"), row("d", "bob@x.org")}), "1 inserted, 1 rejected");
}

TEST_P(Remembering, TheSameNumberWithOtherZerosIsTheSameKey) {
  run("CREATE TABLE members (id " + counted() + ", external_id text UNIQUE, no numeric, synced_at " +
      (postgres() ? "timestamptz" : "DATETIME") + "); INSERT INTO members (id, no) VALUES (1, 17)");
  adopt_by(entity("members", {"no"}), {"no"});
  const auto member = [](const char* key, const char* no) { return std::vector<Cell>{Cell::of(key), {Cell::Type::Decimal, 0, no}}; };
  EXPECT_EQ(loader("members").write({member("a", "17")}), "1 adopted");
  EXPECT_EQ(loader("members").write({member("b", "17.0")}), "1 rejected");
}

TEST_P(Remembering, WhereAPartEndsIsPartOfTheKey) {
  run("INSERT INTO customers (email, name) VALUES ('p, q', 'r'), ('p', 'q, r')");
  adopt_by(project_.entities.back(), {"email", "name"});
  project_.entities.back().adopt.erase(project_.entities.back().adopt.begin(), project_.entities.back().adopt.end() - 1);
  const auto named = [](const char* key, const char* email, const char* name) {
    return std::vector<Cell>{Cell::of(key), Cell::of(email), Cell::null(), Cell::of(name)};
  };
  EXPECT_EQ(write({named("a", "p, q", "r"), named("b", "p", "q, r")}), "2 adopted");
  EXPECT_EQ(write({named("c", "p, q", "r"), named("d", "p", "q, r")}), "2 rejected");
}

// --- with the rows or not at all ---

TEST_P(Remembering, WhatWasNotCommittedIsNotRemembered) {
  run(postgres() ? "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
                   "CREATE TRIGGER drop_it BEFORE INSERT ON customers FOR EACH ROW EXECUTE FUNCTION drop_it()"
                 : "CREATE TRIGGER drop_it BEFORE INSERT ON customers BEGIN SELECT RAISE(IGNORE); END");
  EXPECT_TRUE(write({row("a", "ann@x.org"), row("c", "c@x.org")}).starts_with("contract_drift raced"));
  EXPECT_EQ(customers(), "1|NULL, 2|NULL");
  EXPECT_EQ(remembered(), "");
}

TEST_P(Remembering, ADryRunRemembersNothing) {
  EXPECT_EQ(write({row("a", "ann@x.org")}, Ending::Rollback), "1 adopted");
  EXPECT_EQ(remembered(), "");
}

TEST_P(Remembering, WithoutTheTableNothingIsAdoptedAndTheErrorSaysWhatToDo) {
  run("DROP TABLE " + own("sync_adopted"));
  EXPECT_EQ(write({row("a", "ann@x.org")}, Ending::Rollback), "1 adopted") << "a dry run may come before migrate";
  const std::string error = write({row("a", "ann@x.org")});
  EXPECT_TRUE(error.starts_with("contract_drift not_as_planned")) << error;
  EXPECT_NE(error.find("`syncline migrate` makes it"), std::string::npos) << error;
  EXPECT_EQ(customers(), "1|NULL, 2|NULL");
}

TEST_P(Remembering, WithoutAdoptItIsNotAsked) {
  project_.entities.back().adopt.clear();
  run("DROP TABLE " + own("sync_adopted"));
  EXPECT_EQ(write({row("a", "ann@x.org")}), "1 inserted");
}

TEST_P(Remembering, KeysThatAreNumbersAreFoundAsNumbers) {
  run("CREATE TABLE members (id " + counted() + ", external_id bigint UNIQUE, email text, synced_at " +
      (postgres() ? "timestamptz" : "DATETIME") + "); INSERT INTO members (id, email) VALUES (1, 'ann@x.org')");
  adopt_by(entity("members", {"email"}), {"email"});
  EXPECT_EQ(loader("members").write({{Cell::of(int64_t{7}), Cell::of("ann@x.org")}}), "1 adopted");
  EXPECT_EQ(loader("members").write({{Cell::of(int64_t{8}), Cell::of("ann@x.org")}}), "1 rejected");
}

}  // namespace
}  // namespace syncline::load
