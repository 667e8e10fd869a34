// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <random>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "sql/connection.hpp"
#include "support/postgres_cluster.hpp"
#include "support/postgres_proxy.hpp"

namespace syncline::sql {
namespace {

using base::ErrorKind;
using record::Cell;
using record::Column;
using record::ColumnType;
using test::PostgresCluster;

#define OK(expression)                                     \
  do {                                                     \
    const auto ok_result_ = (expression);                  \
    ASSERT_TRUE(ok_result_) << ok_result_.error().message; \
  } while (false)

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::missing().empty()) GTEST_SKIP() << PostgresCluster::missing();
    url_ = cluster().create_database("postgres_test");
    connection_ = open(url_);
    ASSERT_TRUE(connection_);
  }

  static PostgresCluster& cluster() { return PostgresCluster::shared(); }
  Connection& db() { return *connection_; }

  static std::unique_ptr<Connection> open(const std::string& url, const ConnectOptions& options = {}) {
    auto connection = connect(base::Secret(url), options);
    if (!connection) ADD_FAILURE() << connection.error().message;
    return connection ? *std::move(connection) : nullptr;
  }

  static base::Error connect_error(const std::string& url, const ConnectOptions& options = {}) {
    const auto connection = connect(base::Secret(url), options);
    if (connection) ADD_FAILURE() << "connected";
    return connection ? base::Error{} : connection.error();
  }

  std::string text(std::string_view sql) { return text(db(), sql); }
  static std::string text(Connection& of, std::string_view sql) {
    const auto rows = of.query(sql);
    if (!rows) return rows.error().code + ": " + rows.error().message;
    return rows->empty() ? "" : std::string(rows->text(0, 0));
  }

  /// The server process of a connection ends, as when an administrator ends it.
  void kill_backend_of(Connection& victim) {
    const std::string pid = text(victim, "SELECT pg_backend_pid()");
    const auto killer = open(url_);
    OK(killer->query("SELECT pg_terminate_backend(" + pid + ")"));
    // The function's own waiting is not there before PostgreSQL 14.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (text(*killer, "SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid) != "0") {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the server process did not end";
    }
  }

  std::string database() const { return url_.substr(url_.rfind('/') + 1); }

  std::string url_;
  std::unique_ptr<Connection> connection_;
};

// --- connecting ---

TEST_F(Postgres, ARefusedConnectionIsTransientAndEndsWith23) {
  const base::Error error = connect_error("postgresql://syncline:some-password@127.0.0.1:1/x");
  EXPECT_EQ(error.kind, ErrorKind::Transient);
  EXPECT_EQ(error.side, base::Side::Database);
  EXPECT_EQ(error.code, "08001");
  EXPECT_EQ(base::exit_code_of(error), base::exit_code::Database);
  EXPECT_NE(error.message.find("Connection refused"), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find("some-password"), std::string::npos);
}

TEST_F(Postgres, AWrongPasswordIsAConfigurationErrorThatDoesNotShowIt) {
  const base::Error error = connect_error(cluster().url(database(), "syncline", "not-the-password"));
  EXPECT_EQ(error.kind, ErrorKind::BadConfig);
  EXPECT_EQ(error.code, "28P01");
  EXPECT_EQ(error.message.find("not-the-password"), std::string::npos);
  EXPECT_EQ(error.message.find("LOCATION"), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find("28P01"), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("password authentication failed"), std::string::npos) << error.message;
  EXPECT_EQ(base::redact("x not-the-password y").find("not-the-password"), std::string::npos);
}

TEST_F(Postgres, AMissingPasswordOrDatabaseIsAConfigurationError) {
  const std::string port = std::to_string(cluster().port());
  EXPECT_EQ(connect_error("postgresql://syncline@127.0.0.1:" + port + "/postgres?passfile=/nonexistent").code, "28P01");
  const base::Error error = connect_error(cluster().url("absent"));
  EXPECT_EQ(error.code, "3D000");
  EXPECT_EQ(error.kind, ErrorKind::BadConfig);
}

// F4: silence while connecting
TEST_F(Postgres, AServerThatSaysNothingIsGivenUpInTime) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  ConnectOptions options;
  options.connect = std::chrono::milliseconds(200);
  const auto started = std::chrono::steady_clock::now();
  const base::Error error = connect_error("postgresql://u:password@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x", options);
  EXPECT_EQ(error.kind, ErrorKind::Transient);
  EXPECT_EQ(error.code, "08001");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
  close(listener);
}

TEST_F(Postgres, OfSeveralHostsTheOneThatAnswersIsTaken) {
  std::string url = url_;
  url.replace(url.find("127.0.0.1:"), 10, "127.0.0.1:1,127.0.0.1:");
  EXPECT_TRUE(open(url));
}

TEST_F(Postgres, AFailingScriptNamesTheLineWhereTheServerSaysIt) {
  const auto said = [&](std::string_view script) { return db().execute(script).error().message; };
  EXPECT_EQ(said("CREATE TABLE a (b integer);\n-- üüüüüüüüüüüüüüüü\n\nINSERT INTO absent VALUES (1);\n"),
            "relation \"absent\" does not exist (line 4)");
  EXPECT_EQ(said("SELECT 1;\nSELECT 2\nFORM a;"), "syntax error at or near \"a\" (line 3)");
  EXPECT_EQ(said("SELECT 1;\nSELECT 1 / 0;"), "division by zero");
  EXPECT_EQ(said("INSERT INTO absent VALUES (1)"), "relation \"absent\" does not exist");
}

// F17: a standby, or default_transaction_read_only
TEST_F(Postgres, ADatabaseThatTakesNoWritesIsRefusedAtOnce) {
  OK(db().execute("ALTER DATABASE \"" + database() + "\" SET default_transaction_read_only = on"));
  EXPECT_EQ(connect_error(url_).code, "25006");
}

// rule 18: TimeZone and DateStyle are ours
TEST_F(Postgres, TheSessionIsOursWhateverTheDatabaseIsSetTo) {
  OK(db().execute("ALTER DATABASE \"" + database() + "\" SET TimeZone = 'America/Chicago'; ALTER DATABASE \"" + database() +
                  "\" SET DateStyle = 'German';"
                  "ALTER DATABASE \"" +
                  database() + "\" SET standard_conforming_strings = off; ALTER DATABASE \"" + database() +
                  "\" SET default_transaction_isolation = serializable;"
                  "ALTER DATABASE \"" +
                  database() + "\" SET search_path = elsewhere, public; ALTER DATABASE \"" + database() + "\" SET statement_timeout = 40"));
  ConnectOptions options;
  options.lock = std::chrono::milliseconds(1234);
  const auto other = open(url_, options);
  OK(other->begin());
  EXPECT_EQ(text(*other, "SELECT '2026-02-27 10:00:00-06'::timestamptz"), "2026-02-27 16:00:00+00");
  EXPECT_EQ(text(*other, R"(SELECT '\')"), R"(\)");
  EXPECT_EQ(text(*other, "SHOW transaction_isolation"), "read committed");
  EXPECT_EQ(text(*other, "SHOW lock_timeout"), "1234ms");
  EXPECT_EQ(text(*other, "SHOW statement_timeout"), "5min");
  EXPECT_EQ(text(*other, "SHOW search_path"), "elsewhere, public");
  EXPECT_EQ(text(*other, "SHOW application_name"), "syncline");
  EXPECT_TRUE(other->description().starts_with("PostgreSQL 1")) << other->description();
  EXPECT_EQ(other->description().find('('), std::string::npos);
}

// --- broken connections ---

TEST_F(Postgres, ABackendKilledInATransactionIsTransientAndNothingStays) {
  OK(db().execute("CREATE TABLE t (a integer)"));
  OK(db().begin());
  OK(db().change("INSERT INTO t VALUES (1)"));
  kill_backend_of(db());
  const auto changed = db().change("INSERT INTO t VALUES (2)");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().kind, ErrorKind::Transient);
  EXPECT_EQ(base::exit_code_of(changed.error()), base::exit_code::Database);
  db().rollback();
  for (const base::Error& later :
       {db().begin().error(), db().execute("SELECT 1").error(), db().query("SELECT 1").error(), db().commit().error()}) {
    EXPECT_EQ(later.kind, ErrorKind::Transient);
    EXPECT_EQ(later.code, "08003");
  }
  EXPECT_EQ(text(*open(url_), "SELECT count(*) FROM t"), "0");
}

TEST_F(Postgres, ABackendKilledBeforeACopyIsTransient) {
  OK(db().execute("CREATE TABLE t (a bigint)"));
  Column a;
  a.name = "a";
  a.type = ColumnType::Integer;
  const std::vector<Cell> cells(50'000, Cell::of(int64_t{1}));
  kill_backend_of(db());
  const auto inserted = db().insert_many("t", std::span(&a, 1), cells);
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().kind, ErrorKind::Transient);
}

// F4: the network goes silent, or the server is frozen, while an answer is waited for
TEST_F(Postgres, AServerThatFallsSilentIsGivenUpInTime) {
  ConnectOptions options;
  options.statement = std::chrono::milliseconds(2'000);
  for (const bool in_commit : {false, true}) {
    const auto opened = connect(base::Secret(url_), options);
    ASSERT_TRUE(opened) << opened.error().message;
    const auto& connection = *opened;
    const auto backend = pid_t(connection->query("SELECT pg_backend_pid()")->integer(0, 0));
    OK(connection->begin());
    ASSERT_EQ(kill(backend, SIGSTOP), 0);
    const auto started = std::chrono::steady_clock::now();
    const base::Error error = in_commit ? connection->commit().error() : connection->query("SELECT 1").error();
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
    EXPECT_EQ(error.kind, ErrorKind::Transient);
    EXPECT_EQ(error.code, in_commit ? "commit_unknown" : "08006") << error.message;
    EXPECT_TRUE(is_connection_lost(error));
    kill(backend, SIGCONT);
    OK(connection->reconnect());
    EXPECT_TRUE(connection->query("SELECT 1"));
  }
}

TEST_F(Postgres, ABackendThatDiesInCommitLeavesTheOutcomeUnknown) {
  OK(
      db().execute("CREATE TABLE t (a integer);"
                   "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); "
                   "PERFORM pg_sleep(5); RETURN NULL; END $$;"
                   "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()"));
  OK(db().begin());
  OK(db().change("INSERT INTO t VALUES (1)"));
  const auto committed = db().commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, "commit_unknown");
  EXPECT_EQ(committed.error().kind, ErrorKind::Transient);
  EXPECT_FALSE(is_row_fault(committed.error()));
}

TEST_F(Postgres, ALostAnswerToCommitIsUnknownAlsoWhenItHappened) {
  OK(db().execute("CREATE TABLE t (a integer)"));
  test::PostgresProxy proxy(cluster().port(), {.fake_process_id = false, .drop_answer_to = std::string("COMMIT\0", 7)});
  const auto other = open(proxy.through(url_));
  OK(other->begin());
  OK(other->change("INSERT INTO t VALUES (1)"));
  const auto committed = other->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, "commit_unknown");
  EXPECT_EQ(text("SELECT count(*) FROM t"), "1");
}

TEST_F(Postgres, AFailedTransactionCannotBeCommitted) {
  OK(db().execute("CREATE TABLE t (a integer)"));
  OK(db().begin());
  OK(db().change("INSERT INTO t VALUES (1)"));
  EXPECT_FALSE(db().query("SELECT 1/0"));
  EXPECT_EQ(db().commit().error().code, "25P02");
  EXPECT_EQ(text("SELECT count(*) FROM t"), "0");
  OK(db().begin());
}

TEST_F(Postgres, AConstraintThatIsCheckedAtCommitIsARowFault) {
  OK(db().execute("CREATE TABLE t (id integer PRIMARY KEY, up integer CONSTRAINT up_is_there REFERENCES t DEFERRABLE INITIALLY DEFERRED)"));
  OK(db().begin());
  OK(db().change("INSERT INTO t VALUES (1, 77)"));
  const auto committed = db().commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, "23503");
  EXPECT_EQ(committed.error().subject, "up_is_there");
  OK(db().begin());
}

TEST_F(Postgres, AStatementThatTakesTooLongIsStopped) {
  ConnectOptions options;
  options.statement = std::chrono::milliseconds(50);
  const auto other = open(url_, options);
  const auto rows = other->query("SELECT pg_sleep(30)");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, "57014");
  EXPECT_EQ(rows.error().kind, ErrorKind::Transient);
}

// --- statements ---

TEST_F(Postgres, PreparedStatementsThatAreGoneAreMadeAgain) {
  const Cell one = Cell::of(int64_t{1});
  const auto ask = [&] { return db().query("SELECT $1::bigint", std::span(&one, 1)); };
  for (int time = 0; time < 3; ++time) OK(ask());
  EXPECT_EQ(text("SELECT count(*) FROM pg_prepared_statements"), "1");
  OK(db().execute("DEALLOCATE ALL"));
  OK(ask());
  OK(ask());
}

TEST_F(Postgres, APreparedStatementThatIsGoneInATransactionIsRepeatableWithIt) {
  const Cell one = Cell::of(int64_t{1});
  const auto ask = [&] { return db().query("SELECT $1::bigint", std::span(&one, 1)); };
  for (int time = 0; time < 3; ++time) OK(ask());
  OK(db().begin());
  OK(db().execute("DEALLOCATE ALL"));
  EXPECT_EQ(ask().error().kind, ErrorKind::Transient);
  db().rollback();
  OK(db().begin());
  OK(ask());
  OK(db().commit());
}

TEST_F(Postgres, ATableThatWasAlteredWithinATransactionIsRepeatable) {
  OK(db().execute("CREATE TABLE t (a bigint)"));
  const Cell one = Cell::of(int64_t{1});
  const auto ask = [&] { return db().query("SELECT * FROM t WHERE a = $1", std::span(&one, 1)); };
  for (int time = 0; time < 3; ++time) OK(ask());
  OK(open(url_)->execute("ALTER TABLE t ADD COLUMN b text"));
  OK(db().begin());
  EXPECT_EQ(ask().error().kind, ErrorKind::Transient);
  db().rollback();
  OK(db().begin());
  OK(ask());
}

// F14: behind a pooler
TEST_F(Postgres, BehindAPoolerNothingIsPreparedAndSettingsAreLocal) {
  test::PostgresProxy proxy(cluster().port(), {.fake_process_id = true, .drop_answer_to = ""});
  const auto pooled = open(proxy.through(url_));
  EXPECT_TRUE(pooled->description().ends_with("behind a pooler")) << pooled->description();
  const Cell one = Cell::of(int64_t{1});
  for (int time = 0; time < 3; ++time) OK(pooled->query("SELECT $1::bigint", std::span(&one, 1)));
  EXPECT_EQ(text(*pooled, "SELECT count(*) FROM pg_prepared_statements"), "0");
  EXPECT_EQ(text(*pooled, "SHOW lock_timeout"), "0");
  OK(pooled->begin());
  EXPECT_EQ(text(*pooled, "SHOW lock_timeout"), "5s");
  EXPECT_EQ(text(*pooled, "SHOW TimeZone"), "UTC");
  OK(pooled->commit());
  EXPECT_EQ(text(*pooled, "SHOW lock_timeout"), "0");
}

TEST_F(Postgres, ClientCopyIsRefusedAndTheConnectionGoesOn) {
  OK(db().execute("CREATE TABLE t (a integer)"));
  for (const char* sql : {"COPY t FROM STDIN", "COPY t TO STDOUT"}) {
    EXPECT_EQ(db().execute(sql).error().code, "0A000");
    EXPECT_EQ(db().query(sql).error().code, "0A000");
    EXPECT_EQ(text("SELECT 1"), "1");
  }
}

// F16: more than 65,535 bind parameters
TEST_F(Postgres, MoreParametersThanTheProtocolHasAreRefused) {
  const std::vector<Cell> cells(65'536, Cell::of(int64_t{1}));
  EXPECT_EQ(db().query("SELECT $1", cells).error().code, "54023");
}

TEST_F(Postgres, ATriggersExceptionIsARowFault) {
  OK(
      db().execute("CREATE TABLE t (a integer); CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not on "
                   "Sundays'; END $$;"
                   "CREATE TRIGGER no BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION no()"));
  const auto changed = db().change("INSERT INTO t VALUES (1)");
  ASSERT_FALSE(changed);
  EXPECT_TRUE(is_row_fault(changed.error()));
  EXPECT_EQ(changed.error().message, "not on Sundays");
}

TEST_F(Postgres, TextFromOutsideCannotPlayTricksInAMessage) {
  OK(db().execute("CREATE TABLE t (a text UNIQUE)"));
  const Cell tricky = Cell::of("\x1b[2J\nfake line");
  OK(db().change("INSERT INTO t VALUES ($1)", std::span(&tricky, 1)));
  const auto changed = db().change("INSERT INTO t VALUES ($1)", std::span(&tricky, 1));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().message.find_first_of("\x1b\n"), std::string::npos);
  EXPECT_NE(changed.error().message.find("fake line"), std::string::npos) << changed.error().message;
}

// --- COPY ---

TEST_F(Postgres, EveryTypeOfTheCatalogCanBeCopiedInto) {
  OK(
      db().execute("CREATE DOMAIN cents AS numeric(9,0);"
                   "CREATE TABLE t (small smallint, middle integer, big bigint, single real, twice double precision, fixed character(5), "
                   "variable varchar(5),"
                   " total numeric(10,2), domain cents, yes boolean, at timestamptz, local timestamp, day date, clock time, plain json, "
                   "binary_json jsonb, id uuid)"));
  const auto table = db().describe({"", "t"});
  ASSERT_TRUE(table && *table);
  const Cell instant = {Cell::Type::Timestamp, 1'772'206'468'278'681, {}}, local = {Cell::Type::LocalTimestamp, 1'772'206'468'000'000, {}};
  const std::array cells{Cell::of(int64_t{-32768}),
                         Cell::of(int64_t{-2147483648LL}),
                         Cell::of(INT64_MIN),
                         Cell::decimal("-1.5"),
                         Cell::decimal("1.7976931348623157"),
                         Cell::of("ab"),
                         Cell::of("häß"),
                         Cell::decimal("-99999999.99"),
                         Cell::of(int64_t{123456789}),
                         Cell::of(true),
                         instant,
                         local,
                         Cell::date(-719162),
                         Cell{Cell::Type::Time, 1, {}},
                         Cell::json("{\"b\": 1, \"a\": 2}"),
                         Cell::json("{\"b\": 1, \"a\": 2}"),
                         Cell::of("{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}")};
  OK(db().insert_many("t", (*table)->columns, cells));
  const auto rows = db().query("SELECT * FROM t");
  const std::array wanted{"-32768",
                          "-2147483648",
                          "-9223372036854775808",
                          "-1.5",
                          "1.7976931348623157",
                          "ab   ",
                          "häß",
                          "-99999999.99",
                          "123456789",
                          "t",
                          "2026-02-27 15:34:28.278681+00",
                          "2026-02-27 15:34:28",
                          "0001-01-01",
                          "00:00:00.000001",
                          "{\"b\": 1, \"a\": 2}",
                          "{\"a\": 2, \"b\": 1}",
                          "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"};
  ASSERT_EQ(wanted.size(), cells.size());
  for (size_t index = 0; index < wanted.size(); ++index) EXPECT_EQ(rows->text(0, index), wanted[index]) << (*table)->columns[index].name;

  const std::vector<Cell> nulls(cells.size(), Cell::null());
  OK(db().insert_many("t", (*table)->columns, nulls));
  EXPECT_EQ(text("SELECT count(*) FROM t WHERE t.big IS NULL AND t.id IS NULL"), "1");
  const auto refused = [&](const char* name, const Cell& cell) {
    const Column* column = (*table)->column(name);
    const auto inserted = db().insert_many("t", std::span(column, 1), std::span(&cell, 1));
    return inserted ? "" : inserted.error().code + " " + inserted.error().subject;
  };
  EXPECT_EQ(refused("small", Cell::of(int64_t{32768})), "22003 small");
  EXPECT_EQ(refused("middle", Cell::of(int64_t{2147483648LL})), "22003 middle");
  EXPECT_EQ(refused("single", Cell::decimal("1" + std::string(39, '0'))), "22003 single");
  EXPECT_EQ(refused("variable", Cell::of("abcdef")), "22001 variable");
  EXPECT_EQ(refused("total", Cell::decimal("0.001")), "22003 total");
  EXPECT_EQ(refused("domain", Cell::decimal("0.5")), "22003 domain");
  // What only the server can judge names the column, too.
  EXPECT_EQ(refused("binary_json", Cell::json("{")), "22P02 binary_json");
  EXPECT_EQ(refused("plain", Cell::json("nope")), "22P02 plain");
}

TEST_F(Postgres, ATypeWeDoNotKnowIsStagedAsTextAndCast) {
  OK(db().execute(
      "CREATE TYPE mood AS ENUM ('happy', 'it''s ok'); CREATE TABLE t (m mood, tags text[]); CREATE TEMP TABLE stage (m text, tags text)"));
  const auto table = db().describe({"", "t"});
  const std::array cells{Cell::of("it's ok"), Cell::of("{a,\"b c\"}")};
  OK(db().insert_many("stage", (*table)->columns, cells));
  OK(db().change("INSERT INTO t SELECT m::mood, tags::text[] FROM stage"));
  EXPECT_EQ(text("SELECT tags[2] FROM t WHERE m = 'it''s ok'"), "b c");
}

TEST_F(Postgres, BinaryDecimalsEqualWhatTheServerReadsFromText) {
  OK(db().execute("CREATE TEMP TABLE stage (as_text text, as_number numeric)"));
  std::mt19937 random(20260227);
  const auto digits = [&](size_t count) {
    std::string out;
    for (size_t at = 0; at < count; ++at) out += random() % 3 ? '0' : char('0' + random() % 10);
    return out;
  };
  std::vector<std::string> texts;
  for (int number = 0; number < 5000; ++number) {
    const size_t fraction = random() % 30;
    texts.push_back((random() % 2 ? "-" : "") + digits(1 + random() % 30) + (fraction ? "." + digits(fraction) : ""));
  }
  texts.push_back(std::string(131'072, '9') + "." + std::string(16'383, '9'));
  Column as_text, as_number;
  as_text.name = "as_text";
  as_number.name = "as_number";
  as_number.type = ColumnType::Decimal;
  std::vector<Cell> cells;
  for (const std::string& one : texts) {
    cells.push_back(Cell::of(std::string_view(one)));
    cells.push_back(Cell::decimal(one));
  }
  OK(db().insert_many("stage", std::array{as_text, as_number}, cells));
  EXPECT_EQ(text("SELECT count(*) FROM stage"), "5001");
  EXPECT_EQ(text("SELECT as_text FROM stage WHERE as_text::numeric::text <> as_number::text OR scale(as_text::numeric) <> scale(as_number) "
                 "LIMIT 1"),
            "");
}

// --- catalog ---

TEST_F(Postgres, TheCatalogTellsTypesEnumsDomainsAndIdentities) {
  OK(
      db().execute("CREATE SCHEMA studio; CREATE TYPE studio.class_kind AS ENUM ('yoga', 'barre', 'spin'); CREATE DOMAIN email AS "
                   "varchar(80) NOT NULL CHECK (VALUE LIKE '%@%');"
                   "CREATE DOMAIN work_email AS email DEFAULT 'x@y'; CREATE DOMAIN kind AS studio.class_kind;"
                   "CREATE TABLE studio.t (always bigint GENERATED ALWAYS AS IDENTITY, usually integer GENERATED BY DEFAULT AS IDENTITY, "
                   "number serial, k studio.class_kind, kd kind, mail work_email,"
                   " price numeric(10,2), any_number numeric, small smallint, single real, name varchar(20), code "
                   "char(3), free text, moment timestamptz(0),"
                   " tags text[], place point, upper_name text GENERATED ALWAYS AS (upper(name)) STORED, dropped integer);"
                   "ALTER TABLE studio.t DROP COLUMN dropped"));
  const auto described = db().describe({"studio", "t"});
  ASSERT_TRUE(described && *described);
  const record::Table& table = **described;
  EXPECT_EQ(table.name, (record::TableName{"studio", "t"}));
  EXPECT_EQ(table.columns.size(), 17u);
  const auto column = [&](std::string_view name) { return *table.column(name); };
  EXPECT_TRUE(column("always").generated && column("always").has_default);
  EXPECT_TRUE(!column("usually").generated && column("usually").has_default);
  EXPECT_EQ(column("usually").bytes, 4);
  EXPECT_TRUE(!column("number").generated && column("number").has_default && !column("number").nullable);
  EXPECT_EQ(column("k").type, ColumnType::Other);
  EXPECT_EQ(column("k").declared, "studio.class_kind");
  EXPECT_EQ(column("k").labels, (std::vector<std::string>{"yoga", "barre", "spin"}));
  EXPECT_EQ(column("kd").labels, (std::vector<std::string>{"yoga", "barre", "spin"}));
  EXPECT_EQ(column("mail").type, ColumnType::Text);
  EXPECT_EQ(column("kd").declared, "kind");
  EXPECT_EQ(column("mail").declared, "character varying(80)") << "the domain is NOT NULL";
  EXPECT_EQ(column("mail").length_max, 80);
  EXPECT_TRUE(!column("mail").nullable && column("mail").has_default);
  EXPECT_EQ(column("price").type, ColumnType::Decimal);
  EXPECT_EQ(column("price").precision, 10);
  EXPECT_EQ(column("price").scale, 2);
  EXPECT_FALSE(column("any_number").precision || column("any_number").scale);
  EXPECT_EQ(column("small").bytes, 2);
  EXPECT_EQ(column("single").type, ColumnType::Real);
  EXPECT_EQ(column("name").length_max, 20);
  EXPECT_EQ(column("name").declared, "character varying(20)");
  EXPECT_EQ(column("code").length_max, 3);
  EXPECT_FALSE(column("free").length_max);
  EXPECT_EQ(column("moment").type, ColumnType::Timestamp);
  EXPECT_EQ(column("tags").type, ColumnType::Other);
  EXPECT_EQ(column("place").type, ColumnType::Other);
  EXPECT_TRUE(column("upper_name").generated);
}

TEST_F(Postgres, ANegativeScaleIsReadAsOne) {
  // A type modifier that rounds to hundreds; it can be declared from PostgreSQL 15 on.
  const bool declarable = db().query("SELECT current_setting('server_version_num')::integer >= 150000")->integer(0, 0) != 0;
  const auto declared = db().execute("CREATE TABLE t (rounded numeric(3,-2))");
  ASSERT_EQ(declared.has_value(), declarable);
  if (declarable) {
    EXPECT_EQ((*db().describe({"", "t"}))->column("rounded")->scale, -2);
  }
}

TEST_F(Postgres, AGeneratedColumnIsGeneratedWhetherItIsStoredOrNot) {
  // From PostgreSQL 18 on a generated column need not be stored.
  const bool virtually = db().query("SELECT current_setting('server_version_num')::integer >= 180000")->integer(0, 0) != 0;
  OK(db().execute(std::string("CREATE TABLE t (name text, upper_name text GENERATED ALWAYS AS (upper(name)) ") +
                  (virtually ? "VIRTUAL)" : "STORED)")));
  EXPECT_TRUE((*db().describe({"", "t"}))->column("upper_name")->generated);
}

// rule 12: deferrable and partial indexes are no arbiters
TEST_F(Postgres, OnlyIndexesThatCanArbitrateCount) {
  OK(db().execute(
      "CREATE TABLE t (a integer, b integer, c integer, d integer, e integer, CONSTRAINT later UNIQUE (a) DEFERRABLE, UNIQUE (b) INCLUDE "
      "(c), UNIQUE (c));"
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_c_key'::regclass; CREATE UNIQUE INDEX t_d ON t (d) WHERE e > 0"));
  const auto table = db().describe({"", "t"});
  ASSERT_TRUE(table && *table);
  EXPECT_FALSE((*table)->has_unique({"a"}));
  EXPECT_TRUE((*table)->has_unique({"b"}));
  EXPECT_FALSE((*table)->has_unique({"c"}));
  EXPECT_FALSE((*table)->has_unique({"d"}));
}

TEST_F(Postgres, APartitionedTableIsATable) {
  OK(
      db().execute("CREATE TABLE p (id integer, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day); CREATE TABLE p_2026 PARTITION "
                   "OF p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
                   "CREATE TABLE child (id integer, day date, FOREIGN KEY (id, day) REFERENCES p)"));
  EXPECT_TRUE((*db().describe({"", "p"}))->has_unique({"id", "day"}));
  EXPECT_EQ((*db().describe({"", "child"}))->foreign_keys.size(), 1u);
  EXPECT_EQ((*db().describe({"", "p"}))->kind, record::TableKind::Partitioned);
  EXPECT_EQ((*db().describe({"", "p"}))->partition_key, std::vector<std::string>{"day"});
  EXPECT_EQ((*db().describe({"", "p_2026"}))->kind, record::TableKind::Plain);
  OK(db().execute("CREATE TABLE e (a integer, b integer) PARTITION BY RANGE (b, (a + b)); CREATE MATERIALIZED VIEW m AS SELECT 1 AS a"));
  EXPECT_EQ((*db().describe({"", "e"}))->partition_key, (std::vector<std::string>{"b", ""}));
  EXPECT_EQ((*db().describe({"", "m"}))->kind, record::TableKind::MaterializedView);
  OK(db().execute("DROP TABLE e; DROP MATERIALIZED VIEW m"));
  EXPECT_EQ(*db().table_names(), (std::vector<std::string>{"child", "p"}));
}

TEST_F(Postgres, TriggersThatFireForWrittenRowsAreTold) {
  OK(db().execute(
      "CREATE TABLE t (a integer PRIMARY KEY); CREATE TABLE child (a integer REFERENCES t); CREATE FUNCTION f() RETURNS trigger "
      "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER b_fill BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE "
      "FUNCTION f(); CREATE TRIGGER a_before BEFORE INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION f(); CREATE TRIGGER c_after "
      "AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE TRIGGER d_gone AFTER DELETE ON t FOR EACH ROW EXECUTE "
      "FUNCTION f(); CREATE TRIGGER e_off AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER "
      "e_off; CREATE TRIGGER f_truncate AFTER TRUNCATE ON t FOR EACH STATEMENT EXECUTE FUNCTION f()"));
  const auto table = db().describe({"", "t"});
  ASSERT_TRUE(table && *table);
  std::string told;
  for (const record::Trigger& trigger : (*table)->triggers) told += trigger.name + (trigger.fills_inserts ? "+ " : " ");
  EXPECT_EQ(told, "a_before b_fill+ c_after ");
}

TEST_F(Postgres, AnUnqualifiedNameIsFoundBySearchPath) {
  OK(
      db().execute("CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE one.t (a integer); CREATE TABLE two.t (b integer); CREATE TABLE "
                   "two.u (b integer); SET search_path = two, one"));
  EXPECT_TRUE((*db().describe({"", "t"}))->column("b"));
  EXPECT_TRUE((*db().describe({"one", "t"}))->column("a"));
  EXPECT_EQ(*db().table_names(), (std::vector<std::string>{"one.t", "t", "u"}));
}

TEST_F(Postgres, ANameThatIsCutByTheServerFindsNothing) {
  const std::string long_name(63, 'x');
  OK(db().execute("CREATE TABLE " + long_name + " (a integer)"));
  EXPECT_TRUE(*db().describe({"", long_name}));
  EXPECT_FALSE(*db().describe({"", long_name + "y"}));
}

TEST_F(Postgres, ARoleWithFewRightsSeesTheCatalogAndNamesWhatItLacks) {
  OK(
      db().execute("CREATE SCHEMA studio; CREATE TYPE studio.kind AS ENUM ('a'); CREATE TABLE studio.t (id integer PRIMARY KEY, k "
                   "studio.kind); CREATE SCHEMA hidden; CREATE TABLE hidden.t (a integer);"
                   "DO $$ BEGIN CREATE ROLE few LOGIN PASSWORD 'few-password'; EXCEPTION WHEN duplicate_object THEN END $$; GRANT USAGE ON "
                   "SCHEMA studio TO few"));
  const auto few = open(cluster().url(database(), "few", "few-password"));
  const auto table = few->describe({"studio", "t"});
  ASSERT_TRUE(table && *table) << table.error().message;
  EXPECT_TRUE((*table)->has_unique({"id"}));
  EXPECT_EQ((*table)->column("k")->labels, std::vector<std::string>{"a"});
  const auto rows = few->query("SELECT * FROM studio.t");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, "42501");
  EXPECT_EQ(base::exit_code_of(rows.error()), base::exit_code::Drift);
  const auto hidden = few->describe({"hidden", "t"});
  ASSERT_FALSE(hidden);
  EXPECT_EQ(hidden.error().code, "42501");
}

// F9: RLS 42501
TEST_F(Postgres, ARowThatAPolicyRefusesIsTheRowsFaultInAnyLanguageAndAMissingRightIsDrift) {
  OK(
      db().execute("CREATE TABLE t (id integer, name text); CREATE TABLE others (id integer); ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
                   "CREATE POLICY p ON t WITH CHECK (name <> 'bad'); DO $$ BEGIN CREATE ROLE guarded LOGIN PASSWORD 'guarded-password'; "
                   "EXCEPTION WHEN duplicate_object THEN END $$; GRANT SELECT, INSERT ON t TO guarded"));
  const auto guarded = open(cluster().url(database(), "guarded", "guarded-password"));
  const auto refused = guarded->change("INSERT INTO t VALUES (1, 'bad')");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "42501");
  EXPECT_NE(refused.error().message.find("row-level security"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(is_row_fault(refused.error()));
  for (const char* statement : {"UPDATE t SET id = 2", "INSERT INTO others VALUES (1)"}) {
    const auto forbidden = guarded->change(statement);
    ASSERT_FALSE(forbidden) << statement;
    EXPECT_EQ(forbidden.error().code, "42501");
    EXPECT_FALSE(is_row_fault(forbidden.error())) << statement;
    EXPECT_EQ(base::exit_code_of(forbidden.error()), base::exit_code::Drift);
  }
}

TEST_F(Postgres, AUsersOwnTypesAndFunctionsDoNotMisleadTheCatalog) {
  OK(
      db().execute("CREATE SCHEMA evil; CREATE DOMAIN evil.numeric AS text; CREATE FUNCTION evil.format_type(oid, integer) RETURNS text "
                   "LANGUAGE sql AS $$ SELECT 'evil' $$;"
                   "CREATE FUNCTION evil.to_regclass(text) RETURNS regclass LANGUAGE sql AS $$ SELECT NULL::regclass $$;"
                   "CREATE TABLE public.t (a evil.numeric, b pg_catalog.numeric); SET search_path = evil, pg_catalog, public"));
  const auto table = db().describe({"public", "t"});
  ASSERT_TRUE(table && *table);
  EXPECT_EQ((*table)->column("a")->type, ColumnType::Text);
  EXPECT_EQ((*table)->column("b")->type, ColumnType::Decimal);
  EXPECT_NE((*table)->column("b")->declared, "evil");
}

}  // namespace
}  // namespace syncline::sql
