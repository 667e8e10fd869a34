// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>

namespace syncline::apps {

/// Which numbers an option takes, and what they count: "a number of rows", "a run's number".
struct WholeNumber {
  std::string what;
  int64_t min = 0;
  int64_t max = std::numeric_limits<int64_t>::max();
};

/// Refuses any other text in words: "`x` is not a number of rows; write 0 or more". Adds nothing to the help.
[[nodiscard]] CLI::Validator whole_number(WholeNumber wanted);

}  // namespace syncline::apps
