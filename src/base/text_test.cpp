// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace syncline::base {
namespace {

TEST(Utf8, BrokenSequencesAreFoundWhereTheyStart) {
  EXPECT_EQ(invalid_utf8_at("ab\xFF"), 2u);
  EXPECT_EQ(invalid_utf8_at("\xC0\x80"), 0u) << "overlong NUL";
  EXPECT_EQ(invalid_utf8_at("\xE0\x80\x80"), 0u) << "overlong";
  EXPECT_EQ(invalid_utf8_at("a\xED\xA0\x80"), 1u) << "a surrogate";
  EXPECT_EQ(invalid_utf8_at("\xF4\x90\x80\x80"), 0u) << "beyond U+10FFFF";
  EXPECT_EQ(invalid_utf8_at("ok\xE2\x82"), 2u) << "cut short";
  EXPECT_EQ(invalid_utf8_at("caf\xE9 au lait"), 3u) << "Latin-1";
}

TEST(Utf8, ValidTextHasNoBrokenPlace) {
  for (std::string_view text : {"", "plain", "é", "€", "😀", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(invalid_utf8_at(text), std::string_view::npos) << text;
}

TEST(Nearest, SuggestsATypingErrorAndNothingFarther) {
  const std::vector<std::string> keys = {"fields", "from", "relations", "key"};
  EXPECT_EQ(nearest("feilds", keys), "fields");
  EXPECT_EQ(nearest("Relation", keys), "relations");
  EXPECT_EQ(nearest("kye", keys), "key") << "two letters that have changed places are one error";
  EXPECT_EQ(nearest("kxz", keys), "") << "two edits of three letters are another word";
  EXPECT_EQ(nearest("zebra", keys), "");
  EXPECT_EQ(nearest("a", std::vector<std::string>{"x"}), "");
  EXPECT_EQ(nearest("", keys), "");
  EXPECT_EQ(nearest("fields", {}), "");
}

TEST(FoldedName, IgnoresCaseSpacesAndUnderscores) {
  EXPECT_EQ(folded_name("Reservation ID"), "reservationid");
  EXPECT_EQ(folded_name("reservation_id"), "reservationid");
  EXPECT_EQ(folded_name(" Created (UTC)\t"), "created(utc)");
  EXPECT_EQ(folded_name("a-b"), "a-b");
  EXPECT_EQ(folded_name(""), "");
}

TEST(Shown, ControlCharactersBecomeVisible) {
  EXPECT_EQ(shown("a\nb\r\x1b[31m\x7f"), "a\\x0ab\\x0d\\x1b[31m\\x7f");
  EXPECT_EQ(shown("\xC2\x9B"
                  "31m"),
            "\\xc2\\x9b31m")
      << "a control of the second set steers a terminal, too";
  EXPECT_EQ(shown(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(shown("\xFF\xFE"), "\\xff\\xfe");
  EXPECT_EQ(shown("é€😀"), "é€😀");
}

TEST(Shown, IsCutAtACharacter) {
  EXPECT_EQ(shown("abcdef", 3), "abc…");
  EXPECT_EQ(shown("abc", 3), "abc");
  EXPECT_EQ(shown("aé", 2), "aé");
  EXPECT_EQ(invalid_utf8_at(shown(std::string(1000, 'x') + "€", 11)), std::string_view::npos);
}

TEST(JsonQuoted, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_quoted("say \"hi\"\\\n\t\r"), R"("say \"hi\"\\\n\t\r")");
  EXPECT_EQ(json_quoted(std::string_view("\0\x1f", 2)), R"("\u0000\u001f")");
  EXPECT_EQ(json_quoted("é"), "\"é\"");
  EXPECT_EQ(json_quoted(""), "\"\"");
}

TEST(Text, TrimLowerAndCompareAreAscii) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(lower("AbÉ"), "abÉ");
  EXPECT_TRUE(equals_ignoring_case("Check In", "check in"));
  EXPECT_FALSE(equals_ignoring_case("check in", "check"));
}

TEST(Text, NumbersAreGroupedForPeople) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1'234'567), "1,234,567");
  EXPECT_EQ(with_thousands(-1'000), "-1,000");
  EXPECT_EQ(with_thousands(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
}

}  // namespace
}  // namespace syncline::base
