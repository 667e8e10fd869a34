// SPDX-License-Identifier: Apache-2.0
#include "config/read/rules_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "config/read/conditions.hpp"
#include "config/read/source.hpp"
#include "config/read/suggestion.hpp"

namespace syncline::config {
namespace {

void read_inputs(const Reading& reading, const Tree& node, RuleSet& rules) {
  for (const Tree::Entry& entry : entries_of(reading, node, "inputs", "{name: path}")) {
    // An input that cannot be read keeps its name, so that rules that use it are not blamed, too.
    rules.inputs.push_back({entry.key, read_source(reading, entry.value, entry.key).value_or(Source{})});
  }
}

void read_condition(const Reading& reading, const Tree::Entry& entry, const RuleSet& rules, Rule& rule) {
  std::vector<std::string> names;
  for (const RuleSet::Input& input : rules.inputs) names.push_back(input.name);
  const auto known = std::find(names.begin(), names.end(), entry.key);
  if (known == names.end()) {
    reading.problem(entry.spot, fmt::format("`{}` is not one of the inputs{}", base::shown(entry.key, 60), suggestion(entry.key, names)));
  }
  for (Test& test : read_tests(reading, entry.value, entry.key)) rule.when.push_back({size_t(known - names.begin()), std::move(test)});
}

void read_rule(const Reading& reading, const Tree& node, RuleSet& rules) {
  const Keys keys(reading, node, "a rule", {"when", "then"});
  Rule rule;
  rule.place = reading.place(node.spot);
  if (const Tree* when = keys.required("when", "`when: {input: {equals: text}}`")) {
    const std::vector<Tree::Entry>& entries = entries_of(reading, *when, "when", "{input: {equals: text}}");
    if (when->kind == Tree::Kind::Map && entries.empty())
      reading.problem(when->spot, "`when` is empty, so the rule holds always; use `otherwise`");
    for (const Tree::Entry& entry : entries) read_condition(reading, entry, rules, rule);
  }
  const Tree* then = keys.find_with_null("then");
  if (!then && keys.is_map()) reading.problem(node.spot, "required key `then` is missing; write the class, or `then: null`");
  if (then && then->kind != Tree::Kind::Null) rule.then = reading.text(*then, "then");
  rules.rules.push_back(std::move(rule));
}

}  // namespace

RuleSet read_rules_file(const Reading& reading, const Tree& root, const std::string& name) {
  const Keys keys(reading, root, "a file of rules", {"inputs", "rules", "otherwise"});
  RuleSet rules;
  rules.name = name;
  rules.place = reading.place(root.spot);
  if (const Tree* inputs = keys.required("inputs", "`inputs: {name: path}`")) read_inputs(reading, *inputs, rules);
  if (const Tree* list = keys.required("rules", "`rules:` and a list of {when: …, then: …}")) {
    for (const Tree& rule : items_of(reading, *list, "rules", "a list of {when: …, then: …}")) read_rule(reading, rule, rules);
  }
  if (const Tree* otherwise = keys.find("otherwise")) {
    // In quotes it is the text "reject".
    rules.otherwise_reject = otherwise->kind == Tree::Kind::Scalar && !otherwise->quoted && otherwise->text == "reject";
    if (!rules.otherwise_reject) rules.otherwise = reading.text(*otherwise, "otherwise");
  }
  return rules;
}

}  // namespace syncline::config
