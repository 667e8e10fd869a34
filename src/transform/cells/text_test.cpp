// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "transform/fixtures/sample.hpp"

namespace syncline::transform {
namespace {

using config::FieldType;
using record::Column;
using record::ColumnType;
using record::Value;
using sample::code;
using sample::column;
using sample::made;

const Column Text = column("x", ColumnType::Text);

config::FieldMapping of_type(FieldType type) {
  config::FieldMapping field = sample::field("x", {"x"});
  field.type = type;
  return field;
}
const config::FieldMapping Plain = of_type(FieldType::FromColumn);

// D1: NUL in text is refused before it is bound
TEST(TextCell, NulIsRefusedWhereverItStands) {
  for (size_t at : {0, 3, 7, 8, 15, 20}) {
    std::string text(21, 'x');
    text[at] = '\0';
    EXPECT_EQ(made(Plain, Text, Value::text(text)),
              "nul_in_text: `x` holds a NUL character at byte " + std::to_string(at) + ", which no text column can store");
  }
  const std::string accented = std::string("é") + '\0';
  EXPECT_EQ(code(Plain, Text, Value::text(accented)), "nul_in_text");
}

// D4: invalid UTF-8, with its place
TEST(TextCell, InvalidUtf8IsRefusedWithItsPlace) {
  const std::pair<std::string_view, int> places[] = {
      {"abcdefgh\xFF", 8}, {"\xC0\x80", 0}, {"é\xF4\x90\x80\x80", 2}, {"a\xED\xA0\x80", 1}, {"caf\xE9", 3}};
  for (const auto& [text, place] : places)
    EXPECT_EQ(made(Plain, Text, Value::text(text)), "invalid_utf8: `x` is not valid UTF-8 at byte " + std::to_string(place)) << text;
}

TEST(TextCell, TooLongIsCountedInCharacters) {
  Column short_text = Text;
  short_text.length_max = 4;
  EXPECT_EQ(made(Plain, short_text, Value::text("čtyř")), "text čtyř");
  EXPECT_EQ(made(Plain, short_text, Value::text("abcde")), "too_long: `x` is 5 characters long; the column holds 4");
  EXPECT_EQ(code(Plain, short_text, Value::text("čtyřy")), "too_long");
}

TEST(TextCell, IsAsTheSourceWroteIt) {
  EXPECT_EQ(made(Plain, Text, Value::text("  Zoë 😀 ")), "text   Zoë 😀 ");
  EXPECT_EQ(made(Plain, Text, Value::text("")), "text ");
  EXPECT_EQ(made(Plain, Text, Value::number("1E+2")), "text 1E+2");
  EXPECT_EQ(made(Plain, Text, Value::number("9007199254740993")), "text 9007199254740993");
  EXPECT_EQ(made(Plain, Text, Value::boolean(true)), "text true");
  EXPECT_EQ(made(Plain, Text, Value::text("now")), "text now") << "a word is only text in a text column";
}

TEST(TextCell, AListIsNoText) {
  sample::Page page;
  EXPECT_EQ(made(Plain, Text, page.list({}, "[]")), "not_text: `x` is a list, not text; declare `type: json` to store it whole");
}

TEST(TextCell, AValueThatIsNoLabelOfTheEnumIsRefused) {
  Column kind = column("x", ColumnType::Other);
  kind.declared = "class_kind";
  EXPECT_EQ(made(Plain, kind, Value::text("anything")), "text anything") << "labels unknown: the database judges";
  kind.labels = {"yoga", "barre"};
  EXPECT_EQ(made(Plain, kind, Value::text("barre")), "text barre");
  EXPECT_EQ(made(Plain, kind, Value::text("Barre")),
            "unknown_value: `x` is \"Barre\", which is not among the labels of class_kind: yoga, barre");
}

TEST(EmailCell, NeedsTextOnBothSidesOfOneAt) {
  const config::FieldMapping email = of_type(FieldType::Email);
  for (std::string_view text : {"nobody", "@example.com", "ann@", "ann@b@example.com", "ann smith@example.com", "@"})
    EXPECT_EQ(code(email, Text, Value::text(text)), "not_an_email") << text;
  EXPECT_EQ(code(email, Text, Value::number("5")), "not_an_email");
  EXPECT_EQ(made(email, Text, Value::text(" Ann@Example.com ")), "text Ann@Example.com");
}

TEST(UuidCell, IsWrittenInItsCanonicalForm) {
  const Column uuid = column("x", ColumnType::Uuid);
  EXPECT_EQ(made(Plain, uuid, Value::text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11")), "text a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(made(Plain, uuid, Value::text("a0eebc999c0b4ef8bb6d6bb9bd380a11")), "text a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  for (std::string_view text : {"a0eebc99", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1",
                                "a0eebc999-c0b-4ef8-bb6d-6bb9bd380a11", "------------------------------------"}) {
    EXPECT_EQ(code(Plain, uuid, Value::text(text)), "not_a_uuid") << text;
  }
}

TEST(BooleanCell, KnowsTheUsualWordsOnly) {
  const Column boolean = column("x", ColumnType::Boolean);
  EXPECT_EQ(made(Plain, boolean, Value::boolean(false)), "false");
  for (std::string_view word : {"true", "True", "t", "YES", "1", " true "})
    EXPECT_EQ(made(Plain, boolean, Value::text(word)), "true") << word;
  for (std::string_view word : {"false", "F", "no", "0"}) EXPECT_EQ(made(Plain, boolean, Value::text(word)), "false") << word;
  EXPECT_EQ(made(Plain, boolean, Value::number("1")), "true");
  for (std::string_view word : {"2", "on", "maybe", "y", "null"})
    EXPECT_EQ(code(Plain, boolean, Value::text(word)), "not_a_boolean") << word;
  EXPECT_EQ(code(Plain, boolean, Value::number("1.0")), "not_a_boolean");
}

TEST(BooleanCell, GoesIntoAnIntegerColumnOnlyWhenDeclared) {
  const Column integer = column("x", ColumnType::Integer);
  EXPECT_EQ(made(of_type(FieldType::Boolean), integer, Value::boolean(true)), "integer 1");
  EXPECT_EQ(code(Plain, integer, Value::boolean(true)), "not_an_integer");
}

TEST(TextCell, DeclaredTypesAreCanonicalInATextColumn) {
  EXPECT_EQ(made(of_type(FieldType::Boolean), Text, Value::text("YES")), "text true");
  EXPECT_EQ(made(of_type(FieldType::Integer), Text, Value::text("007")), "text 7");
  EXPECT_EQ(made(of_type(FieldType::Timestamp), Text, Value::text("2026-02-27 17:34:28+02")), "text 2026-02-27T15:34:28Z");
  EXPECT_EQ(made(of_type(FieldType::Date), Text, Value::text("2026-02-27")), "text 2026-02-27");
  EXPECT_EQ(made(of_type(FieldType::Money), Text, Value::text("$1,234.50")), "text 1234.50");
}

}  // namespace
}  // namespace syncline::transform
