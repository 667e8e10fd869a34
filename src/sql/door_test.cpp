// SPDX-License-Identifier: Apache-2.0
// What both databases do alike: the same facts, told of each.
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "base/time.hpp"
#include "sql/connection.hpp"
#include "support/postgres_cluster.hpp"
#include "support/switched_on.hpp"
#include "support/temporary_folder.hpp"

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

Column column(std::string name, ColumnType type) {
  Column out;
  out.name = std::move(name);
  out.type = type;
  return out;
}

Cell timestamp(std::string_view text) { return Cell::of(*base::parse_timestamp(text)); }
Cell local_timestamp(std::string_view text) { return {Cell::Type::LocalTimestamp, timestamp(text).integer(), {}}; }
Cell day(std::string_view text) { return Cell::date(base::parse_date(text)->time_since_epoch().count()); }
Cell time_of_day(int64_t microseconds) { return {Cell::Type::Time, microseconds, {}}; }

class Door : public testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == Dialect::Postgres) {
      if (!PostgresCluster::missing().empty()) GTEST_SKIP() << PostgresCluster::missing();
      url_ = PostgresCluster::shared().create_database("door");
    } else {
      url_ = "sqlite:" + (folder_.path() / "door.db").string();
    }
    connection_ = open();
  }

  std::unique_ptr<Connection> open(std::chrono::milliseconds lock = std::chrono::milliseconds(5000)) {
    ConnectOptions options;
    options.create = true;
    options.lock = lock;
    options.at_most = test::switched_on();
    auto connection = connect(base::Secret(url_), options);
    if (!connection) ADD_FAILURE() << connection.error().message;
    return connection ? *std::move(connection) : nullptr;
  }

  bool postgres() const { return GetParam() == Dialect::Postgres; }
  Connection& db() { return *connection_; }

  /// A table with one column of our type, filled by insert_many; what a query then says.
  std::string round_trip(const Column& of, const Cell& cell) {
    const std::string table = sql::quoted("round " + std::to_string(++tables_));
    const auto made = db().execute("CREATE TABLE " + table + " (" + sql::quoted(of.name) + " " + type_name(GetParam(), of) + ")");
    if (!made) return "cannot create: " + made.error().message;
    if (const auto inserted = db().insert_many(table, std::span(&of, 1), std::span(&cell, 1)); !inserted)
      return inserted.error().code + " " + inserted.error().subject;
    const auto rows = db().query("SELECT " + sql::quoted(of.name) + " FROM " + table);
    if (!rows) return "cannot read: " + rows.error().message;
    return rows->at(0, 0).value_or("NULL");
  }
  std::string round_trip(ColumnType type, const Cell& cell) { return round_trip(column("value", type), cell); }

  /// The same as a parameter, cast to a type's name on PostgreSQL.
  std::string as_parameter(const std::string& type, const Cell& cell) {
    const auto rows = db().query(postgres() ? "SELECT $1::" + type : "SELECT $1", std::span(&cell, 1));
    return rows ? rows->at(0, 0).value_or("NULL") : rows.error().code + " " + rows.error().subject;
  }

  base::Error error_of(std::string_view sql, std::initializer_list<Cell> parameters = {}) {
    const auto changed = db().change(sql, std::span(parameters.begin(), parameters.size()));
    if (changed) ADD_FAILURE() << "was not refused: " << sql;
    return changed ? base::Error{} : changed.error();
  }

  test::TemporaryFolder folder_;
  std::string url_;
  std::unique_ptr<Connection> connection_;
  int tables_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Databases, Door, testing::Values(Dialect::Sqlite, Dialect::Postgres),
                         [](const auto& of) { return of.param == Dialect::Postgres ? "PostgreSQL" : "SQLite"; });

// --- values ---

// D1, rule 20: no text is cut at a NUL
TEST_P(Door, NulIsRefusedNeverTruncated) {
  using namespace std::string_view_literals;
  OK(db().execute("CREATE TABLE t (a text)"));
  const base::Error error = error_of("INSERT INTO t VALUES ($1)", {Cell::of("abc\0def"sv)});
  EXPECT_EQ(error.code, "22021");
  EXPECT_EQ(error.subject, "parameter $1");
  EXPECT_TRUE(is_row_fault(error));
  EXPECT_EQ(round_trip(ColumnType::Text, Cell::of("abc\0def"sv)), "22021 value");
  EXPECT_EQ(db().query("SELECT count(*) FROM t")->integer(0, 0), 0);
  EXPECT_EQ(db().execute("SELECT 1; \0 SELECT 2"sv).error().code, "42601");
  EXPECT_EQ(db().query("SELECT 1 \0"sv).error().code, "42601");
}

// D4: invalid UTF-8 never reaches a table
TEST_P(Door, BrokenUtf8IsRefused) {
  OK(db().execute("CREATE TABLE t (a text)"));
  EXPECT_EQ(error_of("INSERT INTO t VALUES ($1)", {Cell::of("a\xff")}).code, "22021");
  const Column a = column("a", ColumnType::Text);
  const Cell broken = Cell::of("a\xff");
  const auto inserted = db().insert_many("t", std::span(&a, 1), std::span(&broken, 1));
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code, "22021");
}

// D5: the largest integers, on SQLite too
TEST_P(Door, IntegersAreExactToTheLastOne) {
  for (const int64_t value :
       {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0}, int64_t{9007199254740993}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(round_trip(ColumnType::Integer, Cell::of(value)), std::to_string(value));
    EXPECT_EQ(as_parameter("bigint", Cell::of(value)), std::to_string(value));
  }
  EXPECT_EQ(round_trip(ColumnType::Integer, Cell::decimal("42.00")), "42");
  EXPECT_EQ(round_trip(ColumnType::Integer, Cell::decimal("42.50")), "22003 value");
  EXPECT_EQ(round_trip(ColumnType::Integer, Cell::decimal("9223372036854775808")), "22003 value");
  EXPECT_EQ(round_trip(ColumnType::Integer, Cell::of("42")), "22P02 value");
}

// rule 17: exact in both databases
TEST_P(Door, DecimalsKeepEveryDigitAndTheirScale) {
  const std::string huge = "-" + std::string(500, '9') + "." + std::string(300, '1');
  for (const char* value :
       {"0", "0.00", "-0.0001", "10.50", "1234567890123456.78", "0.0000000000000000000001", "10000", "99990000.00010000", "0.00010001"}) {
    EXPECT_EQ(round_trip(ColumnType::Decimal, Cell::decimal(value)), value);
    EXPECT_EQ(as_parameter("numeric", Cell::decimal(value)), value);
  }
  EXPECT_EQ(round_trip(ColumnType::Decimal, Cell::decimal(huge)), huge);
  EXPECT_EQ(round_trip(ColumnType::Decimal, Cell::of(int64_t{-1200})), "-1200");
  EXPECT_EQ(round_trip(ColumnType::Decimal, Cell::decimal("1e5")), "22P02 value");
  EXPECT_EQ(round_trip(ColumnType::Decimal, Cell::decimal("")), "22P02 value");
  EXPECT_EQ(as_parameter("numeric", Cell::decimal("NaN")), "22P02 parameter $1");
}

TEST_P(Door, ADecimalIsNeverRoundedIntoItsColumn) {
  Column price = column("price", ColumnType::Decimal);
  price.precision = 6;
  price.scale = 2;
  EXPECT_EQ(round_trip(price, Cell::decimal("1234.50")), "1234.50");
  EXPECT_EQ(round_trip(price, Cell::decimal("1234.505")), "22003 price");
  EXPECT_EQ(round_trip(price, Cell::decimal("12345.00")), "22003 price");
  EXPECT_TRUE(round_trip(price, Cell::decimal("1.500")).starts_with("1.50"));
}

TEST_P(Door, RealsReadBackAsTheSameDouble) {
  EXPECT_EQ(round_trip(ColumnType::Real, Cell::decimal("0.1")), "0.1");
  EXPECT_EQ(round_trip(ColumnType::Real, Cell::decimal("0.30000000000000004")), "0.30000000000000004");
}

// D6: 1e400 and 1e-400 in a float8, and what is too large or too small for a float4
TEST_P(Door, ARealThatItsColumnCannotHoldIsRefusedAndNeverBecomesZeroOrInfinity) {
  const auto power = [](int exponent) {
    return exponent > 0 ? "1" + std::string(size_t(exponent), '0') : "0." + std::string(size_t(-exponent - 1), '0') + "1";
  };
  for (const int exponent : {400, -400}) {
    const std::string digits = power(exponent);
    EXPECT_EQ(round_trip(ColumnType::Real, Cell::decimal(digits)), "22003 value") << exponent;
  }
  ASSERT_TRUE(db().execute("CREATE TABLE singles (x real)"));
  const Column x = (*db().describe({"", "singles"}))->columns[0];
  for (const auto& [exponent, fits] : {std::pair{39, false}, {-50, false}, {38, true}, {-37, true}}) {
    const std::string digits = power(exponent);
    const Cell cell = Cell::decimal(digits);
    const auto inserted = db().insert_many("singles", std::span(&x, 1), std::span(&cell, 1));
    EXPECT_EQ(inserted.has_value(), fits || !postgres()) << exponent << ": SQLite has no float4";
    EXPECT_EQ(inserted ? "" : inserted.error().code + " " + inserted.error().subject, inserted ? "" : "22003 x");
  }
  EXPECT_EQ(db().query("SELECT count(*) FROM singles WHERE x = 0")->integer(0, 0), 0);
}

TEST_P(Door, BooleansAreBooleans) {
  EXPECT_EQ(round_trip(ColumnType::Boolean, Cell::of(true)), postgres() ? "t" : "1");
  EXPECT_EQ(as_parameter("boolean", Cell::of(false)), postgres() ? "f" : "0");
  const Cell yes = Cell::of(true);
  EXPECT_EQ(db().query(postgres() ? "SELECT $1::boolean" : "SELECT $1", std::span(&yes, 1))->integer(0, 0), 1);
  EXPECT_EQ(round_trip(ColumnType::Boolean, Cell::of(int64_t{1})), "22P02 value");
}

TEST_P(Door, InstantsAreExactFromYear1ToYear9999) {
  for (const char* text : {"0001-01-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z", "2000-01-01T00:00:00.000000Z",
                           "2026-02-27T15:34:28.278681Z", "9999-12-31T23:59:59.999999Z"}) {
    const Cell cell = timestamp(text);
    for (const std::string& stored : {round_trip(ColumnType::Timestamp, cell), as_parameter("timestamptz", cell)}) {
      const auto read = base::parse_timestamp(stored);
      ASSERT_TRUE(read) << stored;
      EXPECT_EQ(Cell::of(*read).integer(), cell.integer()) << stored;
    }
  }
  EXPECT_EQ(round_trip(ColumnType::Timestamp, {Cell::Type::Timestamp, std::numeric_limits<int64_t>::min(), {}}), "22008 value");
  EXPECT_EQ(round_trip(ColumnType::Timestamp, {Cell::Type::Timestamp, std::numeric_limits<int64_t>::max(), {}}), "22008 value");
  EXPECT_EQ(as_parameter("timestamptz", {Cell::Type::Timestamp, std::numeric_limits<int64_t>::max(), {}}), "22008 parameter $1");
}

TEST_P(Door, LocalTimesDaysAndTimesOfDayAreExact) {
  const std::string separator = postgres() ? " " : "T";
  EXPECT_EQ(round_trip(ColumnType::LocalTimestamp, local_timestamp("0001-01-01T00:00:00Z")), "0001-01-01" + separator + "00:00:00");
  EXPECT_TRUE(round_trip(ColumnType::LocalTimestamp, local_timestamp("2026-03-08T02:30:00.5Z"))
                  .starts_with("2026-03-08" + separator + "02:30:00.5"));
  for (const char* text : {"0001-01-01", "1969-12-31", "2024-02-29", "9999-12-31"}) {
    EXPECT_EQ(round_trip(ColumnType::Date, day(text)), text);
    EXPECT_EQ(as_parameter("date", day(text)), text);
  }
  EXPECT_EQ(round_trip(ColumnType::Date, Cell::date(std::numeric_limits<int64_t>::max())), "22008 value");
  EXPECT_EQ(round_trip(ColumnType::Time, time_of_day(0)), "00:00:00");
  EXPECT_EQ(round_trip(ColumnType::Time, time_of_day(86'399'999'999)), "23:59:59.999999");
  EXPECT_EQ(round_trip(ColumnType::Time, time_of_day(86'400'000'000)), "22008 value");
}

TEST_P(Door, TextIsAnyUnicode) {
  for (const char* text : {"", " blank ", "naïve ☃ 𝄞 é é", "\x01\x1f\x7f", "it's \"quoted\" \\ $1 %s", "10.50", "true"}) {
    EXPECT_EQ(round_trip(ColumnType::Text, Cell::of(text)), text);
    EXPECT_EQ(as_parameter("text", Cell::of(text)), text);
  }
  const std::string megabytes(3'000'000, 'x');
  EXPECT_EQ(round_trip(ColumnType::Text, Cell::of(std::string_view(megabytes))), megabytes);
  EXPECT_EQ(round_trip(ColumnType::Text, Cell::of(int64_t{7})), "7");
  EXPECT_EQ(round_trip(ColumnType::Text, Cell::of(true)), "true");
}

TEST_P(Door, TextThatIsTooLongIsRefusedByCharactersNotBytes) {
  Column name = column("name", ColumnType::Text);
  name.length_max = 3;
  EXPECT_EQ(round_trip(name, Cell::of("☃☃☃")), "☃☃☃");
  EXPECT_EQ(round_trip(name, Cell::of("abcd")), "22001 name");
}

TEST_P(Door, JsonAndUuidsAreKept) {
  EXPECT_EQ(round_trip(ColumnType::Json, Cell::json(R"({"b": 1.10, "a": [null]})")), R"({"b": 1.10, "a": [null]})");
  EXPECT_EQ(round_trip(ColumnType::Json, Cell::json("1.10")), "1.10");
  EXPECT_EQ(round_trip(ColumnType::Jsonb, Cell::json(R"("x")")), R"("x")");
  const char* uuid = "12345678-9012-3456-7890-123456789012";
  EXPECT_EQ(round_trip(ColumnType::Uuid, Cell::of(uuid)), uuid);
  EXPECT_EQ(round_trip(ColumnType::Uuid, Cell::of("not a uuid")), "22P02 value");
}

TEST_P(Door, NullAndKeepAreStoredAsNull) {
  EXPECT_EQ(round_trip(ColumnType::Decimal, Cell::null()), "NULL");
  EXPECT_EQ(round_trip(ColumnType::Text, Cell::keep()), "NULL");
  EXPECT_EQ(as_parameter("text", Cell::null()), "NULL");
  EXPECT_EQ(as_parameter("text", Cell::keep()), "NULL");
}

TEST_P(Door, AColumnOfOursReadsBackAsTheSameType) {
  std::string parts;
  const std::array types{ColumnType::Text,      ColumnType::Integer,        ColumnType::Decimal, ColumnType::Real, ColumnType::Boolean,
                         ColumnType::Timestamp, ColumnType::LocalTimestamp, ColumnType::Date,    ColumnType::Time, ColumnType::Json,
                         ColumnType::Uuid};
  for (size_t index = 0; index < types.size(); ++index) {
    Column of = column("c" + std::to_string(index), types[index]);
    if (of.type == ColumnType::Decimal) of.precision = 12, of.scale = 3;
    if (of.type == ColumnType::Text) of.length_max = 40;
    parts += (parts.empty() ? "" : ", ") + of.name + " " + type_name(GetParam(), of);
  }
  OK(db().execute("CREATE TABLE ours (" + parts + ")"));
  const auto table = db().describe({"", "ours"});
  ASSERT_TRUE(table && *table);
  ASSERT_EQ((*table)->columns.size(), types.size());
  for (size_t index = 0; index < types.size(); ++index) EXPECT_EQ((*table)->columns[index].type, types[index]) << index;
  EXPECT_EQ((*table)->columns[0].length_max, 40);
  EXPECT_EQ((*table)->columns[2].precision, 12);
  EXPECT_EQ((*table)->columns[2].scale, 3);
}

// --- statements ---

TEST_P(Door, ParametersAreNumberedAndMayRepeat) {
  const std::array cells{Cell::of("a"), Cell::of("b")};
  for (int time = 0; time < 3; ++time) {
    const auto rows = db().query(postgres() ? "SELECT $2::text, $1::text, $2::text" : "SELECT $2, $1, $2::text", cells);
    ASSERT_TRUE(rows) << rows.error().message;
    EXPECT_EQ(rows->text(0, 0), "b");
    EXPECT_EQ(rows->text(0, 1), "a");
    EXPECT_EQ(rows->text(0, 2), "b");
  }
}

TEST_P(Door, TooFewOrTooManyParametersAreRefused) {
  OK(db().execute("CREATE TABLE t (a text, b text)"));
  EXPECT_EQ(error_of("INSERT INTO t VALUES ($1, $2)", {Cell::of("a")}).code, "08P01");
  EXPECT_EQ(error_of("INSERT INTO t VALUES ($1, 'x')", {Cell::of("a"), Cell::of("b")}).code, "08P01");
  EXPECT_FALSE(db().change("DELETE FROM t; DELETE FROM t"));
}

TEST_P(Door, ChangeCountsTheRowsOfItsStatementOnly) {
  EXPECT_EQ(*db().change("CREATE TABLE t (a integer)"), 0);
  EXPECT_EQ(*db().change("INSERT INTO t VALUES (1), (2), (3)"), 3);
  EXPECT_EQ(*db().change("UPDATE t SET a = a + 1 WHERE a > 1"), 2);
  EXPECT_EQ(*db().change("UPDATE t SET a = 0 WHERE a > 100"), 0);
  EXPECT_EQ(*db().change("CREATE TABLE u (a integer)"), 0);
  const auto returned = db().query("DELETE FROM t RETURNING a");
  ASSERT_TRUE(returned);
  EXPECT_EQ(returned->size(), 3u);
}

TEST_P(Door, AnEmptyAnswerHasNoRowsAndNullIsNotEmptyText) {
  EXPECT_TRUE(db().query("SELECT 1 WHERE 1 = 0")->empty());
  const auto rows = db().query("SELECT NULL, ''");
  EXPECT_EQ(rows->at(0, 0), std::nullopt);
  EXPECT_EQ(rows->at(0, 1), "");
}

TEST_P(Door, AStatementSurvivesAChangeOfItsTable) {
  OK(db().execute("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)"));
  const Cell one = Cell::of(int64_t{1});
  const std::string sql = postgres() ? "SELECT * FROM t WHERE a = $1::bigint" : "SELECT * FROM t WHERE a = $1";
  for (int time = 0; time < 3; ++time) ASSERT_TRUE(db().query(sql, std::span(&one, 1)));
  OK(db().execute("ALTER TABLE t ADD COLUMN b integer"));
  const auto rows = db().query(sql, std::span(&one, 1));
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->at(0, 1), std::nullopt);
}

TEST_P(Door, ManyDifferentStatementsAreNotKeptForEver) {
  const Cell one = Cell::of(int64_t{1});
  for (int number = 0; number < 500; ++number) {
    const std::string sql = (postgres() ? "SELECT $1::bigint + " : "SELECT $1 + ") + std::to_string(number);
    for (int time = 0; time < 2; ++time) EXPECT_EQ(db().query(sql, std::span(&one, 1))->integer(0, 0), 1 + number);
  }
  if (postgres()) {
    EXPECT_LE(db().query("SELECT count(*) FROM pg_prepared_statements")->integer(0, 0), 200);
  }
}

TEST_P(Door, CurrentTimestampIsAPointInTime) {
  const auto rows = db().query("SELECT " + std::string(current_timestamp(GetParam())));
  const auto now = base::parse_timestamp(rows->text(0, 0));
  ASSERT_TRUE(now) << rows->text(0, 0);
  EXPECT_LT(std::chrono::abs(*now - base::SystemClock().now()), std::chrono::minutes(1));
}

// --- errors ---

TEST_P(Door, ConstraintErrorsNameTheirConstraintOrColumn) {
  OK(
      db().execute("CREATE TABLE parent (id integer PRIMARY KEY);"
                   "CREATE TABLE t (id integer PRIMARY KEY, email text CONSTRAINT t_email UNIQUE, name text NOT NULL, price integer "
                   "CONSTRAINT price_positive CHECK (price > 0),"
                   " parent integer CONSTRAINT t_parent REFERENCES parent (id));"
                   "INSERT INTO t VALUES (1, 'a@x', 'A', 1, NULL)"));
  const base::Error unique = error_of("INSERT INTO t VALUES (2, 'a@x', 'B', 1, NULL)");
  EXPECT_EQ(unique.code, "23505");
  EXPECT_EQ(unique.subject, postgres() ? "t_email" : "email");
  const base::Error not_null = error_of("INSERT INTO t VALUES (2, 'b@x', NULL, 1, NULL)");
  EXPECT_EQ(not_null.code, "23502");
  EXPECT_EQ(not_null.subject, "name");
  const base::Error check = error_of("INSERT INTO t VALUES (2, 'b@x', 'B', 0, NULL)");
  EXPECT_EQ(check.code, "23514");
  EXPECT_EQ(check.subject, "price_positive");
  const base::Error parent = error_of("INSERT INTO t VALUES (2, 'b@x', 'B', 1, 77)");
  EXPECT_EQ(parent.code, "23503");
  EXPECT_EQ(parent.subject, postgres() ? "t_parent" : "");
  for (const base::Error& error : {unique, not_null, check, parent}) {
    EXPECT_TRUE(is_row_fault(error));
    EXPECT_EQ(error.kind, ErrorKind::Fatal);
    EXPECT_EQ(error.side, base::Side::Database);
  }
}

TEST_P(Door, MissingTablesAndColumnsAreDrift) {
  OK(db().execute("CREATE TABLE t (a integer)"));
  const base::Error table = error_of("INSERT INTO absent VALUES (1)");
  EXPECT_EQ(table.code, "42P01");
  EXPECT_EQ(table.kind, ErrorKind::ContractDrift);
  EXPECT_FALSE(is_row_fault(table));
  EXPECT_EQ(error_of(R"(UPDATE t SET "absent" = 1)").code, "42703");
  // SQLite would take a "name" it does not know for a text.
  EXPECT_EQ(error_of(R"(DELETE FROM t WHERE "absent" = 'x')").code, "42703");
  EXPECT_EQ(error_of("SELEC 1").code, "42601");
}

TEST_P(Door, ABadRowOfManyIsNamedAndNothingOfTheBatchStays) {
  OK(db().execute("CREATE TABLE t (id integer NOT NULL, name text)"));
  Column id = column("id", ColumnType::Integer);
  id.bytes = 4;
  const std::array columns{id, column("name", ColumnType::Text)};
  const std::array cells{Cell::of(int64_t{1}), Cell::of("a"), Cell::of(int64_t{1} << 40), Cell::of("b")};
  const auto inserted = db().insert_many("t", columns, cells);
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code, "22003");
  EXPECT_EQ(inserted.error().subject, "id");
  EXPECT_TRUE(inserted.error().message.starts_with("row 2: ")) << inserted.error().message;
  const std::array without_id{Cell::of(int64_t{1}), Cell::of("a"), Cell::null(), Cell::of("b")};
  const auto refused = db().insert_many("t", columns, without_id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "23502");
  EXPECT_EQ(refused.error().subject, "id");
  EXPECT_EQ(db().query("SELECT count(*) FROM t")->integer(0, 0), 0);
}

TEST_P(Door, ASavepointIsolatesABadBatch) {
  OK(db().execute("CREATE TABLE t (id integer NOT NULL)"));
  const Column id = column("id", ColumnType::Integer);
  const std::array bad{Cell::of(int64_t{1}), Cell::of("x")};
  const Cell good = Cell::of(int64_t{2});
  OK(db().begin());
  OK(db().execute("SAVEPOINT s"));
  EXPECT_FALSE(db().insert_many("t", std::span(&id, 1), bad));
  OK(db().execute("ROLLBACK TO SAVEPOINT s; RELEASE SAVEPOINT s"));
  Column narrow = id;
  narrow.bytes = 4;
  OK(db().insert_many("t", std::span(&narrow, 1), std::span(&good, 1)));
  OK(db().commit());
  EXPECT_EQ(db().query("SELECT id FROM t")->text(0, 0), "2");
}

// F16: a batch is no list of parameters
TEST_P(Door, AHundredThousandRowsGoThrough) {
  OK(db().execute("CREATE TABLE t (id bigint, name text)"));
  const std::array columns{column("id", ColumnType::Integer), column("name", ColumnType::Text)};
  std::vector<Cell> cells;
  for (int64_t id = 0; id < 100'000; ++id) {
    cells.push_back(Cell::of(id));
    cells.push_back(Cell::of("a name of some length"));
  }
  OK(db().insert_many("t", columns, cells));
  const auto rows = db().query("SELECT count(*), sum(id), count(DISTINCT name) FROM t");
  EXPECT_EQ(rows->integer(0, 0), 100'000);
  EXPECT_EQ(rows->integer(0, 1), int64_t{100'000} * 99'999 / 2);
  EXPECT_EQ(rows->integer(0, 2), 1);
  OK(db().insert_many("t", columns, {}));
}

// --- transactions ---

TEST_P(Door, WhatIsRolledBackIsNotThere) {
  OK(db().execute("CREATE TABLE t (a integer)"));
  OK(db().begin());
  OK(db().change("INSERT INTO t VALUES (1)"));
  db().rollback();
  db().rollback();
  EXPECT_EQ(db().query("SELECT count(*) FROM t")->integer(0, 0), 0);
  OK(db().begin());
  OK(db().change("INSERT INTO t VALUES (2)"));
  OK(db().commit());
  EXPECT_EQ(open()->query("SELECT count(*) FROM t")->integer(0, 0), 1);
}

TEST_P(Door, TransactionsDoNotNest) {
  EXPECT_EQ(db().commit().error().code, "25P01");
  OK(db().begin());
  EXPECT_EQ(db().begin().error().code, "25001");
  OK(db().commit());
}

TEST_P(Door, AConnectionThatIsClosedRollsBack) {
  OK(db().execute("CREATE TABLE t (a integer)"));
  {
    const auto other = open();
    OK(other->begin());
    OK(other->change("INSERT INTO t VALUES (1)"));
  }
  EXPECT_EQ(db().query("SELECT count(*) FROM t")->integer(0, 0), 0);
}

// F18: SQLite busy
TEST_P(Door, AnotherWritersLockIsBusyForAsLongAsTheLockOption) {
  OK(db().execute("CREATE TABLE t (a integer); INSERT INTO t VALUES (1)"));
  const auto other = open(std::chrono::milliseconds(200));
  OK(db().begin());
  OK(db().change("UPDATE t SET a = 2"));
  const auto started = std::chrono::steady_clock::now();
  auto got_lock = other->begin();
  if (got_lock) got_lock = other->execute("UPDATE t SET a = 3");
  ASSERT_FALSE(got_lock);
  EXPECT_EQ(got_lock.error().code, "55P03");
  EXPECT_EQ(got_lock.error().kind, ErrorKind::Transient);
  EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(150));
  other->rollback();
  OK(db().commit());
  OK(other->begin());
  OK(other->change("UPDATE t SET a = 3"));
  OK(other->commit());
}

// --- catalog ---

TEST_P(Door, IdentifiersMayHoldAnything) {
  const record::TableName name{"", R"(we"ird . ta'ble; drop table x;--)"};
  const std::string strange = R"(co"l.umn ☃ ')";
  OK(db().execute("CREATE TABLE " + sql::quoted(name) + " (" + sql::quoted(strange) + " text UNIQUE)"));
  const auto table = db().describe(name);
  ASSERT_TRUE(table && *table);
  EXPECT_EQ((*table)->columns[0].name, strange);
  EXPECT_TRUE((*table)->has_unique({strange}));
  const Column of = column(strange, ColumnType::Text);
  const Cell cell = Cell::of("x");
  OK(db().insert_many(sql::quoted(name), std::span(&of, 1), std::span(&cell, 1)));
  EXPECT_EQ(
      db().query("SELECT " + sql::quoted(strange) + " FROM " + sql::quoted(name) + " WHERE " + sql::quoted(strange) + " = " + literal("x"))
          ->text(0, 0),
      "x");
  const auto names = db().table_names();
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, std::vector{name.name});
}

TEST_P(Door, ATableThatIsNotThereHasNoDescription) {
  for (const record::TableName& name : {record::TableName{"", "absent"}, record::TableName{"nowhere", "absent"}, record::TableName{"", ""},
                                        record::TableName{"", std::string(70, 'x')}}) {
    const auto table = db().describe(name);
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_FALSE(*table);
  }
}

TEST_P(Door, TheCatalogTellsKeysIndexesAndDefaults) {
  OK(
      db().execute("CREATE TABLE parent (id integer PRIMARY KEY, code text NOT NULL, site integer NOT NULL, UNIQUE (site, code));"
                   "CREATE TABLE t (id integer PRIMARY KEY, name text NOT NULL DEFAULT 'x', a integer, b integer, double integer GENERATED "
                   "ALWAYS AS (a * 2) STORED,"
                   " code text, site integer, up integer REFERENCES parent, FOREIGN KEY (site, code) REFERENCES parent (site, code));"
                   "CREATE UNIQUE INDEX t_a_b ON t (a, b); CREATE UNIQUE INDEX t_partial ON t (a) WHERE b > 0; CREATE UNIQUE INDEX t_lower "
                   "ON t (a, lower(name));"
                   "CREATE INDEX t_plain ON t (b)"));
  const auto described = db().describe({"", "t"});
  ASSERT_TRUE(described && *described);
  const record::Table& table = **described;
  EXPECT_FALSE(table.column("id")->nullable);
  EXPECT_FALSE(table.column("name")->nullable);
  EXPECT_TRUE(table.column("name")->has_default);
  EXPECT_FALSE(table.column("a")->has_default);
  EXPECT_TRUE(table.column("a")->nullable);
  EXPECT_TRUE(table.column("double")->generated);
  EXPECT_FALSE(table.column("a")->generated);

  EXPECT_TRUE(table.has_unique({"id"}));
  EXPECT_TRUE(table.has_unique({"b", "a"}));
  EXPECT_FALSE(table.has_unique({"a"}));
  EXPECT_FALSE(table.has_unique({"b"}));
  ASSERT_EQ(table.unique_indexes.size(), 4u);
  EXPECT_TRUE(table.unique_indexes[0].primary);
  for (const record::UniqueIndex& index : table.unique_indexes) {
    EXPECT_EQ(index.partial, index.name == "t_partial");
    EXPECT_EQ(index.columns.empty(), index.name == "t_lower");
  }

  ASSERT_EQ(table.foreign_keys.size(), 2u);
  for (const record::ForeignKey& key : table.foreign_keys) {
    EXPECT_EQ(key.to.name, "parent");
    if (key.columns.size() == 1) {
      EXPECT_EQ(key.columns, std::vector<std::string>{"up"});
      EXPECT_EQ(key.to_columns, std::vector<std::string>{"id"});
    } else {
      EXPECT_EQ(key.columns, (std::vector<std::string>{"site", "code"}));
      EXPECT_EQ(key.to_columns, (std::vector<std::string>{"site", "code"}));
    }
  }
}

TEST_P(Door, AViewHasColumnsAndNoIndexes) {
  OK(db().execute("CREATE TABLE t (id integer PRIMARY KEY, name text); CREATE VIEW v AS SELECT id, name FROM t"));
  const auto view = db().describe({"", "v"});
  ASSERT_TRUE(view && *view);
  EXPECT_EQ((*view)->columns.size(), 2u);
  EXPECT_TRUE((*view)->unique_indexes.empty());
  EXPECT_EQ((*view)->kind, record::TableKind::View);
  EXPECT_EQ((*db().describe({"", "t"}))->kind, record::TableKind::Plain);
}

}  // namespace
}  // namespace syncline::sql
