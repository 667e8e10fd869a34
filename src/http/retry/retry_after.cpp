// SPDX-License-Identifier: Apache-2.0
#include "http/retry/retry_after.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::http {
namespace {

using std::chrono::milliseconds;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Whole seconds, never more than RetryAfterMax however many digits there are.
milliseconds bounded_seconds(std::string_view digits) {
  milliseconds total{0};
  for (char digit : digits) total = std::min(RetryAfterMax, total * 10 + std::chrono::seconds(digit - '0'));
  return total;
}

/// The digits behind the point, rounded up.
milliseconds fraction(std::string_view digits) {
  int value = 0;
  for (size_t at = 0; at < 3; ++at) value = value * 10 + (at < digits.size() ? digits[at] - '0' : 0);
  const bool more = digits.size() > 3 && digits.find_first_not_of('0', 3) != std::string_view::npos;
  return milliseconds(value + (more ? 1 : 0));
}

std::optional<milliseconds> parse_seconds(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point), behind = point == std::string_view::npos ? "0" : text.substr(point + 1);
  if (!is_digits(whole) || !is_digits(behind)) return std::nullopt;
  return negative ? milliseconds(0) : std::min(RetryAfterMax, bounded_seconds(whole) + fraction(behind));
}

}  // namespace

std::optional<milliseconds> parse_retry_after(std::string_view text, base::Timestamp now) {
  text = base::trim(text);
  if (const auto seconds = parse_seconds(text)) return seconds;
  const auto date = base::parse_http_date(text);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<milliseconds>(*date - now), milliseconds(0), RetryAfterMax);
}

}  // namespace syncline::http
