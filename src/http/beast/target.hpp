// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::http {

/// A request target taken apart: path and parameters percent-decoded, parameters in order ('+' is a blank in them).
struct Target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> parameters;
};

/// Reads origin form ("/a?b=c") and absolute form ("http://host/a?b=c"). Nothing for any other form, a malformed escape or a NUL: what two
/// readers could understand differently is refused.
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);

}  // namespace syncline::http
