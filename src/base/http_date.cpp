// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "base/text.hpp"
#include "base/time.hpp"

namespace syncline::base {
namespace {

constexpr std::array<std::string_view, 7> Days = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> Months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Reads the parts of a date from the left; once a part does not fit, everything after it fails too.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Reader& literal(std::string_view wanted) {
    good_ = good_ && rest_.starts_with(wanted);
    if (good_) rest_.remove_prefix(wanted.size());
    return *this;
  }
  Reader& number(size_t digits, int& into) {
    good_ = good_ && rest_.size() >= digits;
    into = 0;
    for (size_t i = 0; good_ && i < digits; ++i) {
      // asctime pads the day of the month with a blank.
      const char c = rest_[i] == ' ' && i == 0 && digits == 2 ? '0' : rest_[i];
      good_ = c >= '0' && c <= '9';
      into = into * 10 + (c - '0');
    }
    if (good_) rest_.remove_prefix(digits);
    return *this;
  }
  Reader& month(int& into) {
    for (size_t i = 0; good_ && i < Months.size(); ++i) {
      if (!rest_.starts_with(Months[i])) continue;
      rest_.remove_prefix(3);
      into = int(i) + 1;
      return *this;
    }
    good_ = false;
    return *this;
  }
  Reader& clock(int& hour, int& minute, int& second) {
    return number(2, hour).literal(":").number(2, minute).literal(":").number(2, second);
  }
  [[nodiscard]] bool done() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct Parts {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

bool read_fixed(std::string_view rest, Parts& p) {
  return Reader(rest)
      .literal(", ")
      .number(2, p.day)
      .literal(" ")
      .month(p.month)
      .literal(" ")
      .number(4, p.year)
      .literal(" ")
      .clock(p.hour, p.minute, p.second)
      .literal(" GMT")
      .done();
}

bool read_rfc850(std::string_view rest, Parts& p) {
  if (!Reader(rest)
           .literal(", ")
           .number(2, p.day)
           .literal("-")
           .month(p.month)
           .literal("-")
           .number(2, p.year)
           .literal(" ")
           .clock(p.hour, p.minute, p.second)
           .literal(" GMT")
           .done()) {
    return false;
  }
  p.year += p.year < 70 ? 2000 : 1900;
  return true;
}

bool read_asctime(std::string_view rest, Parts& p) {
  return Reader(rest)
      .literal(" ")
      .month(p.month)
      .literal(" ")
      .number(2, p.day)
      .literal(" ")
      .clock(p.hour, p.minute, p.second)
      .literal(" ")
      .number(4, p.year)
      .done();
}

/// Bytes of the weekday in front, long or short; 0 if there is none. Which day it is, is not held against the date.
size_t weekday_bytes(std::string_view text) {
  for (std::string_view day : Days) {
    if (text.starts_with(day)) return day.size();
    if (text.starts_with(day.substr(0, 3))) return 3;
  }
  return 0;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  text = trim(text);
  const size_t weekday = weekday_bytes(text);
  if (weekday == 0) return std::nullopt;
  const std::string_view rest = text.substr(weekday);
  Parts p;
  if (!read_fixed(rest, p) && !read_rfc850(rest, p) && !read_asctime(rest, p)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(p.year), std::chrono::month(unsigned(p.month)),
                                         std::chrono::day(unsigned(p.day))};
  // :60 is a leap second, which this form may name.
  if (!date.ok() || p.hour > 23 || p.minute > 59 || p.second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::seconds((p.hour * 60 + p.minute) * 60 + p.second);
}

}  // namespace syncline::base
