// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "config/read/reading.hpp"
#include "config/rules.hpp"

namespace syncline::config {

/// rules/NAME.yaml. What could not be read is left out, and reported.
[[nodiscard]] RuleSet read_rules_file(const Reading& reading, const Tree& root, const std::string& name);

}  // namespace syncline::config
