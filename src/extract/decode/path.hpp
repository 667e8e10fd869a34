// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/value.hpp"

namespace syncline::extract {

/// Where something stands in an answer: names joined by dots, a name that holds dots in single quotes. Names are exact here: unlike a record's
/// fields, an envelope's are part of the vendor's protocol.
struct AnswerPath {
  std::string text;                ///< as written
  std::vector<std::string> steps;  ///< empty: the answer itself

  AnswerPath() = default;
  explicit AnswerPath(std::string_view written);

  [[nodiscard]] bool empty() const { return steps.empty(); }
  /// The value there; Absent when a step leads nowhere.
  [[nodiscard]] record::Value of(record::Value root) const;
  [[nodiscard]] record::Value of(std::span<const record::Field> fields) const;
};

/// The member of that name; Absent if there is none.
[[nodiscard]] record::Value member(std::span<const record::Field> fields, std::string_view name);

}  // namespace syncline::extract
