// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/rules.hpp"
#include "record/value.hpp"

namespace syncline::extract {

/// Where something stands in an answer, in the grammar of config's paths. Names are exact here: unlike a record's fields, an envelope's are
/// part of the vendor's protocol.
struct AnswerPath {
  std::string text;                       ///< as written
  std::vector<config::Path::Step> steps;  ///< empty: the answer itself

  AnswerPath() = default;
  /// What config has checked; a text that is no path is taken as one name.
  explicit AnswerPath(std::string_view written);

  [[nodiscard]] bool empty() const { return steps.empty(); }
  /// The value there; Absent when a step leads nowhere.
  [[nodiscard]] record::Value of(record::Value root) const;
  [[nodiscard]] record::Value of(std::span<const record::Field> fields) const;
};

/// The member of that name; Absent if there is none.
[[nodiscard]] record::Value member(std::span<const record::Field> fields, std::string_view name);

}  // namespace syncline::extract
