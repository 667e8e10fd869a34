// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <vector>

#include "config/entity.hpp"
#include "record/record_batch.hpp"

/// Where paths look in an entity with `each`. Its rows are made of a record of two fields, `element` and `record`, and its paths are
/// written anew to begin with one of the two; so nothing that makes a row knows of `each`.
namespace syncline::transform {

/// The entity with the paths of its key, version, fields and relations as they stand in an ElementScope; those of `each` and `where` as
/// they stand in the record.
[[nodiscard]] config::Entity scoped(config::Entity entity);
/// Rule sets whose inputs look in an ElementScope.
[[nodiscard]] std::vector<config::RuleSet> scoped(std::vector<config::RuleSet> rules);

/// One element with the record it stands in, as a record of the two. Refers to both; an Absent element stands for none.
class ElementScope {
 public:
  ElementScope(const record::Record& record, const record::Value& element)
      : fields_{{{config::scope::Element, element}, {config::scope::Record, record::Value::object(record.fields, record.source)}}},
        source_(record.source) {}

  /// Lives as long as the scope.
  [[nodiscard]] record::Record record() const { return {fields_, source_}; }

 private:
  std::array<record::Field, 2> fields_;
  std::string_view source_;
};

}  // namespace syncline::transform
