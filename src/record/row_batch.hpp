// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "base/clock.hpp"
#include "record/record_batch.hpp"

namespace syncline::record {

/// One table-shaped value, exact. Text points into a batch's arena or page, or into memory that outlives the call it is given to.
struct Cell {
  enum class Type : uint8_t {
    Null,
    Keep,            ///< the source said nothing: the column stays as it is (on insert: its default, i.e. NULL)
    Boolean,         ///< integer: 0 or 1
    Integer,         ///< integer
    Decimal,         ///< text: plain notation, "-12.50"
    Timestamp,       ///< integer: microseconds since 1970-01-01T00:00:00Z
    LocalTimestamp,  ///< integer: microseconds since 1970-01-01T00:00:00, local
    Date,            ///< integer: days since 1970-01-01
    Time,            ///< integer: microseconds since midnight
    Text,            ///< text: valid UTF-8 without NUL
    Json,            ///< text: valid JSON without \u0000
  };
  Type type = Type::Null;
  int64_t integer = 0;
  std::string_view text;

  static Cell null() { return {}; }
  static Cell keep() { return {Type::Keep, 0, {}}; }
  static Cell of(bool value) { return {Type::Boolean, value, {}}; }
  static Cell of(int64_t value) { return {Type::Integer, value, {}}; }
  static Cell of(std::string_view text) { return {Type::Text, 0, text}; }
  static Cell of(const char* text) { return of(std::string_view(text)); }
  static Cell decimal(std::string_view text) { return {Type::Decimal, 0, text}; }
  static Cell json(std::string_view text) { return {Type::Json, 0, text}; }
  static Cell of(base::Timestamp instant) { return {Type::Timestamp, instant.time_since_epoch().count(), {}}; }
  static Cell date(int64_t days) { return {Type::Date, days, {}}; }
  [[nodiscard]] bool is_null() const { return type == Type::Null; }
  /// Neither null nor kept.
  [[nodiscard]] bool has_value() const { return type != Type::Null && type != Type::Keep; }
};

/// The rows made of some records: a matrix of cells in the order of a mapping's columns. The cells' text lives in `arena` or in the
/// RecordBatches the rows were made of, which must outlive this.
struct RowBatch {
  size_t columns = 0;                     ///< width of the matrix
  std::vector<Cell> cells;                ///< row-major
  std::vector<std::string_view> sources;  ///< per row: the JSON of its record, for rejects
  base::Arena arena;

  RowBatch() = default;
  RowBatch(RowBatch&&) = default;
  RowBatch& operator=(RowBatch&&) = default;

  /// Empty, with the memory of the matrix kept.
  void clear() {
    cells.clear();
    sources.clear();
    arena = {};
  }

  /// Puts rows of another batch of the same mapping behind these, from `first` to before `last`. Their texts stay in the other's arena.
  void append(const RowBatch& other, size_t first, size_t last) {
    columns = other.columns;
    const auto cell = [&](size_t row) { return other.cells.begin() + ptrdiff_t(row * other.columns); };
    cells.insert(cells.end(), cell(first), cell(last));
    sources.insert(sources.end(), other.sources.begin() + ptrdiff_t(first), other.sources.begin() + ptrdiff_t(last));
  }

  [[nodiscard]] size_t size() const { return sources.size(); }
  [[nodiscard]] size_t bytes() const {
    return cells.capacity() * sizeof(Cell) + sources.capacity() * sizeof(std::string_view) + arena.bytes();
  }
  [[nodiscard]] std::span<const Cell> row(size_t index) const { return std::span(cells).subspan(index * columns, columns); }
};

}  // namespace syncline::record
