// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "config/test_support/project_files.hpp"

namespace syncline::config {
namespace {

std::string problems_of(std::string_view text) {
  const test::ProjectFiles files;
  files.write("rules/origin.yaml", text);
  return files.problems();
}

std::string at(std::string_view place, std::string_view message) {
  return "rules/origin.yaml:" + std::string(place) + ": " + std::string(message) + "\n";
}

TEST(RulesFile, AWordThatIsNoTestNamesAllTests) {
  const test::ProjectFiles files;
  files.write("rules/booking_source.yaml",
              "inputs:\n"
              "  broker: broker_name\n"
              "rules:\n"
              "  - {when: {broker:          {matchs: \"(?i)classpass\"}}, then: classpass}\n");
  EXPECT_EQ(
      files.problems(),
      "rules/booking_source.yaml:4:31: `matchs` is not a test; use one of equals, one_of, contains, matches, less, greater, filled\n");
}

TEST(RulesFile, APatternIsCompiledBeforeItIsNeeded) {
  EXPECT_EQ(problems_of("inputs: {a: x}\nrules: [{when: {a: {matches: \"(b\"}}, then: c}]\n"),
            at("2:30", "`matches` is not a regular expression (RE2): missing ): (b"));
  EXPECT_EQ(problems_of("inputs: {a: x}\nrules: [{when: {a: {matches: \"((a{100}){100}){100}\"}}, then: c}]\n")
                .rfind("rules/origin.yaml:2:30: `matches` is not", 0),
            0u);
}

TEST(RulesFile, ARuleNeedsInputsTestsAndAClass) {
  EXPECT_EQ(problems_of("inputs: {origin: x}\nrules: [{when: {orgin: {equals: a}}, then: c}]\n"),
            at("2:17", "`orgin` is not one of the inputs; did you mean `origin`?"));
  EXPECT_EQ(problems_of("inputs: {a: x}\nrules: [{when: {a: {equals: b}}}]\n"),
            at("2:9", "required key `then` is missing; write the class, or `then: null`"));
  EXPECT_EQ(problems_of("inputs: {a: x}\nrules: [{when: {}, then: c}]\n"),
            at("2:16", "`when` is empty, so the rule holds always; use `otherwise`"));
  EXPECT_EQ(problems_of("inputs: {a: x}\nrules: [{then: c}]\n"),
            at("2:9", "required key `when` is missing; write `when: {input: {equals: text}}`"));
  EXPECT_EQ(problems_of("inputs: {a: x}\nrules: [x]\n"), at("2:9", "a rule must be a map, not a text; its keys are when, then"));
  EXPECT_EQ(problems_of("inputs: {a: x}\n"), at("1:1", "required key `rules` is missing; write `rules:` and a list of {when: …, then: …}"));
  EXPECT_EQ(problems_of("rules: []\nelse: x\n"), at("1:1", "required key `inputs` is missing; write `inputs: {name: path}`") +
                                                     at("2:1", "unknown key `else`; use one of inputs, rules, otherwise"));
}

TEST(RulesFile, AnInputThatCannotBeReadIsReportedOnce) {
  EXPECT_EQ(problems_of("inputs: {a: }\nrules: [{when: {a: {equals: b}}, then: c}]\n"),
            at("1:13", "`a` has no value; name where the value stands"));
}

TEST(RulesFile, RulesAreReadInOrder) {
  const test::ProjectFiles files;
  files.write("rules/origin.yaml",
              "inputs: {a: [x, y], b: {from: z, first_value: true}}\n"
              "rules:\n"
              "  - {when: {b: {filled: true}, a: {matches: \"^q\", contains: w}}, then: 5}\n"
              "  - {when: {a: {one_of: [1, 2]}}, then: null}\n"
              "otherwise: reject\n");
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  const RuleSet& rules = *project->rule_set("origin");
  EXPECT_EQ(rules.inputs.at(0).source.paths.size(), 2u);
  EXPECT_TRUE(rules.inputs.at(1).source.first_value);
  const Rule& first = rules.rules.at(0);
  ASSERT_EQ(first.when.size(), 3u);
  EXPECT_EQ(first.when[0].input, 1u);
  EXPECT_EQ(first.when[0].test.values, std::vector<std::string>{"true"});
  EXPECT_EQ(first.when[1].test.kind, config::Test::Kind::Matches);
  EXPECT_EQ(first.then, "5");
  EXPECT_EQ(first.place.line, 3);
  EXPECT_EQ(rules.rules.at(1).then, std::nullopt);
  EXPECT_TRUE(rules.otherwise_reject);
}

TEST(RulesFile, AWordInQuotesIsAText) {
  const test::ProjectFiles files;
  files.write("rules/origin.yaml", "inputs: {a: x}\nrules: []\notherwise: 'reject'\n");
  const auto project = files.load();
  ASSERT_TRUE(project) << test::all_messages(project.error());
  EXPECT_EQ(project->rules.at(0).otherwise, "reject");
  EXPECT_FALSE(project->rules.at(0).otherwise_reject);
}

}  // namespace
}  // namespace syncline::config
