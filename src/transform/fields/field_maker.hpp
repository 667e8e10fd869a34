// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "transform/fields/converter.hpp"
#include "transform/fields/value_map.hpp"

namespace syncline::transform {

/// Makes the cell of one mapped column from a record: finds the value, goes by the field's policies, converts. Immutable after
/// construction; may be used by any thread.
class FieldMaker {
 public:
  /// What could not land, with the value as it was found.
  struct Failure {
    Refusal refusal;
    record::Value value;
  };
  using Outcome = tl::expected<record::Cell, Failure>;

  /// Everything that is wrong with the field goes to `problems`; the maker is then not to be used. `rules` is the field's rule set, or
  /// null.
  FieldMaker(const config::FieldMapping& field, const record::Column& column, const config::RuleSet* rules, size_t& hints,
             std::vector<config::Problem>& problems);

  [[nodiscard]] Outcome make(Work& work) const;

  [[nodiscard]] const record::Column& column() const { return converter_.column(); }

 private:
  void check_constants(std::vector<config::Problem>& problems) const;
  void check_constant(std::string_view text, std::string_view key, const config::Place& place,
                      std::vector<config::Problem>& problems) const;

  [[nodiscard]] Outcome make_found(const record::Value& value, Work& work) const;
  [[nodiscard]] Outcome make_missing(Work& work) const;
  [[nodiscard]] Outcome make_empty(Work& work) const;
  [[nodiscard]] Outcome make_blank(const record::Value& value, Work& work) const;
  [[nodiscard]] Outcome make_mapped(const record::Value& value, Work& work) const;
  [[nodiscard]] Outcome make_outside(const record::Value& value, Work& work) const;
  [[nodiscard]] Outcome converted(const record::Value& value, Work& work) const;
  [[nodiscard]] Outcome converted_own(std::string_view text, Work& work) const;

  config::FieldMapping field_;
  Lookup source_;
  ValueMap values_;
  std::optional<Rules> rules_;
  Converter converter_;
};

}  // namespace syncline::transform
