// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace syncline::base {

/// A calendar day without time or zone.
using Date = std::chrono::sys_days;

/// A zone of the IANA database ("America/Chicago", also legacy names such as "US/Eastern"). Cheap to copy; points into the process-wide
/// zone table.
class Zone {
 public:
  /// An error names the nearest known zone.
  static Result<Zone> find(std::string_view name);
  static Zone utc();
  [[nodiscard]] std::string_view name() const;

  /// A local time that does not exist (spring gap) or exists twice (autumn overlap) is an error unless a policy says which instant is
  /// meant.
  enum class Unclear { Refuse, Earlier, Later };
  [[nodiscard]] Result<Timestamp> to_instant(std::chrono::local_time<std::chrono::microseconds> local, Unclear policy) const;
  [[nodiscard]] std::chrono::local_time<std::chrono::microseconds> to_local(Timestamp instant) const;

 private:
  explicit Zone(const void* zone) : zone_(zone) {}
  const void* zone_;  ///< a date::time_zone
};

/// RFC 3339 / ISO 8601 ("2026-02-27T15:34:28.278681Z", a blank instead of T, offsets ±hh:mm, ±hhmm, ±hh). Without an offset `zone` says
/// where the local time is; without one that is an error. A fraction finer than microseconds is cut, never rounded up (a cursor rounded
/// past its true value would lose rows). Impossible dates, 24:00, :60, words such as "now" and anything left over are errors. Years
/// 0001–9999.
Result<Timestamp> parse_timestamp(std::string_view text, const Zone* zone = nullptr, Zone::Unclear policy = Zone::Unclear::Refuse);

/// "2026-02-27", or the local day of a full timestamp is NOT accepted here: exactly a date.
Result<Date> parse_date(std::string_view text);

/// A date in a declared format of %Y %m %d %H %M %S %y %b %p %I and literals ("%m/%d/%Y"); everything must match.
Result<std::chrono::local_time<std::chrono::microseconds>> parse_local_time(std::string_view text, std::string_view format);

/// The smallest step of time that a text in such a format can tell: a second, minute, hour or day. BadConfig where the texts of a format do
/// not name one time each: without %Y, month or day, with a finer part but not the coarser one, or with %y.
Result<std::chrono::microseconds> step_of_format(std::string_view format);
/// Writes a time in a format that has a step; what is finer than that is cut.
[[nodiscard]] std::string to_string(std::chrono::local_time<std::chrono::microseconds> local, std::string_view format);

/// Time of day "09:30:00", "09:30", with fraction; microseconds since midnight.
Result<std::chrono::microseconds> parse_time_of_day(std::string_view text);

/// "2026-02-27T15:34:28.278681Z"; the fraction only when there is one.
[[nodiscard]] std::string to_string(Timestamp instant);
[[nodiscard]] std::string to_string(Date date);
/// "09:30:00", fraction only when there is one.
[[nodiscard]] std::string time_of_day_to_string(std::chrono::microseconds since_midnight);

/// The `Date` or `Retry-After` header's form (RFC 9110, 5.6.7: IMF-fixdate; the two obsolete forms are read, too).
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

/// "500ms", "3s", "5m", "2h", "1d".
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// "14.8 s", "2 min 05 s": for people.
[[nodiscard]] std::string duration_for_people(std::chrono::milliseconds duration);

}  // namespace syncline::base
