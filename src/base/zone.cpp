// SPDX-License-Identifier: Apache-2.0
#define USE_OS_TZDB 1  // the operating system's zones, which its updates keep current
#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::base {
namespace {

using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

/// The zone files list every change up to 2037; beyond, the library would go on with the last offset for ever. A later year is looked up as
/// the last listed one whose 1 March is the same day of the week, which is what the rules of every zone go by.
constexpr int LastListedYear = 2037;

std::chrono::microseconds as_listed(std::chrono::microseconds since_epoch) {
  using namespace std::chrono;
  const sys_time<microseconds> when{since_epoch};
  const sys_days day = floor<days>(when);
  const year_month_day date{day};
  if (date.year() <= year{LastListedYear}) return since_epoch;
  const auto weekday_of_march = [](year y) { return weekday(sys_days(y / March / 1)); };
  year same{LastListedYear};
  while (weekday_of_march(same) != weekday_of_march(date.year())) --same;
  const year_month_day moved{same / date.month() / date.day()};
  const sys_days listed = moved.ok() ? sys_days(moved) : sys_days(same / February / 28);
  return (sys_time<microseconds>(listed) + (when - day)).time_since_epoch();
}

const date::time_zone& table_entry(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

tl::unexpected<Error> unknown_zone(std::string_view name) {
  Error error;
  error.kind = ErrorKind::BadConfig;
  error.side = Side::Files;
  error.code = "unknown_zone";
  error.message = fmt::format("\"{}\" is not a time zone", shown(name, 80));
  try {
    std::vector<std::string> names;
    for (const date::time_zone& zone : date::get_tzdb().zones) names.push_back(zone.name());
    const std::string near = nearest(name, names);
    error.message += near.empty() ? ", write one such as America/Chicago" : fmt::format(", did you mean \"{}\"?", near);
  } catch (const std::exception& failure) {
    error.message += fmt::format(" that can be read here: {}; is the package tzdata installed?", failure.what());
  }
  return fail(std::move(error));
}

tl::unexpected<Error> unclear_time(LocalTime local, std::string_view why, std::string_view zone) {
  Error error;
  error.side = Side::Source;
  error.code = "unclear_time";
  std::string text = to_string(Timestamp(local.time_since_epoch()));
  text.pop_back();  // the Z: this is local
  error.message = fmt::format("{} {} in {}; say with `unclear: earlier` or `later` which is meant", text, why, zone);
  return fail(std::move(error));
}

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  if (name == "UTC") return utc();
  try {
    const date::time_zone* zone = date::locate_zone(name);
    zone->get_info(date::sys_seconds{});  // reads the zone's file now, where a failure can still be told
    return Zone(zone);
  } catch (const std::exception&) {
    return unknown_zone(name);
  }
}

// UTC is no entry of the table, so that it is there even on a machine without zones.
Zone Zone::utc() { return Zone(nullptr); }

std::string_view Zone::name() const { return zone_ ? std::string_view(table_entry(zone_).name()) : "UTC"; }

Result<Timestamp> Zone::to_instant(LocalTime local, Unclear policy) const {
  if (!zone_) return Timestamp(local.time_since_epoch());
  const auto listed = date::floor<std::chrono::seconds>(date::local_time<std::chrono::microseconds>(as_listed(local.time_since_epoch())));
  const date::local_info info = table_entry(zone_).get_info(listed);
  const Timestamp with_first(local.time_since_epoch() - info.first.offset);
  if (info.result == date::local_info::unique) return with_first;

  const Timestamp with_second(local.time_since_epoch() - info.second.offset);
  switch (policy) {
    case Unclear::Earlier:
      return std::min(with_first, with_second);
    case Unclear::Later:
      return std::max(with_first, with_second);
    case Unclear::Refuse:
      break;
  }
  const bool gap = info.result == date::local_info::nonexistent;
  return unclear_time(local, gap ? "does not exist (clocks went forward)" : "exists twice (clocks went back)", name());
}

LocalTime Zone::to_local(Timestamp instant) const {
  if (!zone_) return LocalTime(instant.time_since_epoch());
  const auto listed = date::floor<std::chrono::seconds>(date::sys_time<std::chrono::microseconds>(as_listed(instant.time_since_epoch())));
  return LocalTime(instant.time_since_epoch() + table_entry(zone_).get_info(listed).offset);
}

}  // namespace syncline::base
