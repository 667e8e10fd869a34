// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/spec.hpp"
#include "config/options.hpp"
#include "config/read/reading.hpp"

namespace syncline::config {

/// What a variable that is not set does to a member: credentials may be absent (the method is then not tried), anything else is a problem.
enum class Unset { Record, Refuse };

/// A family a file chooses from.
struct Family {
  std::string_view name;  ///< as messages name a member of it: "a decoder"
  const std::vector<base::Spec>& members;
  Unset unset = Unset::Refuse;
};

/// One member by name, `{page: {param: page}}`: a map of its options, a single text that stands for its first option, or null for none.
[[nodiscard]] std::optional<Options> read_options(const Reading& reading, const Family& family, const Tree::Entry& member);

/// A choice of one member: a map with a single key, or just the member's name.
[[nodiscard]] std::optional<Options> read_member(const Reading& reading, const Family& family, const Tree& node, std::string_view key);

}  // namespace syncline::config
