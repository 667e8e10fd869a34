// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace syncline::config {

/// What to write instead of an unknown name: "; did you mean `x`?", or "; use one of a, b, c", or "" when nothing is known.
[[nodiscard]] std::string suggestion(std::string_view name, std::span<const std::string> known);

/// "; use one of a, b, c".
[[nodiscard]] std::string all_of(std::span<const std::string> known);

}  // namespace syncline::config
