// SPDX-License-Identifier: Apache-2.0
#include "sql/dialect.hpp"

#include <gtest/gtest.h>

#include "sql/connection.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql {
namespace {

using record::Column;
using record::ColumnType;

TEST(Dialect, QuotesAreDoubled) {
  EXPECT_EQ(sql::quoted(std::string_view("a\"; drop table x;--")), "\"a\"\"; drop table x;--\"");
  EXPECT_EQ(sql::quoted(record::TableName{"", "a.b"}), "\"a.b\"");
  EXPECT_EQ(sql::quoted(record::TableName{"studio", "reservations"}), "\"studio\".\"reservations\"");
  EXPECT_EQ(literal("it's \\ \"fine\""), "'it''s \\ \"fine\"'");
}

TEST(Dialect, TypesAreDeclaredAsEachDatabaseKeepsThemExactly) {
  Column price;
  price.type = ColumnType::Decimal;
  price.precision = 12;
  price.scale = 2;
  EXPECT_EQ(type_name(Dialect::Postgres, price), "numeric(12,2)");
  EXPECT_EQ(type_name(Dialect::Sqlite, price), "DECIMAL TEXT(12,2)");
  price.precision.reset();
  EXPECT_EQ(type_name(Dialect::Postgres, price), "numeric");
  Column minutes;
  minutes.type = ColumnType::Integer;
  minutes.bytes = 4;
  EXPECT_EQ(type_name(Dialect::Postgres, minutes), "integer");
  EXPECT_EQ(type_name(Dialect::Sqlite, minutes), "INTEGER");
  minutes.declared = "studio.minutes";
  EXPECT_EQ(type_name(Dialect::Postgres, minutes), "studio.minutes");
  EXPECT_EQ(type_name(Dialect::Sqlite, minutes), "studio.minutes");
}

TEST(Dialect, OurTablesHaveASchemaWhereThereAreSchemas) {
  EXPECT_EQ(own_table(Dialect::Postgres, "sync_log"), R"("syncline"."sync_log")");
  EXPECT_EQ(own_table(Dialect::Sqlite, "sync_log"), R"("sync_log")");
}

TEST(Connect, AUrlOfAnotherKindIsAConfigurationErrorThatDoesNotRepeatIt) {
  for (const char* url :
       {"", "mysql://u:hunter2222@host/db", "hunter2222", "sqlite", "sqlite:", "sqlite://hunter2222.db",
        "postgresql://u:hunt@er2222:5432:77/db", "postgresql://u:hunter2222@host:port/db", "postgresql://u:hunt@er2222@host/db",
        "postgresql://u:%zzhunter2222@host/db", "postgresql://host/db?hunter2222=1"}) {
    const auto connection = connect(base::Secret(url), {});
    ASSERT_FALSE(connection) << url;
    EXPECT_EQ(connection.error().kind, base::ErrorKind::BadConfig) << url;
    EXPECT_EQ(base::exit_code_of(connection.error()), base::exit_code::Usage);
    EXPECT_EQ(connection.error().message.find("2222"), std::string::npos) << connection.error().message;
  }
}

TEST(RowFault, IsWhatValuesCanCauseAndNothingElse) {
  const auto with = [](std::string_view code, base::Side side = base::Side::Database) {
    return base::Error{kind_of_sqlstate(code), side, "", std::string(code), "", {}};
  };
  for (const char* code :
       {"22003", "22P02", "23505", "23514", "P0001", "P0002", "P0004", "20000", "21000", "44000", "54000", "PT400", "ZZ001"})
    EXPECT_TRUE(is_row_fault(with(code))) << code;
  for (const char* code : {"", "42P01", "42501", "40001", "53100", "57014", "08006", "54001", "2D000", "commit_unknown", "raced", "XX001"})
    EXPECT_FALSE(is_row_fault(with(code))) << code;
  EXPECT_FALSE(is_row_fault(with("22003", base::Side::Source)));
}

TEST(Rows, AnswersAreReadByPlace) {
  const Rows rows(2, {"1", std::nullopt, "-7", "t"});
  EXPECT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.integer(1, 0), -7);
  EXPECT_EQ(rows.integer(0, 1), 0);
  EXPECT_EQ(rows.integer(1, 1), 1);
  EXPECT_EQ(rows.text(0, 1), "");
  EXPECT_TRUE(Rows().empty());
}

}  // namespace
}  // namespace syncline::sql
