// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <thread>

#include "base/time.hpp"
#include "sql/connection.hpp"
#include "support/temporary_folder.hpp"

namespace syncline::sql {
namespace {

using base::ErrorKind;
using record::Cell;
using record::Column;
using record::ColumnType;

#define OK(expression)                                     \
  do {                                                     \
    const auto ok_result_ = (expression);                  \
    ASSERT_TRUE(ok_result_) << ok_result_.error().message; \
  } while (false)

class Sqlite : public testing::Test {
 protected:
  void SetUp() override { connection_ = open(); }

  std::string url() const { return "sqlite:" + (folder_.path() / "studio.db").string(); }
  std::unique_ptr<Connection> open(std::chrono::milliseconds statement = std::chrono::minutes(5)) {
    ConnectOptions options;
    options.create = true;
    options.statement = statement;
    auto connection = connect(base::Secret(url()), options);
    if (!connection) ADD_FAILURE() << connection.error().message;
    return connection ? *std::move(connection) : nullptr;
  }
  Connection& db() { return *connection_; }
  std::string text(std::string_view sql) {
    const auto rows = db().query(sql);
    return rows ? std::string(rows->text(0, 0)) : rows.error().code + ": " + rows.error().message;
  }
  base::Error error_of(std::string_view sql) {
    const auto changed = db().change(sql);
    if (changed) ADD_FAILURE() << "was not refused: " << sql;
    return changed ? base::Error{} : changed.error();
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(Sqlite, AMissingFileIsNotMadeUnlessAskedFor) {
  const std::filesystem::path file = folder_.path() / "absent.db";
  const auto connection = connect(base::Secret("sqlite:" + file.string()), {});
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().kind, ErrorKind::BadConfig);
  EXPECT_NE(connection.error().message.find("absent.db"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(Sqlite, AFolderThatIsMissingIsAConfigurationError) {
  ConnectOptions options;
  options.create = true;
  const auto connection = connect(base::Secret("sqlite:" + (folder_.path() / "no/such/folder.db").string()), options);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().kind, ErrorKind::BadConfig);
}

TEST_F(Sqlite, AFileThatIsNoDatabaseIsSaidToBeOne) {
  const auto file = folder_.write(
      "letter.txt",
      "Dear reader, this is not a database at all, though it is long enough to be looked at closely by whoever opens it as one.");
  const auto connection = connect(base::Secret("sqlite:" + file.string()), {});
  ASSERT_FALSE(connection);
  EXPECT_NE(connection.error().message.find("letter.txt: file is not a database; `database:` must name a file that SQLite has made"),
            std::string::npos)
      << connection.error().message;
  EXPECT_EQ(base::exit_code_of(connection.error()), base::exit_code::Usage);
  ConnectOptions looks;
  looks.access = ConnectOptions::Access::Read;
  const auto looked = connect(base::Secret("sqlite:" + file.string()), looks);
  ASSERT_FALSE(looked);
  EXPECT_EQ(base::exit_code_of(looked.error()), base::exit_code::Usage);
}

TEST_F(Sqlite, AFileThatCanOnlyBeReadIsRefusedToWhoeverWrites) {
  const std::filesystem::path file = folder_.path() / "theirs.db";
  ConnectOptions options;
  options.create = true;
  ASSERT_TRUE(connect(base::Secret("sqlite:" + file.string()), options));
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(file, std::filesystem::perms(0444));
  // Root may write any file; somebody else, as far as files go, may not.
  constexpr uid_t Somebody = 65534;
  if (geteuid() == 0) setfsuid(Somebody);
  const auto connection = connect(base::Secret("sqlite:" + file.string()), {});
  if (geteuid() == 0) setfsuid(0);
  ASSERT_FALSE(connection);
  EXPECT_NE(connection.error().message.find("theirs.db: the file can only be read: whoever runs syncline must be allowed to write"),
            std::string::npos)
      << connection.error().message;
  EXPECT_EQ(base::exit_code_of(connection.error()), base::exit_code::Usage);
}

TEST_F(Sqlite, AFailingScriptNamesTheLine) {
  const std::string url = "sqlite:" + (folder_.path() / "script.db").string();
  ConnectOptions options;
  options.create = true;
  const auto connection = connect(base::Secret(url), options);
  ASSERT_TRUE(connection) << connection.error().message;
  const auto said = [&](std::string_view script) { return (*connection)->execute(script).error().message; };
  EXPECT_EQ(said("CREATE TABLE a (b integer NOT NULL);\n-- c\n\nINSERT INTO absent VALUES (1);\n"), "no such table: absent (line 4)");
  EXPECT_EQ(said("-- ü\nSELECT 1;\n\nINSERT INTO a\n  VALUES (NULL);\nSELECT 2;"), "NOT NULL constraint failed: a.b (line 4)");
  EXPECT_EQ(said("SELECT 1;\nSELECT 2\nFORM a;"), "near \"a\": syntax error (line 3)");
  EXPECT_EQ(said("INSERT INTO absent VALUES (1)"), "no such table: absent");
}

TEST_F(Sqlite, ManyCanOpenANewFileAtOnce) {
  std::vector<std::thread> threads;
  std::array<std::string, 6> errors;
  for (std::string& error : errors) {
    threads.emplace_back([&error, url = "sqlite:" + (folder_.path() / "new.db").string()] {
      ConnectOptions options;
      options.create = true;
      options.lock = std::chrono::seconds(30);
      const auto connection = connect(base::Secret(url), options);
      if (!connection) error = connection.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& error : errors) EXPECT_EQ(error, "");
}

TEST_F(Sqlite, WhoOnlyLooksLeavesTheJournalAsItIs) {
  const std::string url = "sqlite:" + (folder_.path() / "theirs.db").string();
  ConnectOptions options;
  options.create = true;
  options.access = ConnectOptions::Access::Read;
  const auto mode = [&] { return std::string((*connect(base::Secret(url), options))->query("PRAGMA journal_mode", {})->text(0, 0)); };
  EXPECT_EQ(mode(), "delete");
  options.access = ConnectOptions::Access::Write;
  EXPECT_EQ(mode(), "wal");
  options.access = ConnectOptions::Access::Read;
  EXPECT_EQ(mode(), "wal");
}

TEST_F(Sqlite, TheSessionIsSetForSafetyAndSpeed) {
  EXPECT_EQ(text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(text("PRAGMA foreign_keys"), "1");
  EXPECT_EQ(text("PRAGMA synchronous"), "1");
  EXPECT_EQ(text("PRAGMA secure_delete"), "0");
  EXPECT_TRUE(db().description().starts_with("SQLite 3.")) << db().description();
  EXPECT_TRUE(db().description().ends_with("(studio.db)")) << db().description();
}

TEST_F(Sqlite, TextsOfInstantsSortAsTheInstantsDo) {
  OK(db().execute("CREATE TABLE t (at DATETIME)"));
  for (const char* instant : {"2026-02-27T15:34:28.5Z", "2026-02-27T15:34:28Z", "2026-02-27T15:34:28.49Z"}) {
    const Cell cell = Cell::of(*base::parse_timestamp(instant));
    OK(db().change("INSERT INTO t VALUES ($1)", std::span(&cell, 1)));
  }
  const auto rows = db().query("SELECT at FROM t ORDER BY at");
  EXPECT_EQ(rows->text(0, 0), "2026-02-27T15:34:28.000000Z");
  EXPECT_EQ(rows->text(1, 0), "2026-02-27T15:34:28.490000Z");
  EXPECT_EQ(rows->text(2, 0), "2026-02-27T15:34:28.500000Z");
  EXPECT_EQ(text("SELECT length(" + std::string(current_timestamp(Dialect::Sqlite)) + ")"), "27");
}

TEST_F(Sqlite, PostgresqlsCastOfAParameterIsTheParameter) {
  const std::array cells{Cell::of(int64_t{20}), Cell::of(int64_t{3})};
  EXPECT_EQ(db().query("SELECT $2::bigint - $1 + $2", cells)->text(0, 0), "-14");
}

TEST_F(Sqlite, ANumberThatIsNoParameterNumberIsRefused) {
  const Cell cell = Cell::of(int64_t{1});
  for (const char* sql : {"SELECT ?", "SELECT :name", "SELECT $0", "SELECT $a1"}) {
    EXPECT_EQ(db().query(sql, std::span(&cell, 1)).error().code, "08P01") << sql;
  }
}

// F10: SQLite's file is full
TEST_F(Sqlite, AFullDiskIsTransientAndEndsTheTransaction) {
  OK(db().execute("CREATE TABLE t (a text); PRAGMA max_page_count = 20"));
  OK(db().begin());
  const std::string big(400'000, 'x');
  const Cell cell = Cell::of(std::string_view(big));
  const auto changed = db().change("INSERT INTO t VALUES ($1)", std::span(&cell, 1));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, "53100");
  EXPECT_EQ(changed.error().kind, ErrorKind::Transient);
  // SQLite has rolled back by itself: what follows must not be committed alone.
  EXPECT_EQ(db().change("INSERT INTO t VALUES ('alone')").error().code, "25P02");
  EXPECT_EQ(db().commit().error().code, "25P02");
  EXPECT_EQ(text("SELECT count(*) FROM t"), "0");
  OK(db().begin());
  OK(db().commit());
}

TEST_F(Sqlite, AStatementThatTakesTooLongIsStopped) {
  const auto other = open(std::chrono::milliseconds(30));
  const auto rows = other->query("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, "57014");
  EXPECT_EQ(rows.error().kind, ErrorKind::Transient);
  OK(other->query("SELECT 1"));
}

TEST_F(Sqlite, WhatCannotBeWrittenIsReadOnly) {
  OK(db().execute("CREATE TABLE t (a integer); PRAGMA query_only = ON"));
  EXPECT_EQ(error_of("INSERT INTO t VALUES (1)").code, "25006");
}

// F18: busy and locked are told apart
TEST_F(Sqlite, ErrorsHaveTheNearestSqlstate) {
  OK(db().execute(
      "CREATE TABLE t (a integer, b text, UNIQUE (a, b)); CREATE TABLE strict_one (n INT) STRICT; CREATE UNIQUE INDEX t_expression ON t "
      "(lower(b));"
      "CREATE TABLE rows_only (id INTEGER PRIMARY KEY); CREATE TABLE calculated (a integer, b integer GENERATED ALWAYS AS (a) STORED); "
      "CREATE VIEW v AS SELECT a FROM t;"
      "CREATE TABLE guarded (a integer); CREATE TRIGGER no BEFORE INSERT ON guarded BEGIN SELECT RAISE(ABORT, 'not on Sundays'); END;"
      "INSERT INTO t VALUES (1, 'x')"));
  const base::Error unique = error_of("INSERT INTO t VALUES (1, 'x')");
  EXPECT_EQ(unique.code, "23505");
  EXPECT_TRUE(unique.subject == "a, b" || unique.subject == "t_expression") << unique.subject;
  EXPECT_EQ(error_of("INSERT INTO t VALUES (2, 'X')").subject, "t_expression");
  const base::Error mismatch = error_of("INSERT INTO strict_one VALUES ('abc')");
  EXPECT_EQ(mismatch.code, "22P02");
  EXPECT_EQ(mismatch.subject, "n") << mismatch.message;
  EXPECT_EQ(error_of("INSERT INTO rows_only VALUES ('abc')").code, "22P02");
  EXPECT_EQ(error_of("INSERT INTO calculated VALUES (1, 2)").code, "42000");
  EXPECT_EQ(error_of("INSERT INTO calculated (b) VALUES (2)").code, "428C9");
  EXPECT_EQ(error_of("INSERT INTO v VALUES (1)").code, "42809");
  const base::Error raised = error_of("INSERT INTO guarded VALUES (1)");
  EXPECT_EQ(raised.code, "P0001");
  EXPECT_EQ(raised.message, "not on Sundays");
  EXPECT_TRUE(is_row_fault(raised));
  EXPECT_EQ(error_of("INSERT INTO t VALUES (1, 'y') ON CONFLICT (a) DO NOTHING").code, "42P10");
  EXPECT_EQ(error_of("CREATE TABLE t (a integer)").code, "42P07");
  EXPECT_EQ(error_of("ALTER TABLE t ADD COLUMN a integer").code, "42701");
  EXPECT_EQ(error_of("INSERT INTO t (absent) VALUES (1)").subject, "absent");
  EXPECT_EQ(error_of("INSERT INTO t VALUES (abs(-9223372036854775807 - 1), '')").code, "22003");
}

TEST_F(Sqlite, AForeignKeyIsEnforced) {
  OK(db().execute(
      "CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE t (up integer REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"));
  OK(db().begin());
  OK(db().change("INSERT INTO t VALUES (77)"));
  const auto committed = db().commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, "23503");
  db().rollback();
  EXPECT_EQ(text("SELECT count(*) FROM t"), "0");
}

TEST_F(Sqlite, ADeclaredTypeSaysWhatAColumnIsFor) {
  struct Expected {
    const char* declared;
    ColumnType type;
    std::optional<int> length, precision, scale;
  };
  using T = ColumnType;
  const Expected all[] = {{"INTEGER", T::Integer, {}, {}, {}},
                          {"bigint", T::Integer, {}, {}, {}},
                          {"TINYINT(1)", T::Integer, {}, {}, {}},
                          {"boolean", T::Boolean, {}, {}, {}},
                          {"TEXT", T::Text, {}, {}, {}},
                          {"varchar(20)", T::Text, 20, {}, {}},
                          {"VARCHAR ( 20 )", T::Text, 20, {}, {}},
                          {"CLOB", T::Text, {}, {}, {}},
                          {"datetime", T::Timestamp, {}, {}, {}},
                          {"TIMESTAMP", T::Timestamp, {}, {}, {}},
                          {"LOCAL DATETIME", T::LocalTimestamp, {}, {}, {}},
                          {"date", T::Date, {}, {}, {}},
                          {"time", T::Time, {}, {}, {}},
                          {"json", T::Json, {}, {}, {}},
                          {"JSON TEXT", T::Json, {}, {}, {}},
                          {"uuid", T::Uuid, {}, {}, {}},
                          {"UUID TEXT", T::Uuid, {}, {}, {}},
                          {"DECIMAL TEXT(10,2)", T::Decimal, {}, 10, 2},
                          {"DECIMAL TEXT", T::Decimal, {}, {}, {}},
                          {"REAL", T::Real, {}, {}, {}},
                          {"double precision", T::Real, {}, {}, {}},
                          {"FLOAT", T::Real, {}, {}, {}},
                          {"BLOB", T::Other, {}, {}, {}},
                          {"", T::Other, {}, {}, {}},
                          {"DECIMAL(10,2)", T::Real, {}, {}, {}},
                          {"numeric", T::Real, {}, {}, {}}};
  std::string parts;
  for (const Expected& one : all) parts += (parts.empty() ? "c" : ", c") + std::to_string(&one - all) + " " + one.declared;
  OK(db().execute("CREATE TABLE t (" + parts + ")"));
  const auto table = db().describe({"", "t"});
  ASSERT_TRUE(table && *table);
  for (const Expected& one : all) {
    const Column& column = (*table)->columns[size_t(&one - all)];
    EXPECT_EQ(column.type, one.type) << one.declared;
    EXPECT_EQ(column.length_max, one.length) << one.declared;
    EXPECT_EQ(column.precision, one.precision) << one.declared;
    EXPECT_EQ(column.scale, one.scale) << one.declared;
  }
}

TEST_F(Sqlite, ARowIdFillsItselfInAndIsUnique) {
  OK(db().execute(
      "CREATE TABLE a (id INTEGER PRIMARY KEY, name text); CREATE TABLE b (id bigint PRIMARY KEY, name text);"
      "CREATE TABLE c (id text PRIMARY KEY, name text) WITHOUT ROWID; CREATE TABLE d (x integer, y integer, PRIMARY KEY (y, x))"));
  const auto described = [&](const char* name) { return **db().describe({"", name}); };
  EXPECT_TRUE(described("a").column("id")->has_default);
  EXPECT_FALSE(described("a").column("id")->nullable);
  EXPECT_TRUE(described("a").has_unique({"id"}));
  EXPECT_FALSE(described("b").column("id")->has_default);
  EXPECT_TRUE(described("b").has_unique({"id"}));
  EXPECT_FALSE(described("c").column("id")->has_default);
  EXPECT_FALSE(described("c").column("id")->nullable);
  EXPECT_TRUE(described("c").has_unique({"id"}));
  EXPECT_EQ(described("d").unique_indexes.at(0).columns, (std::vector<std::string>{"y", "x"}));
}

TEST_F(Sqlite, AnIndexThatComparesOtherwiseThanItsColumnStillArbitrates) {
  OK(db().execute("CREATE TABLE t (a text); CREATE UNIQUE INDEX t_a ON t (a COLLATE NOCASE); INSERT INTO t VALUES ('x')"));
  EXPECT_TRUE((*db().describe({"", "t"}))->has_unique({"a"}));
  EXPECT_EQ(*db().change("INSERT INTO t VALUES ('X') ON CONFLICT (a) DO NOTHING"), 0);
}

TEST_F(Sqlite, TriggersOfATableAreTold) {
  OK(
      db().execute("CREATE TABLE t (a integer); CREATE TABLE other (a integer); CREATE TRIGGER later AFTER UPDATE ON T BEGIN SELECT 1; END;"
                   "CREATE TEMP TRIGGER brief BEFORE INSERT ON t BEGIN SELECT 1; END; CREATE TRIGGER others AFTER INSERT ON other BEGIN "
                   "INSERT INTO t VALUES (1); END; CREATE VIRTUAL TABLE words USING fts5(word)"));
  const auto table = db().describe({"", "t"});
  ASSERT_TRUE(table && *table);
  std::string told;
  for (const record::Trigger& trigger : (*table)->triggers) told += trigger.name + (trigger.fills_inserts ? "+ " : " ");
  EXPECT_EQ(told, "brief later ");
  EXPECT_EQ((*db().describe({"", "words"}))->kind, record::TableKind::Virtual);
}

TEST_F(Sqlite, AForeignKeyWithoutColumnsMeansThePrimaryKey) {
  OK(
      db().execute("CREATE TABLE parent (a integer, b integer, PRIMARY KEY (a, b)); CREATE TABLE t (x integer, y integer, FOREIGN KEY (x, "
                   "y) REFERENCES parent)"));
  const auto keys = (*db().describe({"", "t"}))->foreign_keys;
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].to_columns, (std::vector<std::string>{"a", "b"}));
}

TEST_F(Sqlite, NamesAreFoundAsSqliteFindsThem) {
  OK(db().execute("CREATE TABLE Reservations (a integer); CREATE TEMP TABLE stage (b integer)"));
  EXPECT_EQ((*db().describe({"", "reservations"}))->name.name, "Reservations");
  EXPECT_TRUE(*db().describe({"main", "reservations"}));
  EXPECT_TRUE(*db().describe({"", "stage"}));
  EXPECT_FALSE(*db().describe({"main", "stage"}));
  EXPECT_FALSE(*db().describe({"public", "reservations"}));
  EXPECT_EQ(*db().table_names(), std::vector<std::string>{"Reservations"});
}

TEST_F(Sqlite, ABatchOutsideATransactionIsOne) {
  OK(db().execute("CREATE TABLE t (a integer UNIQUE)"));
  Column a;
  a.name = "a";
  a.type = ColumnType::Integer;
  const std::array twice{Cell::of(int64_t{1}), Cell::of(int64_t{1})};
  const auto inserted = db().insert_many("t", std::span(&a, 1), twice);
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code, "23505");
  EXPECT_EQ(text("SELECT count(*) FROM t"), "0");
  OK(db().begin());
}

}  // namespace
}  // namespace syncline::sql
