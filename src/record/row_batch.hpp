// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.hpp"
#include "base/check.hpp"
#include "base/clock.hpp"
#include "record/record_batch.hpp"

namespace syncline::record {

/// One table-shaped value, exact. Text points into a batch's arena or page, or into memory that outlives the call it is given to. Small:
/// rows of them are most of what a run holds in memory.
class Cell {
 public:
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

  Cell() = default;
  /// A value of a type that is an integer, or of one that is a text; the other is left out.
  Cell(Type of_type, int64_t integer, std::string_view text) : type(of_type) {
    if (is_text(type)) {
      base::check(text.size() <= UINT32_MAX, "a text of a cell has less than 4 GiB");
      size_ = uint32_t(text.size());
      data_ = text.data();
    } else {
      integer_ = integer;
    }
  }

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
  /// 0 where the type is a text.
  [[nodiscard]] int64_t integer() const { return is_text(type) ? 0 : integer_; }
  /// "" where the type is an integer.
  [[nodiscard]] std::string_view text() const { return is_text(type) ? std::string_view(data_, size_) : std::string_view(); }

 private:
  static constexpr bool is_text(Type type) { return type == Type::Text || type == Type::Decimal || type == Type::Json; }

  uint32_t size_ = 0;  ///< of a text
  union {
    int64_t integer_ = 0;
    const char* data_;
  };
};
static_assert(sizeof(Cell) == 16);

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
