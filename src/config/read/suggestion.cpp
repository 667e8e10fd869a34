// SPDX-License-Identifier: Apache-2.0
#include "config/read/suggestion.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace syncline::config {

std::string suggestion(std::string_view name, std::span<const std::string> known) {
  const std::string nearest = base::nearest(name, known);
  return nearest.empty() ? all_of(known) : fmt::format("; did you mean `{}`?", nearest);
}

std::string all_of(std::span<const std::string> known) {
  if (known.empty()) return {};
  if (known.size() == 1) return fmt::format("; write {}", known.front());
  return "; use one of " + base::joined(known, ", ");
}

}  // namespace syncline::config
