// SPDX-License-Identifier: Apache-2.0
// Numbered files: each applied once, in one transaction, or not at all.
#include "schema/migrations.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "support/on_both_databases.hpp"

namespace syncline::schema {
namespace {

using base::ErrorKind;

class Migrating : public test::OnBothDatabases {
 protected:
  [[nodiscard]] std::filesystem::path files() const { return folder_.path() / "migrations"; }
  void file(const std::string& name, std::string_view text) { folder_.write("migrations/" + name, text); }

  /// What `migrate` does with the folder's files: the names it applied, or the error.
  std::string apply_all() { return apply_all(db()); }
  std::string apply_all(sql::Connection& connection) {
    state::Store store(connection, project_.tables_prefix);
    const auto migrations = read_migrations(files());
    if (!migrations) return failed(migrations.error());
    const auto left = pending(store, *migrations);
    if (!left) return failed(left.error());
    std::string out;
    for (const Migration& migration : *left) {
      const auto applied = apply(store, migration);
      if (!applied) return failed(applied.error());
      if (*applied) out += (out.empty() ? "" : ", ") + migration.name;
    }
    return out;
  }
  /// Saves what is planned; the file's name, "" if nothing is.
  std::string save() {
    const auto plan = make_plan(db(), project_);
    if (!plan) return plan.error().message;
    if (plan->changes.empty()) return "";
    state::Store store(db(), project_.tables_prefix);
    const auto saved = save_plan(store, files(), *plan);
    return saved ? saved->name : saved.error().message;
  }
  std::string tables() {
    const auto names = db().table_names();
    std::string out;
    for (const std::string& name : *names) {
      if (!name.starts_with("sync_")) out += name + " ";
    }
    return out;
  }
  std::string migrations_on_record() {
    return all("SELECT number, name FROM " + state::TableNames(GetParam(), "")("sync_migration") + " ORDER BY number");
  }

  config::Project project_;
  base::Error error_;  ///< the last one

 private:
  std::string failed(const base::Error& error) {
    error_ = error;
    return error.message;
  }
};

INSTANTIATE_TEST_SUITE_P(Databases, Migrating, test::both_databases(), test::database_name);

bool says(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

// --- files that are refused ---

TEST_P(Migrating, AFileWithoutANumberIsRefused) {
  for (const char* name : {"init.sql", "-1_x.sql", "0_x.sql", "x1.sql", "99999999999999999999_x.sql"}) {
    file(name, "SELECT 1;");
    EXPECT_TRUE(says(apply_all(), "begins with its number")) << name;
    EXPECT_EQ(error_.kind, ErrorKind::BadConfig);
    std::filesystem::remove(files() / name);
  }
}

TEST_P(Migrating, TwoFilesWithOneNumberAreRefusedAndBothNamed) {
  file("001_first.sql", "CREATE TABLE first (a integer);");
  file("1_other.sql", "CREATE TABLE other (a integer);");
  const std::string said = apply_all();
  EXPECT_TRUE(says(said, "001_first.sql") && says(said, "1_other.sql") && says(said, "same number")) << said;
  EXPECT_EQ(tables(), "");
}

TEST_P(Migrating, AFileForTheOtherDatabaseIsRefused) {
  file("001_sync_schema.sql",
       std::string("-- made by plan\n-- dialect: ") + (postgres() ? "sqlite" : "postgresql") + "\nCREATE TABLE first (a integer);");
  const std::string said = apply_all();
  EXPECT_TRUE(says(said, "001_sync_schema.sql: was written for")) << said;
  EXPECT_EQ(error_.kind, ErrorKind::BadConfig);
  EXPECT_EQ(tables(), "");
}

// F13: checksums
TEST_P(Migrating, AFileThatChangedAfterItWasAppliedIsRefused) {
  file("001_first.sql", "CREATE TABLE first (a integer);");
  EXPECT_EQ(apply_all(), "001_first.sql");
  file("001_first.sql", "CREATE TABLE first (a integer); ");
  const std::string said = apply_all();
  EXPECT_TRUE(says(said, "migrations/001_first.sql has changed since it was applied")) << said;
  EXPECT_EQ(error_.kind, ErrorKind::ContractDrift);
  state::Store store(db(), "");
  EXPECT_FALSE(apply(store, read_migrations(files())->front()));
  file("001_first.sql", "CREATE TABLE first (a integer);");
  EXPECT_EQ(apply_all(), "");
}

TEST_P(Migrating, AFileThatEndsItsTransactionIsRefusedBeforeAnythingHappens) {
  for (const char* text :
       {"CREATE TABLE a (a integer); COMMIT; CREATE TABLE b (a integer);", "BEGIN;\nCREATE TABLE a (a integer);\nCOMMIT;",
        "CREATE TABLE a (a integer);\n-- now\n  commit ;", "/* ; */ Rollback;", "CREATE TABLE a (a integer); start transaction;",
        "SELECT ';'; COMMIT", "CREATE TABLE a (a integer); END; CREATE TABLE b (a integer);",
        "CREATE TABLE a (a integer);\nend transaction"}) {
    file("001_first.sql", text);
    const std::string said = apply_all();
    EXPECT_TRUE(says(said, "001_first.sql: ") && says(said, "in a transaction already")) << text << ": " << said;
    EXPECT_EQ(error_.kind, ErrorKind::BadConfig);
    EXPECT_EQ(tables(), "");
  }
}

TEST_P(Migrating, WhatOnlyLooksLikeTheEndOfATransactionIsNone) {
  file("001_first.sql",
       "CREATE TABLE \"a;commit\" (\"commit\" integer, b text DEFAULT '; COMMIT; it''s; rollback;'); -- ; COMMIT;\n/* ; COMMIT; /* ; */ */ "
       "SAVEPOINT s; ROLLBACK TO SAVEPOINT s;");
  if (!postgres())
    file("001_first.sql",
         "CREATE TABLE \"a;commit\" (\"commit\" integer, b text DEFAULT '; COMMIT; it''s; rollback;'); -- ; COMMIT;\n/* ; COMMIT; */ "
         "SAVEPOINT s; ROLLBACK TO SAVEPOINT s;");
  EXPECT_EQ(apply_all(), "001_first.sql");
  file("002_trigger.sql", postgres() ? "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $body$\nBEGIN\n  PERFORM 1;\n  BEGIN\n    "
                                       "NULL;\n  END;\n  COMMIT;\nEND;\n$body$;"
                                     : "CREATE TRIGGER t AFTER INSERT ON \"a;commit\" BEGIN\n  UPDATE \"a;commit\" SET b = 1;\nEND;");
  EXPECT_EQ(apply_all(), "002_trigger.sql");
}

// --- files that fail ---

// F13: each file is one transaction
TEST_P(Migrating, AFailingFileLeavesNothingBehindAndIsTriedAgain) {
  file("001_first.sql", "CREATE TABLE first (a integer);");
  file("002_second.sql", "CREATE TABLE second (a integer); INSERT INTO second VALUES (1); INSERT INTO absent VALUES (1);");
  file("003_third.sql", "CREATE TABLE third (a integer);");
  const std::string said = apply_all();
  EXPECT_TRUE(says(said, "migrations/002_second.sql: ") && says(said, "absent")) << said;
  EXPECT_EQ(tables(), "first ");
  EXPECT_EQ(migrations_on_record(), "1|001_first.sql");
  file("002_second.sql", "CREATE TABLE second (a integer);");
  EXPECT_EQ(apply_all(), "002_second.sql, 003_third.sql");
  EXPECT_EQ(tables(), "first second third ");
}

TEST_P(Migrating, AStatementOfTheUsersThatIsWrongIsAFileToMend) {
  const std::pair<std::string, std::string> files[] = {
      {"CREATE TABLE first (a integer);\nINSERT INTO absent VALUES (1);\n", "42P01"},
      {"CREATE TABLE first (a integer);\nCREATE TABLO second (a integer);\n", "42601"},
      {"CREATE TABLE first (a integer NOT NULL);\nINSERT INTO first VALUES (NULL);\n", "23502"}};
  for (const auto& [text, code] : files) {
    file("001_first.sql", text);
    const std::string said = apply_all();
    EXPECT_TRUE(said.starts_with("migrations/001_first.sql: ") && says(said, "; nothing of the file was applied: mend it")) << said;
    // PostgreSQL does not say where a value is that a column does not take.
    EXPECT_EQ(says(said, "(line 2)"), !postgres() || code != "23502") << said;
    EXPECT_EQ(error_.code, code);
    EXPECT_EQ(base::exit_code_of(error_), base::exit_code::Usage);
    EXPECT_EQ(tables(), "");
  }
}

TEST_P(Migrating, ExternalIdsThatAreNotUniqueStopTheIndexAndEverythingWithIt) {
  run("CREATE TABLE customers (id " + counted() + ", external_id text); INSERT INTO customers VALUES (1, 'a'), (2, 'a')");
  config::Entity& customers = project_.entities.emplace_back();
  customers.name = customers.table.name = "customers";
  customers.key.column = "external_id";
  ASSERT_EQ(save(), "001_sync_schema.sql");
  EXPECT_TRUE(says(apply_all(), "001_sync_schema.sql: ")) << error_.message;
  EXPECT_EQ(error_.code, "23505");
  EXPECT_EQ(error_.side, base::Side::Database);
  EXPECT_FALSE((*db().describe({"", "customers"}))->column("synced_at"));
  run("DELETE FROM customers WHERE id = 2");
  EXPECT_EQ(apply_all(), "001_sync_schema.sql");
}

// F12: a long reader and our ALTER
TEST_P(Migrating, ATableThatSomebodyUsesIsWaitedForNoLongerThanTheLockTimeout) {
  run("CREATE TABLE customers (id " + counted() + ")");
  file("001_first.sql", "ALTER TABLE customers ADD COLUMN external_id text;");
  const auto other = open();
  ASSERT_TRUE(other->begin());
  ASSERT_TRUE(other->query(postgres() ? "SELECT * FROM customers" : "INSERT INTO customers VALUES (1) RETURNING id"));
  const auto hasty = open(std::chrono::milliseconds(100));
  const auto started = std::chrono::steady_clock::now();
  const std::string said = apply_all(*hasty);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
  EXPECT_EQ(error_.code, "55P03");
  EXPECT_EQ(error_.kind, ErrorKind::Transient);
  EXPECT_TRUE(says(said, "001_first.sql: ") && says(said, "another session") && says(said, "nothing was applied")) << said;
  other->rollback();
  EXPECT_EQ(apply_all(*hasty), "001_first.sql");
}

// --- files that are applied ---

TEST_P(Migrating, NoFolderMeansNoFiles) { EXPECT_EQ(apply_all(), ""); }

TEST_P(Migrating, FilesAreAppliedOnceInTheOrderOfTheirNumbers) {
  file("10_third.sql", "INSERT INTO steps VALUES ('third');");
  file("2_second.sql", "INSERT INTO steps VALUES ('second');");
  file("001_first.sql", "CREATE TABLE steps (name text); INSERT INTO steps VALUES ('first');");
  file("README.md", "not a migration");
  EXPECT_EQ(apply_all(), "001_first.sql, 2_second.sql, 10_third.sql");
  EXPECT_EQ(apply_all(), "");
  file("011_fourth.sql", "INSERT INTO steps VALUES ('fourth');");
  EXPECT_EQ(apply_all(), "011_fourth.sql");
  EXPECT_EQ(migrations_on_record(), "1|001_first.sql, 2|2_second.sql, 10|10_third.sql, 11|011_fourth.sql");
  EXPECT_EQ(all("SELECT name FROM steps"), "first, second, third, fourth");
}

TEST_P(Migrating, APlanIsSavedUnderTheNextNumberAndAppliedOnce) {
  run("CREATE TABLE customers (id " + counted() + ")");
  file("007_own.sql", "CREATE TABLE own (a integer);");
  config::Entity& customers = project_.entities.emplace_back();
  customers.name = customers.table.name = "customers";
  customers.key.column = "external_id";
  EXPECT_EQ(apply_all(), "007_own.sql");
  EXPECT_EQ(save(), "008_sync_schema.sql");
  EXPECT_EQ(apply_all(), "008_sync_schema.sql");
  EXPECT_EQ(save(), "");
  EXPECT_EQ(apply_all(), "");
  EXPECT_TRUE((*db().describe({"", "customers"}))->has_unique({"external_id"}));
}

TEST_P(Migrating, WhatAFileThatIsNotAppliedYetDoesIsNotSavedAgain) {
  run("CREATE TABLE customers (id " + counted() + ")");
  config::Entity& customers = project_.entities.emplace_back();
  customers.name = customers.table.name = "customers";
  customers.key.column = "external_id";
  ASSERT_EQ(save(), "001_sync_schema.sql");
  file("002_own.sql", std::string("-- dialect: ") + (postgres() ? "postgresql" : "sqlite") + "\nCREATE TABLE own (a integer);");
  state::Store store(db(), "");
  const auto rest = [&] {
    Plan plan = *make_plan(db(), project_);
    const auto names = take_out_pending(plan, *pending(store, *read_migrations(files())), GetParam());
    EXPECT_LE(names.size(), 1u);
    return names.empty() ? "no file, and " + std::to_string(plan.changes.size())
                         : names.front() + " and " + std::to_string(plan.changes.size());
  };
  EXPECT_EQ(rest(), "001_sync_schema.sql and 0");
  customers.fields.emplace_back().column = "name";
  EXPECT_EQ(rest(), "001_sync_schema.sql and 1");
  EXPECT_EQ(apply_all(), "001_sync_schema.sql, 002_own.sql");
  EXPECT_EQ(rest(), "no file, and 1");
}

TEST_P(Migrating, AFolderThatIsLostDoesNotGiveANumberTwice) {
  file("041_own.sql", "CREATE TABLE own (a integer);");
  EXPECT_EQ(apply_all(), "041_own.sql");
  std::filesystem::remove_all(files());
  config::Entity& own = project_.entities.emplace_back();
  own.name = own.table.name = "own";
  own.key.column = "external_id";
  EXPECT_EQ(save(), "042_sync_schema.sql");
  EXPECT_EQ(apply_all(), "042_sync_schema.sql");
}

TEST_P(Migrating, ANumberThatAnotherFileHadIsTakenAndTheNextFreeOneIsSaid) {
  file("001_first.sql", "CREATE TABLE first (a integer);");
  EXPECT_EQ(apply_all(), "001_first.sql");
  std::filesystem::remove_all(files());
  file("001_other.sql", "CREATE TABLE other (a integer);");
  const std::string said = apply_all();
  EXPECT_TRUE(says(said, "migrations/001_other.sql: ") && says(said, "001_first.sql") && says(said, "begin with 002")) << said;
  EXPECT_EQ(tables(), "first ");
}

TEST_P(Migrating, AFileThatCannotBeSavedLeavesNothing) {
  folder_.write("migrations", "a file where the folder should be");
  EXPECT_TRUE(says(save(), "cannot be written: ")) << save();
  std::filesystem::remove(files());
  // A folder under the file's name: written whole, and then not renamed.
  std::filesystem::create_directories(files() / "001_sync_schema.sql" / "full");
  EXPECT_TRUE(says(save(), "001_sync_schema.sql cannot be written: ")) << save();
  size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(files())) ++entries;
  EXPECT_EQ(entries, 1u);
}

TEST_P(Migrating, ASavedFileStandsAloneInItsFolder) {
  ASSERT_EQ(save(), "001_sync_schema.sql");
  size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(files())) ++entries;
  EXPECT_EQ(entries, 1u);
}

TEST_P(Migrating, ThePrefixIsKept) {
  project_.tables_prefix = "ours_";
  ASSERT_EQ(save(), "001_sync_schema.sql");
  EXPECT_EQ(apply_all(), "001_sync_schema.sql");
  EXPECT_EQ(save(), "");
  EXPECT_EQ(apply_all(), "");
}

// F13: two migrators
TEST_P(Migrating, OfTwoMigratorsAtOnceOneAppliesAndTheOtherSeesIt) {
  ASSERT_EQ(save(), "001_sync_schema.sql");
  file("002_first.sql", "CREATE TABLE first (a integer);");
  constexpr int Migrators = 4;
  const auto migrations = read_migrations(files());
  ASSERT_TRUE(migrations);
  std::vector<std::unique_ptr<sql::Connection>> connections;
  for (int i = 0; i < Migrators; ++i) connections.push_back(open());
  std::vector<std::string> outcomes(Migrators);
  std::vector<std::thread> threads;
  for (int i = 0; i < Migrators; ++i) {
    threads.emplace_back([&, i] {
      state::Store store(*connections[size_t(i)], "");
      for (const Migration& migration : *migrations) {
        const auto applied = apply(store, migration);
        outcomes[size_t(i)] += applied ? (*applied ? "applied " : "seen ") : applied.error().message + " ";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::string together;
  for (const std::string& outcome : outcomes) together += outcome;
  EXPECT_EQ(together.size(), std::string_view("applied applied seen seen seen seen seen seen ").size()) << together;
  EXPECT_EQ(migrations_on_record(), "1|001_sync_schema.sql, 2|002_first.sql");
}

class MigratingPostgres : public Migrating {};
INSTANTIATE_TEST_SUITE_P(Databases, MigratingPostgres, testing::Values(sql::Dialect::Postgres), test::database_name);

// F12: readers queue behind an ALTER that waits for a long reader
TEST_P(MigratingPostgres, OthersReadATableThatWeWaitFor) {
  run("CREATE TABLE customers (id " + counted() + "); INSERT INTO customers DEFAULT VALUES");
  file("001_first.sql", "ALTER TABLE customers ADD COLUMN external_id text;");
  const auto long_reader = open(), ours = open(std::chrono::seconds(60)), other_reader = open(std::chrono::seconds(2));
  ASSERT_TRUE(long_reader->begin());
  ASSERT_TRUE(long_reader->query("SELECT * FROM customers"));
  std::string applied;
  std::thread migrator([&] { applied = apply_all(*ours); });
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int read = 0; read < 3;) {
    if (all("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation = 'customers'::regclass") ==
        "1") {
      ++read;
      EXPECT_EQ(all(*other_reader, "SELECT count(*) FROM customers"), "1") << "it waited for longer than two seconds";
    }
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "our ALTER did not wait";
      break;
    }
  }
  EXPECT_TRUE(long_reader->commit());
  migrator.join();
  EXPECT_EQ(applied, "001_first.sql");
}

// F12: in short tries we wait as long as the session may
TEST_P(MigratingPostgres, ManyShortWaitsEndWhenTheSessionsOwnIsOver) {
  run("CREATE TABLE customers (id " + counted() + ")");
  file("001_first.sql", "SELECT nextval('tries'); ALTER TABLE customers ADD COLUMN external_id text;");
  run("CREATE SEQUENCE tries");
  const auto other = open(), ours = open(std::chrono::milliseconds(1'000));
  ASSERT_TRUE(other->begin());
  ASSERT_TRUE(other->query("SELECT * FROM customers"));
  const std::string said = apply_all(*ours);
  EXPECT_EQ(error_.code, "55P03");
  EXPECT_TRUE(says(said, "another session works with the table: nothing was applied")) << said;
  EXPECT_EQ(all("SELECT last_value FROM tries"), "5");
  EXPECT_EQ(all(*ours, "SHOW lock_timeout"), "1s") << "the short one was the transaction's";
  other->rollback();
  EXPECT_EQ(apply_all(*ours), "001_first.sql");
}

TEST_P(MigratingPostgres, ARoleThatMayNotCreateIsToldWhoCan) {
  run("CREATE TABLE customers (id " + counted() + ")");
  const std::string database = all("SELECT current_database()"), role = "may_nothing_" + database;
  run("CREATE ROLE " + role + " LOGIN PASSWORD 'test-only-password'");
  const auto restricted = open(test::PostgresCluster::shared().url(database, role, "test-only-password"), std::chrono::seconds(5));
  ASSERT_EQ(save(), "001_sync_schema.sql");
  std::string said = apply_all(*restricted);
  EXPECT_EQ(error_.code, "42501");
  EXPECT_TRUE(says(said, "001_sync_schema.sql: permission denied") && says(said, "nothing was applied") && says(said, "owner")) << said;
  EXPECT_EQ(apply_all(), "001_sync_schema.sql");
}

}  // namespace
}  // namespace syncline::schema
