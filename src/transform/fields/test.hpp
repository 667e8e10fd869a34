// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/decimal.hpp"
#include "config/rules.hpp"
#include "record/value.hpp"

namespace re2 {
class RE2;
}

namespace syncline::transform {

/// A test of a rule or a filter, ready to be asked. Immutable; may be used by any thread.
class BoundTest {
 public:
  /// An error says what is wrong with the pattern or the value compared with.
  static tl::expected<BoundTest, std::string> create(const config::Test& test);

  /// Whether the value passes. Text is compared trimmed and, but for `matches`, without case; a list passes if one of its elements does;
  /// `less` and `greater` compare numbers as numbers and anything else as text. What is absent or null passes `filled: false` only.
  [[nodiscard]] bool passes(const record::Value& value) const;

 private:
  [[nodiscard]] bool passes_text(std::string_view text) const;
  [[nodiscard]] int compared(std::string_view text) const;

  config::Test test_;
  std::shared_ptr<const re2::RE2> pattern_;
  std::optional<base::Decimal> number_;  ///< of Less and Greater, if the value compared with is one
};

/// -1, 0 or 1, exactly.
[[nodiscard]] int compare(const base::Decimal& a, const base::Decimal& b);

}  // namespace syncline::transform
