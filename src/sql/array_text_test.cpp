// SPDX-License-Identifier: Apache-2.0
#include "sql/array_text.hpp"

#include <gtest/gtest.h>

#include "sql/connection.hpp"
#include "support/on_both_databases.hpp"

namespace syncline::sql {
namespace {

using record::Cell;

class Arrays : public test::OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(Databases, Arrays, testing::Values(Dialect::Postgres), test::database_name);

TEST_P(Arrays, GiveBackWhatWasPutIn) {
  const std::vector<std::string> texts{"a", "", "NULL", "null", "a\"b", "a\\b", "{}", " a , b ", "☃", "'", "\n"};
  ArrayText array;
  for (const std::string& text : texts) array.add(Cell::of(std::string_view(text)));
  array.add(Cell::null());
  const std::string whole = std::move(array).text();
  const auto rows = db().query("SELECT u, u IS NULL FROM unnest($1::text[]) u", std::array{Cell::of(std::string_view(whole))});
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), texts.size() + 1);
  for (size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(rows->text(i, 0), texts[i]);
  EXPECT_EQ(rows->text(texts.size(), 1), "t");
}

TEST_P(Arrays, HoldIntegersToTheirEnds) {
  ArrayText array;
  array.add(Cell::of(INT64_MIN));
  array.add(Cell::of(INT64_MAX));
  EXPECT_EQ(std::move(array).text(), "{-9223372036854775808,9223372036854775807}");
}

TEST_P(Arrays, MayBeEmpty) { EXPECT_EQ(ArrayText().text(), "{}"); }

}  // namespace
}  // namespace syncline::sql
