// SPDX-License-Identifier: Apache-2.0
#include "extract/decode/json_text.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace syncline::extract {
namespace {

using namespace std::string_view_literals;

TEST(JsonNumber, OnlyTheStandardsGrammarIsANumber) {
  for (const auto* bad :
       {"", "-", "01", "-01", "+1", ".5", "1.", "1.e5", "1e", "1e+", "0x10", "1_000", "NaN", "Infinity", "1 2", "1\"a\"", "--1", "00"}) {
    EXPECT_FALSE(is_json_number(bad)) << bad;
  }
  for (const auto* good : {"0", "-0", "10", "9223372036854775808", "0.10", "1E+2", "-1e400", "1e-400", "12345678901234567890.123456789"}) {
    EXPECT_TRUE(is_json_number(good)) << good;
  }
}

TEST(Unescaping, RefusesEscapesThatJsonDoesNotHave) {
  base::Arena arena;
  for (const auto* bad : {"\\x41", "\\u12", "\\u12G4", "\\", "a\\", "\\'", "\\ud83d\\u12", "\\u"})
    EXPECT_FALSE(unescaped(bad, arena)) << bad;
}

// D3: pairs that are whole are kept
TEST(Unescaping, KeepsNulAndJoinsSurrogatePairs) {
  base::Arena arena;
  EXPECT_EQ(unescaped("a\\u0000b", arena)->text, "a\0b"sv);
  EXPECT_EQ(unescaped("\\ud83d\\uDE00", arena)->text, "😀");
  EXPECT_EQ(unescaped("\\u00e9\\u20AC\\n\\/\\\\\\\"\\b\\f\\r\\t", arena)->text, "é€\n/\\\"\b\f\r\t");
}

// D3: a lone surrogate in text
TEST(Unescaping, HalfASurrogatePairIsNoText) {
  base::Arena arena;
  for (const auto* half : {"\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\ud83d\\ud83d", "\\ud83dx"}) {
    const auto result = unescaped(half, arena);
    ASSERT_TRUE(result) << half;
    EXPECT_TRUE(result->lone_surrogate) << half;
    EXPECT_EQ(base::invalid_utf8_at(result->text), std::string_view::npos) << half;
  }
  EXPECT_EQ(unescaped("\\ud83d\\u0041", arena)->text,
            "\xEF\xBF\xBD"
            "A");
}

}  // namespace
}  // namespace syncline::extract
