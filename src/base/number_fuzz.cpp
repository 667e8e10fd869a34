// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "base/check.hpp"
#include "base/decimal.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

using namespace syncline::base;

namespace {

/// Whatever is accepted as a number must have a text that reads back as the same number.
void try_decimal(std::string_view text, const AmountFormat& format) {
  const Result<Decimal> value = parse_decimal(text, format);
  if (!value) {
    check(invalid_utf8_at(value.error().message) == std::string_view::npos, "the message of a refusal is text");
    return;
  }
  const Result<Decimal> again = parse_decimal(to_string(*value));
  check(again && *again == *value, "a decimal's text reads back as itself");
  const std::optional<Decimal> wider = with_scale(*value, value->scale + 3);
  check(wider && with_scale(*wider, value->scale) == *value, "a wider scale is the same number");
  if (const std::optional<int64_t> whole = to_int64(*value))
    check(to_int64(*parse_decimal(std::to_string(*whole))) == whole, "an integer reads back as itself");
}

void try_times(std::string_view text) {
  static const Zone zone = *Zone::find("America/New_York");
  if (const auto instant = parse_timestamp(text, &zone, Zone::Unclear::Later))
    check(parse_timestamp(to_string(*instant)) == *instant, "an instant's text reads back as itself");
  if (const auto date = parse_date(text)) check(parse_date(to_string(*date)) == *date, "a date's text reads back as itself");
  if (const auto time = parse_time_of_day(text))
    check(parse_time_of_day(time_of_day_to_string(*time)) == *time, "a time of day's text reads back as itself");
  if (const auto duration = parse_duration(text))
    check(duration->count() >= 0 && !duration_for_people(*duration).empty(), "a duration is not negative");
  (void)parse_http_date(text);
}

/// The part before the first line end is a format, the rest a text in it.
void try_declared_format(std::string_view text) {
  const size_t split = text.find('\n');
  if (split == std::string_view::npos) return;
  if (const auto local = parse_local_time(text.substr(split + 1), text.substr(0, split))) {
    static const Zone zone = *Zone::find("America/New_York");
    const auto instant = zone.to_instant(*local, Zone::Unclear::Earlier);
    check(instant.has_value(), "with a policy every local time is an instant");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_decimal(text, {});
  try_decimal(text, {.decorated = true, .decimal_mark = '.'});
  try_decimal(text, {.decorated = true, .decimal_mark = ','});
  try_times(text);
  try_declared_format(text);
  return 0;
}
