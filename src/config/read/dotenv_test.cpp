// SPDX-License-Identifier: Apache-2.0
#include "config/read/dotenv.hpp"

#include <gtest/gtest.h>

namespace syncline::config {
namespace {

std::string problems_of(std::string_view text) {
  std::vector<Problem> problems;
  const Assignments ignored = parse_dotenv(text, ".env", problems);
  std::string lines;
  for (const Problem& problem : problems) lines += to_string(problem) + "\n";
  return lines;
}

Assignments parsed(std::string_view text) {
  std::vector<Problem> problems;
  Assignments assignments = parse_dotenv(text, ".env", problems);
  EXPECT_TRUE(problems.empty());
  return assignments;
}

TEST(Dotenv, WrongLinesAreNamedWithoutTheirValue) {
  EXPECT_EQ(problems_of("A=1\nnot a line\n"), ".env:2:5: `=` is missing after `not`; write not=value\n");
  EXPECT_EQ(problems_of("2A=secret\n"), ".env:1:1: a line is NAME=value, and a name has letters, digits and _ only\n");
  EXPECT_EQ(problems_of("=secret\n"), ".env:1:1: a line is NAME=value, and a name has letters, digits and _ only\n");
  EXPECT_EQ(problems_of("A\n"), ".env:1:2: `=` is missing after `A`; write A=value\n");
  EXPECT_EQ(problems_of("A=\"secret\nB='x\n"),
            ".env:1:3: this quote is not closed in its line\n.env:2:3: this quote is not closed in its line\n");
  EXPECT_EQ(problems_of("A='secret' more\n"), ".env:1:12: only a # comment may follow the closing quote\n");
  EXPECT_EQ(problems_of("A=1\nexport A=2\n"), ".env:2:1: `A` is set twice, first in line 1; remove one\n");
  EXPECT_EQ(problems_of(std::string_view("A=\0", 3)), ".env:1:3: the control character 0x00 does not belong in this file; remove it\n");
}

TEST(Dotenv, ReadsWhatShellsWrite) {
  const Assignments read = parsed(
      "\xEF\xBB\xBF# comment\r\n"
      "\r\n"
      "PLAIN=a b\r\n"
      "export EXPORTED=x\r\n"
      "  SPACED = y  # comment\r\n"
      "HASH=pa#ss\r\n"
      "SINGLE='a # \\n ${X}' # comment\r\n"
      "DOUBLE=\"a\\n\\\"b\\\" $\"\r\n"
      "EMPTY=\r\n"
      "COMMENTED= # nothing\r\n"
      "EQUALS=a=b");
  EXPECT_EQ(read, (Assignments{{"PLAIN", "a b"},
                               {"EXPORTED", "x"},
                               {"SPACED", "y"},
                               {"HASH", "pa#ss"},
                               {"SINGLE", "a # \\n ${X}"},
                               {"DOUBLE", "a\n\"b\" $"},
                               {"EMPTY", ""},
                               {"COMMENTED", ""},
                               {"EQUALS", "a=b"}}));
}

TEST(Dotenv, ANameMayBeginWithExport) { EXPECT_EQ(parsed("export_x=1\n"), (Assignments{{"export_x", "1"}})); }

}  // namespace
}  // namespace syncline::config
