// SPDX-License-Identifier: Apache-2.0
#include "sql/shared/cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "base/time.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;

constexpr int64_t MicrosecondsOfDay = 86'400'000'000;
constexpr int64_t FirstDay = std::chrono::sys_days(std::chrono::year(1) / 1 / 1).time_since_epoch().count();
constexpr int64_t LastDay = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31).time_since_epoch().count();
/// PostgreSQL's limits of numeric, and of any one value.
constexpr size_t WholeDigitsMax = 131'072, FractionDigitsMax = 16'383, TextBytesMax = 1'000'000'000;

base::Timestamp instant_of(int64_t microseconds) { return base::Timestamp(std::chrono::microseconds(microseconds)); }

std::string_view name_of(Cell::Type type) {
  switch (type) {
    case Cell::Type::Null:
      return "NULL";
    case Cell::Type::Keep:
      return "nothing";
    case Cell::Type::Boolean:
      return "a boolean";
    case Cell::Type::Integer:
      return "an integer";
    case Cell::Type::Decimal:
      return "a decimal";
    case Cell::Type::Timestamp:
      return "a timestamp";
    case Cell::Type::LocalTimestamp:
      return "a local timestamp";
    case Cell::Type::Date:
      return "a date";
    case Cell::Type::Time:
      return "a time";
    case Cell::Type::Text:
      return "text";
    case Cell::Type::Json:
      return "JSON";
  }
  return "nothing";
}

std::string name_of(const Column& column) {
  if (!column.declared.empty()) return column.declared;
  if (column.type == ColumnType::Text && column.length_max) return fmt::format("{} characters", *column.length_max);
  if (column.type == ColumnType::Decimal && column.precision)
    return fmt::format("numeric({},{})", *column.precision, column.scale.value_or(0));
  switch (column.type) {
    case ColumnType::Text:
      return "text";
    case ColumnType::Integer:
      return column.bytes == 2 ? "smallint" : column.bytes == 4 ? "integer" : "bigint";
    case ColumnType::Decimal:
      return "numeric";
    case ColumnType::Real:
      return "a floating point number";
    case ColumnType::Boolean:
      return "boolean";
    case ColumnType::Timestamp:
      return "a timestamp with time zone";
    case ColumnType::LocalTimestamp:
      return "a timestamp without time zone";
    case ColumnType::Date:
      return "a date";
    case ColumnType::Time:
      return "a time";
    case ColumnType::Json:
      return "json";
    case ColumnType::Jsonb:
      return "jsonb";
    case ColumnType::Uuid:
      return "uuid";
    case ColumnType::Other:
      return "its type";
  }
  return "its type";
}

tl::unexpected<base::Error> refuse(std::string_view code, std::string_view subject, std::string_view what) {
  return base::fail(database_error(code, fmt::format("{}: {}", subject, what), std::string(subject)));
}

tl::unexpected<base::Error> refuse(std::string_view code, const Column& column, const Cell& cell) {
  return refuse(code, column.name, fmt::format("{} does not fit into {}", base::shown(text_of(cell), 60), name_of(column)));
}

/// "-12.50" in parts; nullopt if it is not plain notation.
struct Plain {
  bool negative;
  std::string_view whole;     ///< without leading zeros: "" for 0
  std::string_view fraction;  ///< with its trailing zeros
};

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Plain> plain(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == text.npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || (point != text.npos && fraction.empty()) || !all_digits(whole) || !all_digits(fraction)) return std::nullopt;
  return Plain{negative, whole.substr(std::min(whole.find_first_not_of('0'), whole.size())), fraction};
}

bool only_zeros(std::string_view digits) { return digits.find_first_not_of('0') == digits.npos; }

/// The least power of ten above a number: 2 for 12.5, -2 for 0.00123; far below any other for 0.
int magnitude(const Plain& number) {
  if (!number.whole.empty()) return int(number.whole.size());
  return only_zeros(number.fraction) ? std::numeric_limits<int>::min() : -int(number.fraction.find_first_not_of('0'));
}

/// numeric(p,s) rounds silently: a digit other than zero behind its scale is refused instead.
bool fits(const Plain& number, const Column& column) {
  if (number.whole.size() > WholeDigitsMax || number.fraction.size() > FractionDigitsMax) return false;
  if (!column.precision) return true;
  const int scale = column.scale.value_or(0);
  if (magnitude(number) > *column.precision - scale) return false;
  if (scale >= 0) return number.fraction.size() <= size_t(scale) || only_zeros(number.fraction.substr(size_t(scale)));
  const size_t kept = number.whole.size() - std::min(number.whole.size(), size_t(-scale));
  return only_zeros(number.fraction) && only_zeros(number.whole.substr(kept));
}

size_t characters(std::string_view utf8) {
  return size_t(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (uint8_t(c) & 0xC0) != 0x80; }));
}

/// Whether a column of a type takes cells of a type.
bool takes(ColumnType column, Cell::Type cell) {
  switch (column) {
    case ColumnType::Text:
    case ColumnType::Other:
      return true;
    case ColumnType::Integer:
    case ColumnType::Decimal:
    case ColumnType::Real:
      return cell == Cell::Type::Integer || cell == Cell::Type::Decimal;
    case ColumnType::Boolean:
      return cell == Cell::Type::Boolean;
    case ColumnType::Timestamp:
      return cell == Cell::Type::Timestamp;
    case ColumnType::LocalTimestamp:
      return cell == Cell::Type::LocalTimestamp;
    case ColumnType::Date:
      return cell == Cell::Type::Date;
    case ColumnType::Time:
      return cell == Cell::Type::Time;
    // Text is taken as JSON source here: whoever has a plain string to store as JSON quotes it first.
    case ColumnType::Json:
    case ColumnType::Jsonb:
      return cell == Cell::Type::Json || cell == Cell::Type::Text || cell == Cell::Type::Boolean || cell == Cell::Type::Integer ||
             cell == Cell::Type::Decimal;
    case ColumnType::Uuid:
      return cell == Cell::Type::Text;
  }
  return false;
}

bool integer_fits(const Cell& cell, int bytes) {
  const std::optional<int64_t> value = integer_of(cell);
  if (!value) return false;
  if (bytes == 2) return *value >= std::numeric_limits<int16_t>::min() && *value <= std::numeric_limits<int16_t>::max();
  if (bytes == 4) return *value >= std::numeric_limits<int32_t>::min() && *value <= std::numeric_limits<int32_t>::max();
  return true;
}

bool real_fits(const Cell& cell, const Column& column) {
  const std::optional<double> value = real_of(cell);
  if (!value || !is_single_precision(column)) return value.has_value();
  // What is too small must not become 0 either.
  const auto single = float(*value);
  return std::isfinite(single) && (single != 0) == (*value != 0);
}

}  // namespace

void append_text(const Cell& cell, std::string& out) {
  switch (cell.type) {
    case Cell::Type::Null:
    case Cell::Type::Keep:
      return;
    case Cell::Type::Boolean:
      out += cell.integer() ? "true" : "false";
      return;
    case Cell::Type::Integer: {
      const fmt::format_int digits(cell.integer());
      out.append(digits.data(), digits.size());
      return;
    }
    case Cell::Type::Timestamp:
      out += base::to_string(instant_of(cell.integer()));
      return;
    case Cell::Type::LocalTimestamp: {
      out += base::to_string(instant_of(cell.integer()));
      out.pop_back();  // the Z: a local time has no zone
      return;
    }
    case Cell::Type::Date:
      out += base::to_string(base::Date(std::chrono::days(cell.integer())));
      return;
    case Cell::Type::Time:
      out += base::time_of_day_to_string(std::chrono::microseconds(cell.integer()));
      return;
    case Cell::Type::Decimal:
    case Cell::Type::Text:
    case Cell::Type::Json:
      out += cell.text();
      return;
  }
}

std::string text_of(const Cell& cell) {
  std::string out;
  append_text(cell, out);
  return out;
}

base::Result<void> check_cell(const Cell& cell, std::string_view subject) {
  switch (cell.type) {
    case Cell::Type::Null:
    case Cell::Type::Keep:
    case Cell::Type::Boolean:
    case Cell::Type::Integer:
      return {};
    case Cell::Type::Timestamp:
    case Cell::Type::LocalTimestamp:
      if (cell.integer() >= FirstDay * MicrosecondsOfDay && cell.integer() < (LastDay + 1) * MicrosecondsOfDay) return {};
      return refuse(sqlstate::TimeOutOfRange, subject, "the timestamp is not in the years 0001 to 9999");
    case Cell::Type::Date:
      if (cell.integer() >= FirstDay && cell.integer() <= LastDay) return {};
      return refuse(sqlstate::TimeOutOfRange, subject, "the date is not in the years 0001 to 9999");
    case Cell::Type::Time:
      if (cell.integer() >= 0 && cell.integer() < MicrosecondsOfDay) return {};
      return refuse(sqlstate::TimeOutOfRange, subject, "the time is not within a day");
    case Cell::Type::Decimal:
      if (plain(cell.text())) return {};
      return refuse(sqlstate::WrongType, subject, fmt::format("{} is not a plain decimal number", base::shown(cell.text(), 60)));
    case Cell::Type::Text:
    case Cell::Type::Json:
      if (cell.text().size() > TextBytesMax) return refuse(sqlstate::ValueTooLong, subject, "the text is longer than a database can hold");
      if (cell.text().find('\0') == cell.text().npos) return {};
      return refuse(sqlstate::BadCharacter, subject,
                    fmt::format("the text holds a NUL character, which a database cannot store: {}", base::shown(cell.text(), 60)));
  }
  return {};
}

base::Result<void> check_cell(const Cell& cell, const Column& column) {
  if (cell.is_null() || cell.type == Cell::Type::Keep) return {};
  if (base::Result<void> checked = check_cell(cell, column.name); !checked) return checked;
  if (!takes(column.type, cell.type)) {
    return refuse(sqlstate::WrongType, column.name, fmt::format("{} cannot be stored as {}", name_of(cell.type), name_of(column)));
  }
  switch (column.type) {
    case ColumnType::Integer:
      return integer_fits(cell, column.bytes) ? base::Result<void>() : refuse(sqlstate::OutOfRange, column, cell);
    case ColumnType::Decimal: {
      const std::string digits = text_of(cell);
      return fits(*plain(digits), column) ? base::Result<void>() : refuse(sqlstate::OutOfRange, column, cell);
    }
    case ColumnType::Real:
      return real_fits(cell, column) ? base::Result<void>() : refuse(sqlstate::OutOfRange, column, cell);
    case ColumnType::Text: {
      const bool short_enough =
          !column.length_max || cell.text().size() <= size_t(*column.length_max) || characters(cell.text()) <= size_t(*column.length_max);
      return short_enough ? base::Result<void>() : refuse(sqlstate::ValueTooLong, column, cell);
    }
    case ColumnType::Uuid:
      return uuid_digits(cell.text()) ? base::Result<void>() : refuse(sqlstate::WrongType, column, cell);
    case ColumnType::Boolean:
    case ColumnType::Timestamp:
    case ColumnType::LocalTimestamp:
    case ColumnType::Date:
    case ColumnType::Time:
    case ColumnType::Json:
    case ColumnType::Jsonb:
    case ColumnType::Other:
      return {};
  }
  return {};
}

std::optional<int64_t> integer_of(const Cell& cell) {
  if (cell.type == Cell::Type::Integer) return cell.integer();
  const std::optional<Plain> number = plain(cell.text());
  if (!number || !only_zeros(number->fraction)) return std::nullopt;
  const std::string_view whole = cell.text().substr(0, cell.text().find('.'));
  int64_t value = 0;
  const auto [end, failed] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  return failed == std::errc() && end == whole.data() + whole.size() ? std::optional(value) : std::nullopt;
}

std::optional<double> real_of(const Cell& cell) {
  if (cell.type == Cell::Type::Integer) return double(cell.integer());
  double value = 0;
  const char* const last = cell.text().data() + cell.text().size();
  const auto [end, failed] = std::from_chars(cell.text().data(), last, value);
  return failed == std::errc() && end == last && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::string> uuid_digits(std::string_view text) {
  if (text.starts_with('{') != text.ends_with('}')) return std::nullopt;
  if (text.starts_with('{')) text = text.substr(1, text.size() - 2);
  std::string digits;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '-') {
      // PostgreSQL takes a hyphen behind every group of four digits.
      if (digits.empty() || digits.size() % 4 != 0 || digits.size() == 32 || text[at - 1] == '-') return std::nullopt;
    } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) {
      digits += c;
    } else if (c >= 'A' && c <= 'F') {
      digits += char(c - 'A' + 'a');
    } else {
      return std::nullopt;
    }
  }
  return digits.size() == 32 ? std::optional(digits) : std::nullopt;
}

}  // namespace syncline::sql
