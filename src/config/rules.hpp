// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/place.hpp"

namespace syncline::config {

/// Where a value stands in a record: `attribute`, `relation` (its id), `relation.attribute` (from what the answer included), `a.b.c`,
/// `list[0]`. A name with dots in it is quoted: "'a.b'". `.` alone is the record itself, as it was sent.
struct Path {
  struct Step {
    std::string name;    ///< empty for an index step
    std::string folded;  ///< base::folded_name(name)
    std::optional<size_t> index;
  };
  std::vector<Step> steps;  ///< none: the record itself
  std::string text;         ///< as written
};

/// Reads a path as it is written in a file; the error says what is wrong with it. Options of kind Path have passed this.
base::Result<Path> parse_path(std::string_view text);

/// Names of one thing, tried in order: the first one present wins, even if null.
struct Source {
  std::vector<Path> paths;
  bool first_value = false;  ///< go on past null and blank
  Place place;
};

/// One test of a rule or a filter.
struct Test {
  enum class Kind { Equals, OneOf, Contains, Matches, Less, Greater, Filled } kind = Kind::Equals;
  std::vector<std::string> values;  ///< texts to compare with; the pattern (RE2) of Matches; "true" or "false" of Filled
  Place place;
};

/// A rule: all its tests hold → `then`.
struct Rule {
  struct Condition {
    size_t input = 0;  ///< index into RuleSet::inputs
    Test test;
  };
  std::vector<Condition> when;
  std::optional<std::string> then;  ///< nullopt: null
  Place place;
};

/// rules/NAME.yaml: business knowledge as data. First match wins.
struct RuleSet {
  std::string name;
  struct Input {
    std::string name;
    Source source;
  };
  std::vector<Input> inputs;
  std::vector<Rule> rules;
  std::optional<std::string> otherwise;
  bool otherwise_reject = false;  ///< `otherwise: reject`
  Place place;
};

}  // namespace syncline::config
