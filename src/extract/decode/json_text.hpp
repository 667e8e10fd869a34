// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include "base/arena.hpp"

namespace syncline::extract {

/// Whether the token is a JSON number to the last byte (RFC 8259, 6): no leading zero, no plus, no bare point.
[[nodiscard]] bool is_json_number(std::string_view token);

/// A JSON string's content without its escapes.
struct Unescaped {
  std::string_view text;        ///< valid UTF-8 if the content was; lives in the arena
  bool lone_surrogate = false;  ///< half of a surrogate pair stood alone; U+FFFD stands in its place
};

/// Resolves the escapes of what stands between a JSON string's quotes; nullopt for an escape that JSON does not have.
[[nodiscard]] std::optional<Unescaped> unescaped(std::string_view content, base::Arena& arena);

}  // namespace syncline::extract
