// SPDX-License-Identifier: Apache-2.0
#include "transform/fields/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace syncline::transform {
namespace {

using record::Value;

Value value_of(const std::optional<std::string>& outcome) { return outcome ? Value::text(*outcome) : Value::null(); }

}  // namespace

tl::expected<Rules, config::Problem> Rules::create(const config::RuleSet& set, size_t& hints) {
  Rules bound;
  bound.set_ = &set;
  for (const config::RuleSet::Input& input : set.inputs) bound.inputs_.emplace_back(input.source, hints);
  for (const config::Rule& rule : set.rules) {
    BoundRule& one = bound.rules_.emplace_back(BoundRule{{}, &rule});
    for (const config::Rule::Condition& condition : rule.when) {
      auto test = BoundTest::create(condition.test);
      if (!test) return tl::unexpected(config::Problem{condition.test.place, "the rule's test " + test.error()});
      if (condition.input >= set.inputs.size())
        return tl::unexpected(config::Problem{rule.place, "the rule tests an input that is not declared"});
      one.when.push_back({condition.input, std::move(*test)});
    }
  }
  return bound;
}

tl::expected<Value, Refusal> Rules::classify(Work& work) const {
  work.inputs.clear();
  for (const Lookup& input : inputs_) work.inputs.push_back(input.find(work.record, work.hints));
  for (const auto& [when, rule] : rules_) {
    if (std::all_of(when.begin(), when.end(),
                    [&](const Condition& condition) { return condition.test.passes(work.inputs[condition.input]); }))
      return value_of(rule->then);
  }
  if (set_->otherwise_reject) return no_rule_fits(work);
  return value_of(set_->otherwise);
}

tl::unexpected<Refusal> Rules::no_rule_fits(const Work& work) const {
  std::vector<std::string> seen;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Value& value = work.inputs[i];
    const bool named = value.absent() || value.is(Value::Type::Null);
    seen.push_back(fmt::format("{} is {}", set_->inputs[i].name,
                               named ? std::string(record::name_of(value.type())) : "\"" + base::shown(value.text(), 60) + "\""));
  }
  return refuse("no_rule", fmt::format(": no rule of `{}` fits ({})", set_->name, base::joined(seen, ", ")));
}

std::vector<std::pair<config::Place, std::string_view>> Rules::outcomes() const {
  std::vector<std::pair<config::Place, std::string_view>> texts;
  for (const BoundRule& rule : rules_) {
    if (rule.rule->then) texts.emplace_back(rule.rule->place, *rule.rule->then);
  }
  if (set_->otherwise && !set_->otherwise_reject) texts.emplace_back(set_->place, *set_->otherwise);
  return texts;
}

}  // namespace syncline::transform
