// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "config/rules.hpp"
#include "transform/cells/cell.hpp"
#include "transform/fields/test.hpp"
#include "transform/lookup/lookup.hpp"

namespace syncline::transform {

/// What making the rows of a batch works with; reused from record to record, owned by one thread.
struct Work {
  record::Record record;
  Hints hints;
  base::Arena& arena;
  std::vector<record::Value> inputs;                          ///< of the rule set being asked
  std::unordered_map<std::string, int64_t> occurrences = {};  ///< of equal key parts, among the elements of the record
};

/// A rule set, ready to classify. Refers to the config::RuleSet it was made of. Immutable; may be used by any thread.
class Rules {
 public:
  /// An error names the place in the file and what is wrong.
  static tl::expected<Rules, config::Problem> create(const config::RuleSet& set, size_t& hints);

  /// The outcome of the first rule whose tests all hold: Text, or Null. Refused when no rule holds and the file says so.
  [[nodiscard]] tl::expected<record::Value, Refusal> classify(Work& work) const;

  /// Every text a rule may give, with its place: what the column must be able to hold.
  [[nodiscard]] std::vector<std::pair<config::Place, std::string_view>> outcomes() const;

 private:
  struct Condition {
    size_t input;
    BoundTest test;
  };
  struct BoundRule {
    std::vector<Condition> when;
    const config::Rule* rule;
  };

  [[nodiscard]] tl::unexpected<Refusal> no_rule_fits(const Work& work) const;

  const config::RuleSet* set_ = nullptr;
  std::vector<Lookup> inputs_;
  std::vector<BoundRule> rules_;
};

}  // namespace syncline::transform
