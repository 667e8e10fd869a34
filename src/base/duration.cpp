// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::base {
namespace {

using std::chrono::milliseconds;

/// Longer is a typing error, and far below what the clock can count.
constexpr milliseconds DurationMax = std::chrono::days(36'500);

struct Unit {
  std::string_view name;
  milliseconds length;
};
constexpr Unit Units[] = {{"ms", milliseconds(1)},
                          {"s", std::chrono::seconds(1)},
                          {"m", std::chrono::minutes(1)},
                          {"h", std::chrono::hours(1)},
                          {"d", std::chrono::days(1)}};

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  Error error;
  error.kind = ErrorKind::BadConfig;
  error.side = Side::Files;
  error.code = "not_a_duration";
  error.message = fmt::format("\"{}\" {}", shown(text, 80), why);
  return fail(std::move(error));
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit = text.substr(size_t(end - text.data()));
  const auto known = std::find_if(std::begin(Units), std::end(Units), [&](const Unit& candidate) { return candidate.name == unit; });
  if (error == std::errc::result_out_of_range) return refuse(text, "is too long a time");
  if (error != std::errc() || known == std::end(Units)) return refuse(text, "is not a duration; write 500ms, 3s, 5m, 2h or 1d");
  if (count > DurationMax / known->length) return refuse(text, "is more than a hundred years");
  return known->length * count;
}

std::string duration_for_people(milliseconds duration) {
  using namespace std::chrono;
  const int64_t tenths = std::max<int64_t>((duration.count() + 50) / 100, 0);
  if (tenths < 600) return fmt::format("{}.{} s", tenths / 10, tenths % 10);
  const int64_t total = (duration.count() + 500) / 1000;
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  if (total < 86'400) return fmt::format("{} h {:02} min", total / 3600, total / 60 % 60);
  return fmt::format("{} d {:02} h", total / 86'400, total / 3600 % 24);
}

}  // namespace syncline::base
