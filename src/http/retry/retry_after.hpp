// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace syncline::http {

/// A server that says more than this is not believed further: its wait counts as this long.
constexpr std::chrono::milliseconds RetryAfterMax = std::chrono::hours(24);

/// What a Retry-After header asks us to wait from `now` on, between 0 and RetryAfterMax: seconds (a fraction is rounded up to milliseconds,
/// a negative number is 0) or an HTTP date (a past one is 0). Nullopt for whatever else it says.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, base::Timestamp now);

}  // namespace syncline::http
