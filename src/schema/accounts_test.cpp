// SPDX-License-Identifier: Apache-2.0
// A table that several accounts feed, from the first plan on and after it had one account's rows.
#include <gtest/gtest.h>

#include "schema/plan.hpp"
#include "state/store.hpp"
#include "state/tables.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::schema {
namespace {

class PlanningAccounts : public test::OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (!connection_) return;
    run("CREATE TABLE people (id " + counted() + ", email text)");
    add("north");
  }
  void add(const std::string& account) {
    config::Entity& made = project_.entities.emplace_back();
    made.name = "people";
    made.table = {"", "people"};
    made.account = account;
    made.key.column = "crm_id";
    made.key.place = {"entities/people.yaml", 4, 6};
    made.stamp = false;
  }
  /// The second account comes: from now on the account has a column.
  void grow() {
    add("south");
    for (config::Entity& entity : project_.entities) entity.key.account_column = "crm_account";
  }
  std::vector<std::string> migrate() {
    const auto plan = make_plan(db(), project_);
    if (!plan) return {plan.error().message};
    std::vector<std::string> out;
    for (const SchemaChange& change : plan->changes) {
      run(change.sql);
      out.push_back(change.what);
    }
    return out;
  }
  [[nodiscard]] state::TableNames names() const { return {GetParam(), ""}; }
  /// As a run of an entity leaves it.
  void was_synced_for(const std::string& account) {
    state::Store store(db(), "");
    ASSERT_TRUE(store.write_checkpoint({"people", account, "people", "", true, {}}));
  }

  config::Project project_;
};

INSTANTIATE_TEST_SUITE_P(Databases, PlanningAccounts, test::both_databases(), test::database_name);

TEST_P(PlanningAccounts, TheIdsThatAreThereAreGivenToTheAccountTheyCameFrom) {
  migrate();
  run("INSERT INTO people (email, crm_id) VALUES ('a', '1'), ('b', '2'), ('mine', NULL)");
  was_synced_for("north");
  grow();
  EXPECT_EQ(migrate(),
            (std::vector<std::string>{"people: column crm_account, for the account whose id it is",
                                      "people: the ids that are there are those of the account north, which has fed the table so far",
                                      "people: the UNIQUE index on crm_id alone goes, since ids of two accounts may be equal",
                                      "people: UNIQUE index on crm_account, crm_id, by which rows are found again"}));
  EXPECT_EQ(all("SELECT crm_account, crm_id FROM people ORDER BY id"), "north|1, north|2, NULL|NULL");
  run("INSERT INTO people (crm_account, crm_id) VALUES ('south', '1')");
  EXPECT_FALSE(db().execute("INSERT INTO people (crm_account, crm_id) VALUES ('south', '1')"));
  EXPECT_EQ(migrate(), std::vector<std::string>{});
}

TEST_P(PlanningAccounts, WhoseIdsTheyAreIsNotGuessed) {
  migrate();
  run("INSERT INTO people (email, crm_id) VALUES ('a', '1')");
  grow();
  migrate();
  EXPECT_EQ(all("SELECT crm_account FROM people"), "NULL") << "no sync of ours has written it";
}

TEST_P(PlanningAccounts, AnIndexOfTheirsOnTheIdAloneIsInTheWay) {
  run("ALTER TABLE people ADD COLUMN crm_id text");
  run("CREATE UNIQUE INDEX people_crm ON people (crm_id)");
  grow();
  EXPECT_EQ(migrate(),
            std::vector<std::string>{"entities/people.yaml:4:6: the UNIQUE index `people_crm` of `people` is on `crm_id` alone, but "
                                     "ids of two accounts may be equal: drop it, or use another column"});
}

TEST_P(PlanningAccounts, TheAccountsNameIsText) {
  run("ALTER TABLE people ADD COLUMN crm_account integer");
  grow();
  EXPECT_EQ(migrate(),
            std::vector<std::string>{"entities/people.yaml:4:6: `crm_account` holds the account's name, so it must be text, not " +
                                     std::string(postgres() ? "integer" : "INTEGER")});
}

TEST_P(PlanningAccounts, TheLogOfAnEarlierVersionGetsItsKeyAndKeepsItsRows) {
  if (postgres()) run("CREATE SCHEMA syncline");
  for (state::OwnTable table : state::own_tables()) {
    if (table.name == "sync_log") table.primary_key = {"run", "entity"};
    run(state::create_statement(table, names()));
  }
  state::Store store(db(), "");
  record::EntityReport report;
  report.entity = "people";
  report.account = "north";
  report.note = "kept";
  ASSERT_TRUE(store.begin_log(1, report));
  const std::vector<std::string> changes = migrate();
  EXPECT_NE(std::find(changes.begin(), changes.end(), "table " + names()("sync_log") + ": its key is run, entity, account in this version"),
            changes.end());
  EXPECT_EQ(all("SELECT run, entity, account, note FROM " + names()("sync_log")), "1|people|north|kept");
  report.account = "south";
  ASSERT_TRUE(store.begin_log(1, report));
  EXPECT_EQ(all("SELECT account FROM " + names()("sync_log") + " ORDER BY account"), "north, south");
  EXPECT_EQ(migrate(), std::vector<std::string>{});
}

}  // namespace
}  // namespace syncline::schema
