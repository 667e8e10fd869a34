// SPDX-License-Identifier: Apache-2.0
#include "state/complete.hpp"

#include <gtest/gtest.h>

#include "support/on_both_databases.hpp"

namespace syncline::state {
namespace {

class OwnTablesAreWhole : public test::OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (connection_ && postgres()) run("CREATE SCHEMA syncline");
  }

  TableNames names(const std::string& prefix = "") { return {db().dialect(), prefix}; }
  void make(const std::string& prefix = "") {
    for (const OwnTable& table : own_tables()) run(create_statement(table, names(prefix)));
  }
  /// What is said; "" if they are whole.
  std::string lacking(const std::string& prefix = "") {
    const auto whole = check_complete(db(), names(prefix));
    if (whole) return "";
    EXPECT_EQ(whole.error().kind, base::ErrorKind::ContractDrift);
    EXPECT_EQ(whole.error().code, "not_migrated");
    return whole.error().message;
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, OwnTablesAreWhole, test::both_databases(), test::database_name);

TEST_P(OwnTablesAreWhole, BeforeTheFirstMigrationThereAreNone) {
  EXPECT_EQ(lacking(), "the database has no table of ours yet: run `syncline plan` to see what is missing, then `syncline migrate`");
  make();
  EXPECT_EQ(lacking(), "");
  EXPECT_NE(lacking("ours_"), "");
  make("ours_");
  EXPECT_EQ(lacking("ours_"), "");
}

TEST_P(OwnTablesAreWhole, EachThatAnEarlierVersionDidNotHaveIsNamed) {
  make();
  for (const OwnTable& own : own_tables()) {
    if (own.name == "sync_log") continue;
    run("DROP TABLE " + names()(own.name));
    EXPECT_EQ(lacking(), "the database lacks our table `" + own.name + "`, which this version needs: run `syncline migrate`");
    run(create_statement(own, names()));
  }
}

TEST_P(OwnTablesAreWhole, AColumnThatAnEarlierVersionDidNotHaveIsNamed) {
  make();
  run("ALTER TABLE " + names()("sync_log") + " DROP COLUMN unlinked");
  EXPECT_EQ(lacking(), "our table `sync_log` lacks its column `unlinked`, which is new in this version: run `syncline migrate`");
  for (const OwnTable& own : own_tables()) {
    for (const record::Column& column : own.columns) {
      if (own.name == "sync_log" && column.name == "unlinked") run(add_column_statement(own, column, names()));
    }
  }
  run("ALTER TABLE " + names()("sync_reject") + " DROP COLUMN payload");
  EXPECT_EQ(lacking(), "our table `sync_reject` lacks its column `payload`, which is new in this version: run `syncline migrate`");
}

TEST_P(OwnTablesAreWhole, ATableOfAnotherProgramGetsTheAdviceOfAPlan) {
  run("CREATE TABLE " + names()("sync_log") + " (run integer, mine text)");
  EXPECT_EQ(lacking(), names()("sync_log") +
                           " is there, but it is not ours (it has no column `entity`): write `tables_prefix: syncline_` "
                           "in syncline.yaml");
}

}  // namespace
}  // namespace syncline::state
