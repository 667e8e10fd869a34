// SPDX-License-Identifier: Apache-2.0
// Two accounts share a table: what is gone at one of them takes nothing from the other.
#include "base/text.hpp"
#include "load/deletes.hpp"
#include "support/loader.hpp"

namespace syncline::load {
namespace {

using namespace test_support;

using Keys = std::vector<std::string>;

class DeletesOfAccounts : public LoadTest {
 protected:
  void SetUp() override {
    LoadTest::SetUp();
    if (!connection_) return;
    const std::string when = postgres() ? "timestamptz" : "TIMESTAMP";
    const std::string ours =
        ", external_id text, account text, deleted_at " + when + ", synced_at " + when + ", UNIQUE (account, external_id))";
    run("CREATE TABLE people (id " + counted() + ", name text" + ours);
    run("CREATE TABLE visits (id " + counted() + ", person_id bigint" + ours);
    for (const char* account : {"north", "south"}) {
      config::Entity& people = of_account(entity("people", {"name"}), account);
      people.deletes.kind = config::Deletes::Kind::Hard;
      config::Entity& visits = of_account(entity("visits", {}), account);
      visits.deletes.kind = config::Deletes::Kind::Hard;
      visits.deletes.within = "person_id";
      by_external_id(relation(visits, "person_id", "people"));
    }
    for (const char* account : {"north", "south"})
      Loader(db(), project_, made("people", account)).write({row("1", "One"), row("2", "Two")});
  }
  static config::Entity& of_account(config::Entity& entity, const std::string& account) {
    entity.account = account;
    entity.key.account_column = "account";
    return entity;
  }
  config::Entity& made(const std::string& name, const std::string& account) {
    return *std::find_if(project_.entities.begin(), project_.entities.end(),
                         [&](const config::Entity& one) { return one.name == name && one.account == account; });
  }
  void softly() {
    for (const char* account : {"north", "south"}) {
      made("people", account).deletes.kind = config::Deletes::Kind::Soft;
      made("people", account).deletes.column = "deleted_at";
    }
  }
  static std::vector<Cell> row(const char* key, const char* name) { return {Cell::of(key), Cell::of(name)}; }

  template <class Do>
  auto with_deletes(Loader& loader, const config::Entity& entity, const Do& what) {
    const auto table = db().describe(entity.table);
    std::vector<record::RowColumn> columns{{record::RowColumn::Role::Key, *(*table)->column("external_id")}};
    for (size_t relation = 0; relation < entity.relations.size(); ++relation)
      columns.push_back({record::RowColumn::Role::RelationKey, {}, relation, 0});
    const auto target = bind_target(db(), project_, entity, **table, std::move(columns));
    EXPECT_TRUE(target);
    state::Store store(db(), "");
    Deletes deletes(store, entity, *target, loader.lease(), clock_);
    return what(deletes);
  }
  /// How many rows of an account's people went.
  int64_t remove(const std::string& account, const Keys& keys) {
    Loader loader(db(), project_, made("people", account));
    const auto done = with_deletes(loader, made("people", account),
                                   [&](Deletes& deletes) { return deletes.remove(keys, loader.run(), loader.report, {}); });
    EXPECT_TRUE(done) << done.error().message;
    return loader.report.counters.deleted;
  }
  std::string write(const std::string& account, const std::vector<std::vector<Cell>>& rows, Ending ending = Ending::Commit) {
    Loader loader(db(), project_, made("people", account), ending);
    const std::string said = loader.write(rows);
    return loader.message.empty() ? said : loader.message;
  }
  std::string people() {
    return all(
        "SELECT account, external_id, CASE WHEN deleted_at IS NULL THEN '' ELSE 'deleted' END FROM people ORDER BY account, "
        "external_id");
  }
  std::string remembered() { return all("SELECT account, key FROM " + own("sync_seen") + " ORDER BY account, key"); }

  base::SystemClock clock_;
};
INSTANTIATE_TEST_SUITE_P(Databases, DeletesOfAccounts, test::both_databases(), test::database_name);

TEST_P(DeletesOfAccounts, OnlyTheRowsOfTheAccountAreThereToBeDeleted) {
  EXPECT_EQ(write("south", {row("3", "Three")}), "1 inserted");
  Loader loader(db(), project_, made("people", "north"));
  const auto keys = with_deletes(loader, made("people", "north"), [](Deletes& deletes) { return deletes.keys_after(std::nullopt, 9); });
  ASSERT_TRUE(keys);
  EXPECT_EQ(base::joined(*keys, " "), "1 2");
}

TEST_P(DeletesOfAccounts, WhatIsGoneAtOneAccountStaysAtTheOther) {
  EXPECT_EQ(remove("north", {"1", "2"}), 2);
  EXPECT_EQ(people(), "south|1|, south|2|");
}

TEST_P(DeletesOfAccounts, ASoftDeleteMarksAndRemembersTheOwnRow) {
  softly();
  EXPECT_EQ(remove("north", {"1"}), 1);
  EXPECT_EQ(people(), "north|1|deleted, north|2|, south|1|, south|2|");
  EXPECT_EQ(remembered(), "north|1");
  EXPECT_EQ(
      all("SELECT count(*) FROM " + own("sync_seen") + " AS s JOIN people AS p ON p.external_id = s.key AND p.account = s.account AND " +
          (postgres() ? "s.value::timestamptz = p.deleted_at" : "s.value = p.deleted_at")),
      "1");
}

TEST_P(DeletesOfAccounts, WhatTheUserHasMarkedAtTheOtherAccountIsNotRemembered) {
  softly();
  run("UPDATE people SET deleted_at = '2026-01-01T00:00:00Z' WHERE account = 'south'");
  EXPECT_EQ(remove("north", {"1"}), 1);
  EXPECT_EQ(all("SELECT count(*) FROM " + own("sync_seen") + " WHERE value LIKE '2026-01-01%'"), "0");
  EXPECT_EQ(write("south", {row("1", "One")}), "1 unchanged");
  EXPECT_EQ(people(), "north|1|deleted, north|2|, south|1|deleted, south|2|deleted");
}

// E9: a deleted row comes back
TEST_P(DeletesOfAccounts, WhatComesBackAtOneAccountStaysDeletedAtTheOther) {
  softly();
  EXPECT_EQ(remove("north", {"1"}), 1);
  EXPECT_EQ(remove("south", {"1"}), 1);
  EXPECT_EQ(write("north", {row("1", "One")}, Ending::Rollback), "1 updated");
  EXPECT_EQ(write("north", {row("1", "One")}), "1 updated");
  EXPECT_EQ(people(), "north|1|, north|2|, south|1|deleted, south|2|");
  EXPECT_EQ(remembered(), "south|1");
  EXPECT_EQ(write("south", {row("1", "One")}), "1 updated");
  EXPECT_EQ(people(), "north|1|, north|2|, south|1|, south|2|");
  EXPECT_EQ(remembered(), "");
}

TEST_P(DeletesOfAccounts, AMarkOfTheUserIsNotTakenForOursBecauseTheOtherAccountHasOneLikeIt) {
  softly();
  EXPECT_EQ(remove("south", {"1"}), 1);
  run("UPDATE people SET deleted_at = (SELECT deleted_at FROM people WHERE account = 'south' AND external_id = '1') WHERE account = "
      "'north' AND "
      "external_id = '1'");
  EXPECT_EQ(write("north", {row("1", "One")}), "1 unchanged");
  EXPECT_EQ(people(), "north|1|deleted, north|2|, south|1|deleted, south|2|");
}

TEST_P(DeletesOfAccounts, WithResurrectTheOwnRowIsBroughtBackAlone) {
  softly();
  for (const char* account : {"north", "south"}) made("people", account).deletes.resurrect = true;
  run("UPDATE people SET deleted_at = '2026-01-01T00:00:00Z'");
  EXPECT_EQ(write("north", {row("1", "One")}), "1 updated");
  EXPECT_EQ(people(), "north|1|, north|2|deleted, south|1|deleted, south|2|deleted");
}

TEST_P(DeletesOfAccounts, WithinARecordOnlyRowsOfTheOwnAccountAreStrangers) {
  // A row of the south that somebody has linked to a person of the north.
  run("INSERT INTO visits (external_id, account, person_id) SELECT a.key, a.account, p.id FROM people AS p, (SELECT 'n1' AS key, 'north' "
      "AS "
      "account UNION ALL SELECT 's1', 'south') AS a WHERE p.account = 'north' AND p.external_id = '1'");
  Loader loader(db(), project_, made("visits", "north"));
  const std::vector<Cell> none;
  const std::vector<Family> families{{"1", none}};
  const auto gone = with_deletes(loader, made("visits", "north"), [&](Deletes& deletes) { return deletes.strangers(families); });
  ASSERT_TRUE(gone) << gone.error().message;
  EXPECT_EQ(base::joined(gone->keys, " "), "n1");
}

}  // namespace
}  // namespace syncline::load
