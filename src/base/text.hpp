// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Small pure functions on text, ASCII rules unless said otherwise: names of fields and options are ASCII in every API met so far.
namespace syncline::base {

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

/// A field name as fallback keys compare it: lower case, without spaces and underscores ("Reservation ID" = "reservation_id").
[[nodiscard]] std::string folded_name(std::string_view name);

/// The candidate closest to `name` by edit distance, or "" when none is near enough to be a typing error.
[[nodiscard]] std::string nearest(std::string_view name, std::span<const std::string> candidates);

/// Byte offset of the first byte that is not valid UTF-8 (overlong forms and surrogates are invalid), or npos.
[[nodiscard]] size_t invalid_utf8_at(std::string_view text);

/// A JSON string literal with its quotes; control characters and quotes escaped.
[[nodiscard]] std::string json_quoted(std::string_view text);

/// At most `bytes_max` bytes, cut at a character, with "…" when cut; control characters (also escape sequences) made visible, so that
/// text from outside cannot play tricks with a terminal or a log line.
[[nodiscard]] std::string shown(std::string_view text, size_t bytes_max = 200);

[[nodiscard]] std::string joined(std::span<const std::string> parts, std::string_view separator);

/// 1234567 → "1,234,567".
[[nodiscard]] std::string with_thousands(int64_t number);

}  // namespace syncline::base
