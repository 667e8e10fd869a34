// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include "config/read/reading.hpp"
#include "config/rules.hpp"

namespace syncline::config {

/// One path: `a.b`.
[[nodiscard]] std::optional<Path> read_path(const Reading& reading, const Tree& node, std::string_view name);

/// A path, a list of paths, or {from: …, first_value: true}.
[[nodiscard]] std::optional<Source> read_source(const Reading& reading, const Tree& node, std::string_view name);

}  // namespace syncline::config
