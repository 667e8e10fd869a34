// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include "config/read/reading.hpp"
#include "config/rules.hpp"

namespace syncline::config {

/// The tests of one value, `{one_of: [a, b]}`; several in one map must all hold.
[[nodiscard]] std::vector<Test> read_tests(const Reading& reading, const Tree& node, std::string_view name);

}  // namespace syncline::config
