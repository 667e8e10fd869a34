// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/place.hpp"

namespace syncline::config {

using Assignments = std::map<std::string, std::string, std::less<>>;

/// Reads lines of KEY=VALUE, as shells and other tools read a .env: `export ` before the key, 'literal' and "with \n" values, # comments.
/// Nothing in a value is replaced. What is wrong is added to `problems`, never with the value in it.
[[nodiscard]] Assignments parse_dotenv(std::string_view text, const std::string& file, std::vector<Problem>& problems);

}  // namespace syncline::config
