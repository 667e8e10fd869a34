// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace syncline::config {

/// Where something stands in a file a user wrote; line and column from 1.
struct Place {
  std::string file;  ///< as the user would name it: relative to the project's folder
  int line = 0, column = 0;
};

/// One thing that is wrong in a file: what, and what to write instead.
struct Problem {
  Place place;
  std::string message;
};

/// "file:line:column: message".
[[nodiscard]] std::string to_string(const Problem& problem);

}  // namespace syncline::config
