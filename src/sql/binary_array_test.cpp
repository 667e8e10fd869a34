// SPDX-License-Identifier: Apache-2.0
#include "sql/binary_array.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "sql/connection.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::sql {
namespace {

using record::Cell;
using Of = BinaryArray::Of;

class BinaryArrays : public test::OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(Databases, BinaryArrays, testing::Values(Dialect::Postgres), test::database_name);

TEST_P(BinaryArrays, GiveBackWhatWasPutIn) {
  const std::vector<std::string> texts{"a", "", "NULL", "a\"b", "a\\b", "{}", " a , b ", "☃", "\n", std::string(100'000, 'x')};
  BinaryArray words(Of::Texts), numbers(Of::Integers);
  const std::vector<int64_t> integers{0, -1, INT64_MIN, INT64_MAX, 256, 65'536, 1, 2, 3, 4};
  for (const std::string& text : texts) words.add(Cell::of(std::string_view(text)));
  for (const int64_t integer : integers) numbers.add(Cell::of(integer));
  words.add(Cell::null());
  numbers.add(Cell::null());
  // The second time the statement is prepared.
  for (int round = 0; round < 2; ++round) {
    const auto rows = db().query_arrays(
        "SELECT w, n, w IS NULL, n IS NULL FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS u (w, n, i) "
        "ORDER BY i",
        std::array{words, numbers});
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(rows->size(), texts.size() + 1);
    for (size_t i = 0; i < texts.size(); ++i) {
      EXPECT_EQ(rows->text(i, 0), texts[i]);
      EXPECT_EQ(rows->integer(i, 1), integers[i]);
    }
    EXPECT_EQ(rows->text(texts.size(), 2), "t");
    EXPECT_EQ(rows->text(texts.size(), 3), "t");
  }
}

TEST_P(BinaryArrays, MayBeEmptyAndOfTextsHoldIntegersAsTheirDigits) {
  BinaryArray none(Of::Integers), digits(Of::Texts);
  digits.add(Cell::of(int64_t{-17}));
  EXPECT_EQ(db().query_arrays("SELECT cardinality($1::bigint[])", std::array{none})->text(0, 0), "0");
  EXPECT_EQ(db().query_arrays("SELECT ($1::text[])[1]", std::array{digits})->text(0, 0), "-17");
}

// D1: NUL in text, which no parameter of texts could carry
TEST_P(BinaryArrays, WithNulOrBrokenUtf8AreRefusedByTheServerAsARowsFault) {
  for (const std::string_view text : {std::string_view("a\0b", 3), std::string_view("\xFF")}) {
    BinaryArray words(Of::Texts);
    words.add(Cell::of(text));
    const auto rows = db().query_arrays("SELECT unnest($1::text[])", std::array{words});
    ASSERT_FALSE(rows);
    EXPECT_TRUE(is_row_fault(rows.error())) << rows.error().code;
  }
}

class NoArrays : public test::OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(Databases, NoArrays, testing::Values(Dialect::Sqlite), test::database_name);

TEST_P(NoArrays, AreTakenBySqlite) { EXPECT_EQ(db().query_arrays("SELECT 1", {}).error().code, "0A000"); }

}  // namespace
}  // namespace syncline::sql
