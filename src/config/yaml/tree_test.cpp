// SPDX-License-Identifier: Apache-2.0
#include "config/yaml/tree.hpp"

#include <gtest/gtest.h>

namespace syncline::config::yaml {
namespace {

std::string problems_of(std::string_view text) {
  std::string lines;
  for (const Problem& problem : parse(text, "f.yaml").problems) lines += to_string(problem) + "\n";
  return lines;
}

std::string repeated(std::string_view part, size_t times) {
  std::string text;
  for (size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(YamlTree, ADuplicateKeyIsRefusedAtItsPlace) {
  EXPECT_EQ(problems_of("a: 1\nb: 2\na: 3\n"), "f.yaml:3:1: the key `a` is written twice, first in line 1; remove one\n");
  EXPECT_EQ(problems_of("x: {a: 1, a: 2, a: 3}"),
            "f.yaml:1:11: the key `a` is written twice, first in line 1; remove one\nf.yaml:1:17: the key `a` is written twice, first in "
            "line 1; remove one\n");
}

TEST(YamlTree, ASecondDocumentIsRefused) {
  const std::string refused = "the file has already ended before this: write one map a file, without `---`, its keys all indented alike\n";
  EXPECT_EQ(problems_of("a: 1\n---\nb: 2\n"), "f.yaml:2:1: " + refused);
  EXPECT_EQ(problems_of("- a\nb: c\n"), "f.yaml:2:1: " + refused);
  EXPECT_EQ(problems_of("  a: 1\nb: 2\n"), "f.yaml:2:1: " + refused);
  EXPECT_EQ(problems_of("{a: 1} b"), "f.yaml:1:8: " + refused);
}

TEST(YamlTree, AQuoteThatIsNeverClosedIsRefused) {
  EXPECT_EQ(problems_of("a: 'x\n"), "f.yaml:1:4: this quote is never closed\n");
  EXPECT_EQ(problems_of("a: &y 'x\n"), "f.yaml:1:4: this quote is never closed\n");
  EXPECT_EQ(problems_of("a: 'x\n\nb: 1\n"), "f.yaml:1:4: this quote is never closed\n");
  EXPECT_EQ(problems_of("\""), "f.yaml:1:1: this quote is never closed\n");
  EXPECT_EQ(problems_of("a: 'x"), "f.yaml:1:6: the file ends inside quotes; close them\n");
  EXPECT_EQ(problems_of("a: 'it''s'\nb: \"\\\"\"\n"), "");
}

TEST(YamlTree, ATextThatRunsOnWithoutQuotesIsRefused) {
  EXPECT_EQ(problems_of("a: x\n  y\n"),
            "f.yaml:1:4: this text runs on over the next line; if that is meant, put it in quotes, otherwise mend the indentation or the "
            "missing `:`\n");
  EXPECT_EQ(problems_of("a: 'x\n  y'\nb: |\n  x\n  y\n"), "");
}

TEST(YamlTree, AVariableInsideAFlowMapMustBeQuoted) {
  EXPECT_EQ(problems_of("a: {b: ${X:-f}}"), "f.yaml:1:9: text with ${…} must be in quotes inside {…} and […]\n");
  EXPECT_EQ(problems_of("a: [${X}]"), "f.yaml:1:6: text with ${…} must be in quotes inside {…} and […]\n");
}

TEST(YamlTree, SyntaxErrorsSayWhatToDo) {
  EXPECT_EQ(problems_of("a: b: c"),
            "f.yaml:1:5: `:` is not expected here; put a text that holds `: ` in quotes, or mend the indentation\n");
  EXPECT_EQ(problems_of("a: {b: 1"),
            "f.yaml:1:4: this `{` is not closed with `}`, or a comma is missing, or a text with { } [ ] or , in it is not in quotes\n");
  EXPECT_EQ(problems_of("x: 1\na: [1, 2"),
            "f.yaml:2:4: this `[` is not closed with `]`, or a comma is missing, or a text with { } [ ] or , in it is not in quotes\n");
  EXPECT_EQ(problems_of("a: {b: 1}}\n"), "f.yaml:1:10: this bracket closes nothing; remove it\n");
  EXPECT_EQ(problems_of("a: 'x' y"),
            "f.yaml:1:8: this does not continue the map above; mend the indentation, or the text after a closing quote\n");
  EXPECT_EQ(problems_of("a: @x"), "f.yaml:1:4: this character has no meaning here; put the text that holds it in quotes\n");
  EXPECT_EQ(problems_of("a: - b"), "f.yaml:1:4: a list cannot begin here; begin it on the next line, or write [a, b]\n");
}

TEST(YamlTree, KeysAreTexts) {
  EXPECT_EQ(problems_of("? [a]\n: b\n"), "f.yaml:1:3: a key must be a text, not a list or a map; text with ${…} must be in quotes\n");
  EXPECT_EQ(problems_of(": x\n"), "f.yaml:1:1: a key is missing before `:`, or it is null; put it in quotes if that is its name\n");
}

TEST(YamlTree, TagsAreRefused) {
  EXPECT_EQ(problems_of("a: !!binary x\n"),
            "f.yaml:1:4: the tag `tag:yaml.org,2002:binary` has no meaning here; remove it, and put text in quotes\n");
  EXPECT_EQ(problems_of("a: !x [b]\n"), "f.yaml:1:4: the tag `!x` has no meaning here; remove it, and put text in quotes\n");
}

TEST(YamlTree, DeepNestingIsRefused) {
  EXPECT_EQ(problems_of(repeated("[", 65) + repeated("]", 65)), "f.yaml:1:65: nested deeper than 64 levels; write it flatter\n");
  EXPECT_EQ(problems_of(repeated("[", 20'000) + repeated("]", 20'000)), "f.yaml:1:65: nested deeper than 64 levels; write it flatter\n");
  EXPECT_EQ(problems_of(repeated("{a: ", 20'000) + repeated("}", 20'000)),
            "f.yaml:1:257: nested deeper than 64 levels; write it flatter\n");
  EXPECT_EQ(problems_of(repeated("- ", 20'000)), "f.yaml:1:129: nested deeper than 64 levels; write it flatter\n");
  EXPECT_NE(problems_of(repeated("[", 20'000)).find("nested deeper than 64 levels; write it flatter\n"), std::string::npos);
  EXPECT_NE(problems_of(repeated("? ", 20'000)).find("nested deeper than 64 levels; write it flatter\n"), std::string::npos);
  EXPECT_EQ(problems_of(repeated("[", 64) + repeated("]", 64)), "");
}

TEST(YamlTree, AnAliasBombIsRefused) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string above = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
    bomb += name + ": &" + name + " [" + above + repeated(", " + above, 8) + "]\n";
  }
  EXPECT_EQ(problems_of(bomb), "f.yaml:5:30: more than 50,000 values in one file, aliases counted; split it\n");
}

TEST(YamlTree, AliasesCannotDeepenATreeBeyondTheLimit) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i) text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  EXPECT_EQ(problems_of(text), "f.yaml:63:12: nested deeper than 64 levels; write it flatter\n");
}

TEST(YamlTree, AnAliasOfWhatItStandsInIsRefused) {
  EXPECT_EQ(problems_of("a: &x [*x]\n"), "f.yaml:1:8: this alias stands inside what it names; write the value out\n");
}

TEST(YamlTree, TooManyValuesAreRefused) {
  EXPECT_EQ(problems_of("a: [" + repeated("x,", 60'000) + "]"),
            "f.yaml:1:100003: more than 50,000 values in one file, aliases counted; split it\n");
}

TEST(YamlTree, BytesThatAreNoTextAreRefused) {
  EXPECT_EQ(problems_of(std::string_view("a: x\nb: \0\n", 10)),
            "f.yaml:2:4: the control character 0x00 does not belong in this file; remove it\n");
  EXPECT_EQ(problems_of("a: \x04\nnonsense: ["), "f.yaml:1:4: the control character 0x04 does not belong in this file; remove it\n");
  EXPECT_EQ(problems_of("\xC3\xA4: \xFF\n"), "f.yaml:1:4: the byte 0xff is not UTF-8; save the file as UTF-8\n");
  EXPECT_EQ(problems_of("a: \"x\\0y\"\n"), "f.yaml:1:4: a NUL character cannot stand in a text; remove `\\0`\n");
}

TEST(YamlTree, SeveralProblemsOfOneFileAreFoundAtOnce) {
  EXPECT_EQ(problems_of("a: 1\na: 2\nb: !t x\n"),
            "f.yaml:2:1: the key `a` is written twice, first in line 1; remove one\n"
            "f.yaml:3:4: the tag `!t` has no meaning here; remove it, and put text in quotes\n");
}

TEST(YamlTree, TextsStayAsWritten) {
  const Tree tree = parse("a: 1.10\nb: 01234\nc: 'x'\nd: ~\ne: ''\nf: yes\n", "f.yaml").tree;
  EXPECT_EQ(tree.entry("a")->value.text, "1.10");
  EXPECT_EQ(tree.entry("b")->value.text, "01234");
  EXPECT_FALSE(tree.entry("b")->value.quoted);
  EXPECT_TRUE(tree.entry("c")->value.quoted);
  EXPECT_EQ(tree.entry("d")->value.kind, Tree::Kind::Null);
  EXPECT_EQ(tree.entry("e")->value.kind, Tree::Kind::Scalar);
  EXPECT_EQ(tree.entry("f")->value.text, "yes");
  EXPECT_EQ(tree.entry("g"), nullptr);
}

TEST(YamlTree, ColumnsCountCharacters) {
  const Tree tree = parse("\xEF\xBB\xBF\xC3\xA4: {\xC3\xB6: x, y: z}\r\nb: 1\r\n", "f.yaml").tree;
  const Tree& map = tree.entries.at(0).value;
  EXPECT_EQ(map.spot.column, 4);
  EXPECT_EQ(map.entry("y")->spot.column, 11);
  EXPECT_EQ(map.entry("y")->value.spot.column, 14);
  EXPECT_EQ(tree.entry("b")->spot.line, 2);
  EXPECT_EQ(tree.entry("b")->spot.column, 1);
}

TEST(YamlTree, AnAliasIsACopyOfWhatItNames) {
  const Parsed parsed = parse("a: &x {n: 1}\nb: *x\n", "f.yaml");
  ASSERT_TRUE(parsed.problems.empty());
  EXPECT_EQ(parsed.tree.entry("b")->value.entry("n")->value.text, "1");
}

TEST(YamlTree, AnEmptyFileIsNothing) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n"}) {
    const Parsed parsed = parse(text, "f.yaml");
    EXPECT_TRUE(parsed.readable) << text;
    EXPECT_EQ(parsed.tree.kind, Tree::Kind::Null) << text;
  }
}

}  // namespace
}  // namespace syncline::config::yaml
