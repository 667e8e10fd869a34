// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/check.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

// Dates in a declared format. strptime is not used: it depends on the process's locale and skips blanks it was not told of.
namespace syncline::base {
namespace {

using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

constexpr std::array<std::string_view, 12> Months = {"january", "february", "march",     "april",   "may",      "june",
                                                     "july",    "august",   "september", "october", "november", "december"};

/// What a format's conversions have read so far.
struct Found {
  std::optional<int> year, month, day, hour, hour_of_half, minute, second;
  std::optional<bool> afternoon;
};

tl::unexpected<Error> refuse(std::string_view text, std::string_view format, std::string_view why) {
  Error error;
  error.side = Side::Source;
  error.code = "not_a_time";
  error.message = fmt::format("\"{}\" {} (format {})", shown(text, 80), why, shown(format, 80));
  return fail(std::move(error));
}

tl::unexpected<Error> bad_format(std::string_view format, std::string_view why) {
  Error error;
  error.kind = ErrorKind::BadConfig;
  error.side = Side::Files;
  error.code = "bad_format";
  error.message = fmt::format("the time format \"{}\" {}", shown(format, 80), why);
  return fail(std::move(error));
}

bool read_number(std::string_view& rest, size_t digits_min, size_t digits_max, int low, int high, std::optional<int>& into) {
  size_t count = 0;
  int value = 0;
  while (count < digits_max && count < rest.size() && rest[count] >= '0' && rest[count] <= '9') value = value * 10 + (rest[count++] - '0');
  if (count < digits_min || value < low || value > high) return false;
  rest.remove_prefix(count);
  into = value;
  return true;
}

/// "Feb" or "February", in any case.
bool read_month_name(std::string_view& rest, std::optional<int>& month) {
  for (size_t i = 0; i < Months.size(); ++i) {
    for (std::string_view name : {Months[i], Months[i].substr(0, 3)}) {
      if (!equals_ignoring_case(rest.substr(0, name.size()), name)) continue;
      rest.remove_prefix(name.size());
      month = int(i) + 1;
      return true;
    }
  }
  return false;
}

bool read_half_of_day(std::string_view& rest, std::optional<bool>& afternoon) {
  const std::string_view word = rest.substr(0, 2);
  if (!equals_ignoring_case(word, "am") && !equals_ignoring_case(word, "pm")) return false;
  afternoon = equals_ignoring_case(word, "pm");
  rest.remove_prefix(2);
  return true;
}

bool read_short_year(std::string_view& rest, std::optional<int>& year) {
  std::optional<int> short_year;
  if (!read_number(rest, 2, 2, 0, 99, short_year)) return false;
  year = *short_year + (*short_year < 69 ? 2000 : 1900);  // the pivot of POSIX
  return true;
}

constexpr std::string_view KnownOnes = "may hold %Y %m %d %H %M %S %y %b %p %I and %% only";

bool known_conversion(char conversion) { return std::string_view("YymdHIMSbp%").find(conversion) != std::string_view::npos; }

/// One conversion; false if the text does not fit it.
bool read_conversion(char conversion, std::string_view& rest, Found& found) {
  switch (conversion) {
    case 'Y':
      return read_number(rest, 4, 4, 1, 9999, found.year);
    case 'y':
      return read_short_year(rest, found.year);
    case 'm':
      return read_number(rest, 1, 2, 1, 12, found.month);
    case 'd':
      return read_number(rest, 1, 2, 1, 31, found.day);
    case 'H':
      return read_number(rest, 1, 2, 0, 23, found.hour);
    case 'I':
      return read_number(rest, 1, 2, 1, 12, found.hour_of_half);
    case 'M':
      return read_number(rest, 2, 2, 0, 59, found.minute);
    case 'S':
      return read_number(rest, 2, 2, 0, 59, found.second);
    case 'b':
      return read_month_name(rest, found.month);
    case 'p':
      return read_half_of_day(rest, found.afternoon);
    case '%':
      if (!rest.starts_with('%')) return false;
      rest.remove_prefix(1);
      return true;
    default:
      return false;
  }
}

/// The conversions of a format, as letters; nullopt if one of them is unknown.
std::optional<std::string> conversions_of(std::string_view format) {
  std::string letters;
  for (size_t at = format.find('%'); at != std::string_view::npos; at = format.find('%', at + 2)) {
    if (at + 1 == format.size() || !known_conversion(format[at + 1])) return std::nullopt;
    letters += format[at + 1];
  }
  return letters;
}

/// "Feb".
std::string short_name(unsigned month) {
  std::string name(Months[month - 1].substr(0, 3));
  name[0] = char(name[0] - 'a' + 'A');
  return name;
}

int hour_of(const Found& found) {
  if (!found.hour_of_half) return found.hour.value_or(0);
  return *found.hour_of_half % 12 + (found.afternoon.value_or(false) ? 12 : 0);
}

}  // namespace

Result<LocalTime> parse_local_time(std::string_view text, std::string_view format) {
  Found found;
  std::string_view rest = text;
  for (size_t at = 0; at < format.size(); ++at) {
    if (format[at] == '%') {
      ++at;
      if (at == format.size() || !known_conversion(format[at])) return bad_format(format, KnownOnes);
      if (!read_conversion(format[at], rest, found)) return refuse(text, format, "does not match the declared format");
    } else {
      if (!rest.starts_with(format[at])) return refuse(text, format, "does not match the declared format");
      rest.remove_prefix(1);
    }
  }
  if (!rest.empty()) return refuse(text, format, "goes on after the declared format ends");
  if (!found.year || !found.month || !found.day) return bad_format(format, "must name year, month and day");
  if (found.hour_of_half.has_value() != found.afternoon.has_value()) return bad_format(format, "must have %I and %p together");

  const std::chrono::year_month_day date{std::chrono::year(*found.year), std::chrono::month(unsigned(*found.month)),
                                         std::chrono::day(unsigned(*found.day))};
  if (!date.ok()) return refuse(text, format, "is a day that does not exist");
  const std::chrono::seconds since_midnight((hour_of(found) * 60 + found.minute.value_or(0)) * 60 + found.second.value_or(0));
  return LocalTime(std::chrono::sys_days(date).time_since_epoch()) + since_midnight;
}

Result<std::chrono::microseconds> step_of_format(std::string_view format) {
  const std::optional<std::string> letters = conversions_of(format);
  if (!letters) return bad_format(format, KnownOnes);
  const auto has = [&](char letter) { return letters->find(letter) != std::string::npos; };
  if (has('y')) return bad_format(format, "must name the year with four digits, %Y");
  if (!has('Y') || !(has('m') || has('b')) || !has('d')) return bad_format(format, "must name year, month and day");
  if (has('I') != has('p')) return bad_format(format, "must have %I and %p together");
  const bool hour = has('H') || has('I');
  if ((has('M') && !hour) || (has('S') && !has('M')))
    return bad_format(format, "must name hours before minutes, and minutes before seconds");
  if (has('S')) return std::chrono::seconds(1);
  if (has('M')) return std::chrono::minutes(1);
  return hour ? std::chrono::hours(1) : std::chrono::hours(24);
}

std::string to_string(LocalTime local, std::string_view format) {
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(local - day));
  const auto hour = time.hours().count();
  std::string out;
  for (size_t at = 0; at < format.size(); ++at) {
    if (format[at] != '%') {
      out += format[at];
      continue;
    }
    check(++at < format.size(), "a format that has a step has no bare %");
    switch (format[at]) {
      case 'Y':
        out += fmt::format("{:04}", int(date.year()));
        break;
      case 'm':
        out += fmt::format("{:02}", unsigned(date.month()));
        break;
      case 'b':
        out += short_name(unsigned(date.month()));
        break;
      case 'd':
        out += fmt::format("{:02}", unsigned(date.day()));
        break;
      case 'H':
        out += fmt::format("{:02}", hour);
        break;
      case 'I':
        out += fmt::format("{:02}", hour % 12 == 0 ? 12 : hour % 12);
        break;
      case 'p':
        out += hour < 12 ? "AM" : "PM";
        break;
      case 'M':
        out += fmt::format("{:02}", time.minutes().count());
        break;
      case 'S':
        out += fmt::format("{:02}", time.seconds().count());
        break;
      case '%':
        out += '%';
        break;
      default:
        check(false, "a format that has a step has no other conversions");
    }
  }
  return out;
}

}  // namespace syncline::base
