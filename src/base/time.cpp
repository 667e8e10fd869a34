// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

// ISO 8601 and RFC 3339, by hand: a library that must be told the format is twenty times slower, and the ones that guess accept too much.
namespace syncline::base {
namespace {

using std::chrono::microseconds;
using LocalTime = std::chrono::local_time<microseconds>;

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  Error error;
  error.side = Side::Source;
  error.code = "not_a_time";
  error.message = fmt::format("\"{}\" {}", shown(text, 80), why);
  return fail(std::move(error));
}

/// What is left of a text that is being read from the left.
struct Cursor {
  const char* at;
  const char* end;

  explicit Cursor(std::string_view text) : at(text.data()), end(text.data() + text.size()) {}
  [[nodiscard]] bool done() const { return at == end; }
  bool take(char c) {
    if (at == end || *at != c) return false;
    ++at;
    return true;
  }
  /// Exactly `count` digits, or -1.
  int digits(int count) {
    if (end - at < count) return -1;
    int value = 0;
    for (int i = 0; i < count; ++i) {
      const unsigned digit = unsigned(at[i] - '0');
      if (digit > 9) return -1;
      value = value * 10 + int(digit);
    }
    at += count;
    return value;
  }
};

enum class Read { Good, Malformed, Impossible };

Read read_date(Cursor& text, Date& date) {
  const int year = text.digits(4);
  if (year < 0 || !text.take('-')) return Read::Malformed;
  const int month = text.digits(2);
  if (month < 0 || !text.take('-')) return Read::Malformed;
  const int day = text.digits(2);
  if (day < 0) return Read::Malformed;
  const std::chrono::year_month_day civil{std::chrono::year(year), std::chrono::month(unsigned(month)), std::chrono::day(unsigned(day))};
  if (year < 1 || !civil.ok()) return Read::Impossible;
  date = civil;
  return Read::Good;
}

/// The digits behind a point as microseconds; what is finer is cut.
Read read_fraction(Cursor& text, int64_t& micros) {
  int64_t unit = 100'000;
  const char* first = text.at;
  for (; text.at != text.end && unsigned(*text.at - '0') <= 9; ++text.at) {
    micros += unit * (*text.at - '0');
    unit /= 10;
  }
  return text.at == first ? Read::Malformed : Read::Good;
}

Read read_time_of_day(Cursor& text, microseconds& since_midnight) {
  const int hour = text.digits(2);
  if (hour < 0 || !text.take(':')) return Read::Malformed;
  const int minute = text.digits(2);
  if (minute < 0) return Read::Malformed;
  int second = 0;
  int64_t micros = 0;
  if (text.take(':')) {
    second = text.digits(2);
    if (second < 0) return Read::Malformed;
    if ((text.take('.') || text.take(',')) && read_fraction(text, micros) != Read::Good) return Read::Malformed;
  }
  if (hour > 23 || minute > 59 || second > 59) return Read::Impossible;
  since_midnight = microseconds(((hour * 60 + minute) * 60 + second) * int64_t{1'000'000} + micros);
  return Read::Good;
}

/// "Z", "+hh:mm", "+hhmm", "+hh": the rest of the text.
Read read_offset(Cursor& text, std::chrono::minutes& offset) {
  if (text.take('Z') || text.take('z')) return text.done() ? Read::Good : Read::Malformed;
  const bool west = text.take('-');
  if (!west && !text.take('+')) return Read::Malformed;
  const int hours = text.digits(2);
  if (hours < 0) return Read::Malformed;
  int minutes = 0;
  if (!text.done()) {
    text.take(':');
    minutes = text.digits(2);
  }
  if (minutes < 0 || !text.done()) return Read::Malformed;
  if (hours > 23 || minutes > 59) return Read::Impossible;
  offset = std::chrono::minutes((hours * 60 + minutes) * (west ? -1 : 1));
  return Read::Good;
}

constexpr Timestamp FirstInstant = Date(std::chrono::year(1) / 1 / 1);
constexpr Timestamp LastInstant = Date(std::chrono::year(9999) / 12 / 31) + std::chrono::days(1) - microseconds(1);

Result<Timestamp> in_range(std::string_view text, Timestamp instant) {
  if (instant < FirstInstant || instant > LastInstant) return refuse(text, "is outside the years 0001 to 9999 in UTC");
  return instant;
}

std::string fraction_text(int64_t micros) { return micros == 0 ? std::string() : fmt::format(".{:06}", micros); }

std::string clock_text(microseconds since_midnight) {
  const std::chrono::hh_mm_ss time(since_midnight);
  return fmt::format("{:02}:{:02}:{:02}{}", time.hours().count(), time.minutes().count(), time.seconds().count(),
                     fraction_text(time.subseconds().count()));
}

}  // namespace

Result<Timestamp> parse_timestamp(std::string_view text, const Zone* zone, Zone::Unclear policy) {
  static constexpr std::string_view malformed = "is not a point in time such as 2026-02-27T15:34:28Z";
  static constexpr std::string_view impossible = "is a day or time that does not exist";
  Cursor rest(text);
  Date date;
  microseconds since_midnight{};
  if (const Read read = read_date(rest, date); read != Read::Good) return refuse(text, read == Read::Malformed ? malformed : impossible);
  if (rest.done()) return refuse(text, "is a date without a time of day");
  if (!rest.take('T') && !rest.take(' ') && !rest.take('t')) return refuse(text, malformed);
  if (const Read read = read_time_of_day(rest, since_midnight); read != Read::Good)
    return refuse(text, read == Read::Malformed ? malformed : impossible);

  if (rest.done()) {
    if (!zone) return refuse(text, "has no offset, so it could be any zone's; declare `zone:`");
    return in_range(text, TRY(zone->to_instant(LocalTime(date.time_since_epoch()) + since_midnight, policy)));
  }
  std::chrono::minutes offset{};
  if (const Read read = read_offset(rest, offset); read != Read::Good)
    return refuse(text, read == Read::Malformed ? malformed : impossible);
  return in_range(text, date + since_midnight - offset);
}

Result<Date> parse_date(std::string_view text) {
  Cursor rest(text);
  Date date;
  const Read read = read_date(rest, date);
  if (read == Read::Impossible) return refuse(text, "is a day that does not exist");
  if (read == Read::Malformed || !rest.done()) return refuse(text, "is not a date such as 2026-02-27");
  return date;
}

Result<microseconds> parse_time_of_day(std::string_view text) {
  Cursor rest(text);
  microseconds since_midnight{};
  const Read read = read_time_of_day(rest, since_midnight);
  if (read == Read::Impossible) return refuse(text, "is a time that does not exist");
  if (read == Read::Malformed || !rest.done()) return refuse(text, "is not a time of day such as 09:30:00");
  return since_midnight;
}

std::string to_string(Date date) {
  const std::chrono::year_month_day civil{date};
  return fmt::format("{:04}-{:02}-{:02}", int(civil.year()), unsigned(civil.month()), unsigned(civil.day()));
}

std::string to_string(Timestamp instant) {
  const Date day = std::chrono::floor<std::chrono::days>(instant);
  return to_string(day) + "T" + clock_text(instant - day) + "Z";
}

std::string time_of_day_to_string(microseconds since_midnight) { return clock_text(since_midnight); }

}  // namespace syncline::base
