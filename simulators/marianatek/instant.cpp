// SPDX-License-Identifier: Apache-2.0
#include "simulators/marianatek/instant.hpp"

#include <array>

namespace syncline::simulators::marianatek {
namespace {

using namespace std::chrono;

void append_digits(std::string& out, unsigned number, int width) {
  std::array<char, 8> digits;
  for (int at = width; at-- > 0; number /= 10) digits[size_t(at)] = char('0' + number % 10);
  out.append(digits.data(), size_t(width));
}

/// Reads exactly `width` digits off the front.
std::optional<int> take_number(std::string_view& text, size_t width) {
  if (text.size() < width) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return number;
}

bool take_char(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<sys_days> take_day(std::string_view& text) {
  const auto y = take_number(text, 4);
  if (!y || !take_char(text, '-')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || !take_char(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year(*y), month(unsigned(*m)), day(unsigned(*d))};
  if (!date.ok()) return std::nullopt;
  return sys_days(date);
}

std::optional<microseconds> take_time(std::string_view& text) {
  const auto h = take_number(text, 2);
  if (!h || !take_char(text, ':')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m) return std::nullopt;
  const auto s = take_char(text, ':') ? take_number(text, 2) : std::optional<int>(0);
  if (!s || *h > 23 || *m > 59 || *s > 59) return std::nullopt;
  int64_t fraction = 0;
  if (take_char(text, '.')) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    for (int64_t unit = 100'000; !text.empty() && text.front() >= '0' && text.front() <= '9'; unit /= 10) {
      fraction += unit * (text.front() - '0');
      text.remove_prefix(1);
    }
  }
  return hours(*h) + minutes(*m) + seconds(*s) + microseconds(fraction);
}

/// What has to be added to the local time to have UTC's.
std::optional<minutes> take_offset(std::string_view& text) {
  if (text.empty() || take_char(text, 'Z')) return minutes(0);
  // A '+' that was not percent-encoded in a query arrives as a blank.
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+') && !text.starts_with(' ')) return std::nullopt;
  text.remove_prefix(1);
  const auto h = take_number(text, 2);
  if (!h) return std::nullopt;
  take_char(text, ':');
  const auto m = take_number(text, 2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  const minutes offset = hours(*h) + minutes(*m);
  return west ? offset : -offset;
}

struct SummerTime {
  Timestamp begin, end;
};

SummerTime american_summer(year y, hours standard_offset) {
  return {sys_days(y / March / Sunday[2]) + hours(2) - standard_offset, sys_days(y / November / Sunday[1]) + hours(1) - standard_offset};
}

SummerTime european_summer(year y) {
  return {sys_days(y / March / Sunday[last]) + hours(1), sys_days(y / October / Sunday[last]) + hours(1)};
}

}  // namespace

void append_day(std::string& out, Timestamp instant) {
  const year_month_day date(floor<days>(instant));
  append_digits(out, unsigned(int(date.year())), 4);
  out += '-';
  append_digits(out, unsigned(date.month()), 2);
  out += '-';
  append_digits(out, unsigned(date.day()), 2);
}

void append_time_of_day(std::string& out, Timestamp instant) {
  const auto second = unsigned(duration_cast<seconds>(instant - floor<days>(instant)).count());
  append_digits(out, second / 3600, 2);
  out += ':';
  append_digits(out, second / 60 % 60, 2);
  out += ':';
  append_digits(out, second % 60, 2);
}

void append_instant(std::string& out, Timestamp instant) {
  append_day(out, instant);
  out += 'T';
  append_time_of_day(out, instant);
  if (const auto fraction = (instant - floor<seconds>(instant)).count(); fraction != 0) {
    out += '.';
    append_digits(out, unsigned(fraction), 6);
  }
  out += 'Z';
}

std::string http_date(Timestamp instant) {
  static constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> months_of_year{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day_of = floor<days>(instant);
  const year_month_day date(day_of);
  std::string out(weekdays[weekday(day_of).c_encoding()]);
  out += ", ";
  append_digits(out, unsigned(date.day()), 2);
  out += ' ';
  out += months_of_year[unsigned(date.month()) - 1];
  out += ' ';
  append_digits(out, unsigned(int(date.year())), 4);
  out += ' ';
  append_time_of_day(out, instant);
  return out + " GMT";
}

std::optional<Timestamp> read_instant(std::string_view text) {
  const auto day_of = take_day(text);
  if (!day_of) return std::nullopt;
  if (text.empty()) return Timestamp(*day_of);
  if (!take_char(text, 'T') && !take_char(text, ' ')) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return Timestamp(*day_of) + *time + *offset;
}

Timestamp wall_time(std::string_view zone, Timestamp instant) {
  const year y = year_month_day(floor<days>(instant)).year();
  const bool british = zone == "Europe/London";
  const hours standard = british ? hours(0) : zone == "US/Eastern" ? hours(-5) : hours(-6);
  const SummerTime summer = british ? european_summer(y) : american_summer(y, standard);
  return instant + standard + (instant >= summer.begin && instant < summer.end ? hours(1) : hours(0));
}

}  // namespace syncline::simulators::marianatek
