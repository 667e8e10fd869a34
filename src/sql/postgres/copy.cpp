// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/copy.hpp"

#include <endian.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "sql/shared/cell.hpp"

namespace syncline::sql::postgres {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;

/// PostgreSQL counts from 2000-01-01.
constexpr int64_t EpochDays = 10'957, EpochMicroseconds = EpochDays * 86'400'000'000;

template <class Int>
void put(std::string& out, Int value) {
  if constexpr (sizeof value == 2) value = Int(htobe16(uint16_t(value)));
  if constexpr (sizeof value == 4) value = Int(htobe32(uint32_t(value)));
  if constexpr (sizeof value == 8) value = Int(htobe64(uint64_t(value)));
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class Int>
void put_field(std::string& out, Int value) {
  put<int32_t>(out, sizeof value);
  put(out, value);
}

/// Room for a field's length, filled in when the field is complete.
struct LengthLater {
  explicit LengthLater(std::string& to) : out(to), at(to.size()) { put<int32_t>(to, 0); }
  ~LengthLater() {
    const auto length = int32_t(htobe32(uint32_t(out.size() - at - 4)));
    std::memcpy(out.data() + at, &length, 4);
  }
  std::string& out;
  size_t at;
};

void put_text(std::string& out, const Cell& cell) {
  const LengthLater length(out);
  append_text(cell, out);
}

/// numeric: groups of four decimal digits around the point, without empty groups at either end (src/backend/utils/adt/numeric.c,
/// numeric_send).
void put_numeric(std::string& out, std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == text.npos ? std::string_view() : text.substr(point + 1);
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));

  std::string digits((4 - whole.size() % 4) % 4, '0');
  digits += whole;
  int weight = int(digits.size() / 4) - 1;
  digits += fraction;
  digits.append((4 - digits.size() % 4) % 4, '0');
  size_t first = 0, last = digits.size() / 4;
  const auto group = [&](size_t i) { return (digits[4 * i] - '0') * 1000 + (digits[4 * i + 1] - '0') * 100 + (digits[4 * i + 2] - '0') * 10 + (digits[4 * i + 3] - '0'); };
  while (first < last && group(first) == 0) {
    ++first;
    --weight;
  }
  while (last > first && group(last - 1) == 0) --last;
  const bool zero = first == last;

  put<int32_t>(out, int32_t(8 + 2 * (last - first)));
  put<int16_t>(out, int16_t(last - first));
  put<int16_t>(out, int16_t(zero ? 0 : weight));
  put<uint16_t>(out, negative && !zero ? 0x4000 : 0);
  put<int16_t>(out, int16_t(fraction.size()));
  for (size_t i = first; i < last; ++i) put<int16_t>(out, int16_t(group(i)));
}

void put_uuid(std::string& out, std::string_view text) {
  const std::string digits = *uuid_digits(text);
  const auto nibble = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  put<int32_t>(out, 16);
  for (size_t i = 0; i < digits.size(); i += 2) out += char(nibble(digits[i]) << 4 | nibble(digits[i + 1]));
}

void put_real(std::string& out, const Cell& cell, const Column& column) {
  const double value = *real_of(cell);
  if (is_single_precision(column)) {
    put_field(out, std::bit_cast<uint32_t>(float(value)));
  } else {
    put_field(out, std::bit_cast<uint64_t>(value));
  }
}

void put_integer(std::string& out, const Cell& cell, int bytes) {
  const int64_t value = *integer_of(cell);
  if (bytes == 2) return put_field(out, int16_t(value));
  if (bytes == 4) return put_field(out, int32_t(value));
  put_field(out, value);
}

void put_cell(std::string& out, const Column& column, const Cell& cell) {
  switch (column.type) {
    case ColumnType::Integer: return put_integer(out, cell, column.bytes);
    case ColumnType::Decimal: return put_numeric(out, cell.type == Cell::Type::Integer ? text_of(cell) : cell.text);
    case ColumnType::Real: return put_real(out, cell, column);
    case ColumnType::Boolean: return put_field(out, int8_t(cell.integer));
    case ColumnType::Timestamp:
    case ColumnType::LocalTimestamp: return put_field(out, cell.integer - EpochMicroseconds);
    case ColumnType::Date: return put_field(out, int32_t(cell.integer - EpochDays));
    case ColumnType::Time: return put_field(out, cell.integer);
    case ColumnType::Uuid: return put_uuid(out, cell.text);
    case ColumnType::Jsonb: {
      const LengthLater length(out);
      out += char(1);  // the version of jsonb's format
      append_text(cell, out);
      return;
    }
    case ColumnType::Text:
    case ColumnType::Json:
    case ColumnType::Other: return put_text(out, cell);
  }
}

}  // namespace

std::string_view copy_header() { return {"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19}; }

void append_copy_trailer(std::string& out) { put<int16_t>(out, -1); }

base::Result<void> append_copy_row(std::string& out, std::span<const Column> columns, std::span<const Cell> cells) {
  put<int16_t>(out, int16_t(columns.size()));
  for (size_t i = 0; i < columns.size(); ++i) {
    if (cells[i].is_null() || cells[i].type == Cell::Type::Keep) {
      put<int32_t>(out, -1);
      continue;
    }
    TRY(check_cell(cells[i], columns[i]));
    put_cell(out, columns[i], cells[i]);
  }
  return {};
}

}  // namespace syncline::sql::postgres
