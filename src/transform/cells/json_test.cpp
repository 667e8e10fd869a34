// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using record::ColumnType;
using record::Value;
using sample::code;
using sample::made;

const record::Column Jsonb = sample::column("x", ColumnType::Jsonb);
const config::FieldMapping Plain = sample::field("x", {"x"});

std::string made_of(std::string json) {
  sample::Page page;
  return code(Plain, Jsonb, page.list({}, std::move(json)));
}

// D2: an escaped NUL in jsonb
TEST(JsonCell, AnEscapedNulIsRefused) {
  EXPECT_EQ(made_of(R"(["a\u0000b"])"), "nul_in_text");
  EXPECT_EQ(made_of(R"(["\\\u0000"])"), "nul_in_text");
  EXPECT_EQ(made_of(R"(["\\u0000"])"), R"(made json ["\\u0000"])") << "an escaped backslash, then plain letters";
  EXPECT_EQ(code(Plain, Jsonb, Value::text(std::string_view("a\0b", 3))), "nul_in_text");
}

// D3: a lone surrogate in jsonb
TEST(JsonCell, HalfASurrogatePairIsRefused) {
  EXPECT_EQ(made_of(R"(["\ud83d"])"), "lone_surrogate");
  EXPECT_EQ(made_of(R"(["\uDE00"])"), "lone_surrogate");
  EXPECT_EQ(made_of(R"(["\ud83d\u0041"])"), "lone_surrogate");
  EXPECT_EQ(made_of(R"(["\ud83d\ud83d"])"), "lone_surrogate");
  EXPECT_EQ(made_of(R"(["\ud83d\ude00"])"), R"(made json ["\ud83d\ude00"])");
}

TEST(JsonCell, InvalidUtf8IsRefused) { EXPECT_EQ(made_of("[\"\xFF\"]"), "invalid_utf8"); }

TEST(JsonCell, ListsAndObjectsStayAsSent) { EXPECT_EQ(made_of(R"([ 1.0, {"a" : 1e2} ])"), R"(made json [ 1.0, {"a" : 1e2} ])"); }

TEST(JsonCell, ScalarsAreEncoded) {
  EXPECT_EQ(made(Plain, Jsonb, Value::text("say \"hi\"\n")), R"(json "say \"hi\"\n")");
  EXPECT_EQ(made(Plain, Jsonb, Value::number("9007199254740993")), "json 9007199254740993");
  EXPECT_EQ(made(Plain, Jsonb, Value::boolean(true)), "json true");
  EXPECT_EQ(made(Plain, Jsonb, Value::null()), "null") << "SQL's, not JSON's";
}

}  // namespace
}  // namespace syncline::transform
