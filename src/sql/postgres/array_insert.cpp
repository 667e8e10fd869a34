// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/array_insert.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "sql/array_text.hpp"
#include "sql/dialect.hpp"
#include "sql/shared/cell.hpp"

namespace syncline::sql::postgres {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;

/// Without its limits: a cast to varchar(3) would cut without a word, an assignment to it refuses.
std::string type_to_cast_to(const Column& column) {
  if (column.type == ColumnType::Other) return type_name(Dialect::Postgres, column);
  Column plain;
  plain.type = column.type;
  return type_name(Dialect::Postgres, plain);
}

base::Result<void> add(const Column& column, const Cell& cell, ArrayText& array) {
  if (cell.is_null() || cell.type == Cell::Type::Keep) {
    array.add(Cell::null());
    return {};
  }
  TRY(check_cell(cell, column));
  TRY(check_cell(cell, column.name));  // a NUL would end the whole parameter
  // "42.00" is a whole number, and no text of one.
  const std::string text = text_of(column.type == ColumnType::Integer ? Cell::of(*integer_of(cell)) : cell);
  array.add(Cell::of(std::string_view(text)));
  return {};
}

}  // namespace

std::string array_insert(std::string_view table, std::span<const Column> columns) {
  std::string names, values, arrays, aliases;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string_view comma = i == 0 ? "" : ", ";
    names += fmt::format("{}{}", comma, sql::quoted(columns[i].name));
    values += fmt::format("{}u.c{}::{}", comma, i, type_to_cast_to(columns[i]));
    arrays += fmt::format("{}${}::text[]", comma, i + 1);
    aliases += fmt::format("{}c{}", comma, i);
  }
  return fmt::format("INSERT INTO {} ({}) SELECT {} FROM unnest({}) AS u ({})", table, names, values, arrays, aliases);
}

base::Result<std::vector<std::string>> arrays_of(std::span<const Column> columns, size_t rows, const MakeRow& make) {
  std::vector<ArrayText> arrays(columns.size());
  std::vector<Cell> cells;
  for (size_t row = 0; row < rows; ++row) {
    cells.clear();
    make(row, cells);
    base::check(cells.size() == columns.size(), "a row has a cell for each column");
    for (size_t column = 0; column < columns.size(); ++column) {
      if (base::Result<void> added = add(columns[column], cells[column], arrays[column]); !added)
        return base::fail(std::move(added).error().within(fmt::format("row {}", row + 1)));
    }
  }
  std::vector<std::string> out;
  for (ArrayText& array : arrays) out.push_back(std::move(array).text());
  return out;
}

}  // namespace syncline::sql::postgres
