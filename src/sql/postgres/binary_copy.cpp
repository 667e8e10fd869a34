// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/binary_copy.hpp"

#include <bit>
#include <type_traits>

#include "base/check.hpp"
#include "sql/shared/big_endian.hpp"
#include "sql/shared/cell.hpp"

namespace syncline::sql::postgres {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;

/// PostgreSQL counts times from 2000-01-01.
constexpr int64_t EpochDays = 10'957, EpochMicroseconds = EpochDays * 86'400'000'000;
constexpr uint16_t NegativeNumeric = 0x4000;
constexpr size_t DigitsPerGroup = 4;

template <class Int>
void append_field(std::string& out, Int value) {
  append_big_endian(out, int32_t(sizeof(Int)));
  append_big_endian(out, value);
}

void append_integer(std::string& out, int64_t value, int bytes) {
  if (bytes == 2) return append_field(out, int16_t(value));
  if (bytes == 4) return append_field(out, int32_t(value));
  append_field(out, value);
}

void append_real(std::string& out, double value, bool single) {
  if (single) return append_field(out, std::bit_cast<int32_t>(float(value)));
  append_field(out, std::bit_cast<int64_t>(value));
}

/// numeric is a list of base-10000 digits, the weight of the first one, a sign, and how many decimal places to show. Empty digits at the
/// end are the server's to drop.
class NumericWriter {
 public:
  NumericWriter(std::string& out, int weight) : out_(out), start_(out.size()), weight_(weight) { out.append(12, '\0'); }

  /// One group of up to four decimal digits; `missing` zeros stand behind them.
  void group(std::string_view digits, size_t missing = 0) {
    int value = 0;
    for (char c : digits) value = value * 10 + (c - '0');
    for (; missing > 0; --missing) value *= 10;
    if (groups_ == 0 && value == 0) {
      --weight_;
      return;
    }
    append_big_endian(out_, int16_t(value));
    ++groups_;
  }

  void finish(bool negative, size_t scale) {
    char* const header = out_.data() + start_;
    write_big_endian(header, int32_t(8 + 2 * groups_));
    write_big_endian(header + 4, int16_t(groups_));
    write_big_endian(header + 6, int16_t(groups_ == 0 ? 0 : weight_));
    write_big_endian(header + 8, groups_ > 0 && negative ? NegativeNumeric : uint16_t(0));  // there is no negative zero
    write_big_endian(header + 10, int16_t(scale));
  }

 private:
  std::string& out_;
  size_t start_;
  int weight_, groups_ = 0;
};

void append_numeric(std::string& out, std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  std::string_view fraction = point == text.npos ? std::string_view() : text.substr(point + 1);
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  const size_t scale = fraction.size();

  NumericWriter numeric(out, int((whole.size() + DigitsPerGroup - 1) / DigitsPerGroup) - 1);
  if (const size_t first = whole.size() % DigitsPerGroup; first > 0) {
    numeric.group(whole.substr(0, first));
    whole.remove_prefix(first);
  }
  for (; !whole.empty(); whole.remove_prefix(DigitsPerGroup)) numeric.group(whole.substr(0, DigitsPerGroup));
  for (; fraction.size() >= DigitsPerGroup; fraction.remove_prefix(DigitsPerGroup)) numeric.group(fraction.substr(0, DigitsPerGroup));
  if (!fraction.empty()) numeric.group(fraction, DigitsPerGroup - fraction.size());
  numeric.finish(negative, scale);
}

/// A text field of unknown length: the length is filled in behind.
void append_text_field(std::string& out, const Cell& cell, std::string_view prefix = {}) {
  const size_t start = out.size();
  append_big_endian(out, int32_t(0));
  out += prefix;
  append_text(cell, out);
  write_big_endian(out.data() + start, int32_t(out.size() - start - 4));
}

void append_uuid(std::string& out, std::string_view digits) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  append_big_endian(out, int32_t(16));
  for (size_t at = 0; at < digits.size(); at += 2) out += char(value(digits[at]) << 4 | value(digits[at + 1]));
}

base::Result<void> append_cell(const Column& column, const Cell& cell, std::string& out) {
  if (cell.is_null() || cell.type == Cell::Type::Keep) {
    append_big_endian(out, int32_t(-1));
    return {};
  }
  TRY(check_cell(cell, column));
  switch (column.type) {
    case ColumnType::Integer:
      append_integer(out, *integer_of(cell), column.bytes);
      break;
    case ColumnType::Decimal: {
      if (cell.type == Cell::Type::Decimal) {
        append_numeric(out, cell.text());
      } else {
        append_numeric(out, text_of(cell));
      }
      break;
    }
    case ColumnType::Real:
      append_real(out, *real_of(cell), is_single_precision(column));
      break;
    case ColumnType::Boolean:
      append_field(out, int8_t(cell.integer() != 0));
      break;
    case ColumnType::Timestamp:
    case ColumnType::LocalTimestamp:
      append_field(out, cell.integer() - EpochMicroseconds);
      break;
    case ColumnType::Date:
      append_field(out, int32_t(cell.integer() - EpochDays));
      break;
    case ColumnType::Time:
      append_field(out, cell.integer());
      break;
    case ColumnType::Jsonb:
      append_text_field(out, cell, "\1");
      break;  // version 1: the JSON as text
    case ColumnType::Uuid:
      append_uuid(out, *uuid_digits(cell.text()));
      break;
    case ColumnType::Text:
    case ColumnType::Json:
    case ColumnType::Other:
      append_text_field(out, cell);
      break;
  }
  return {};
}

}  // namespace

void append_header(std::string& out) { out.append("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19); }

void append_trailer(std::string& out) { append_big_endian(out, int16_t(-1)); }

base::Result<void> append_row(std::span<const Column> columns, std::span<const Cell> row, std::string& out) {
  base::check(columns.size() == row.size(), "a row has as many cells as there are columns");
  append_big_endian(out, int16_t(columns.size()));
  for (size_t index = 0; index < columns.size(); ++index) TRY(append_cell(columns[index], row[index], out));
  return {};
}

}  // namespace syncline::sql::postgres
