// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite/bind.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/text.hpp"
#include "sql/shared/cell.hpp"
#include "sql/shared/error.hpp"
#include "sql/sqlite/sqlite_error.hpp"

namespace syncline::sql::sqlite {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;

base::Result<void> bound(sqlite3_stmt* statement, int result) {
  if (result == SQLITE_OK) return {};
  return base::fail(error_of(sqlite3_db_handle(statement)));
}

/// Text that lives as long as the statement's run.
base::Result<void> bind_view(sqlite3_stmt* statement, int place, std::string_view text, std::string_view subject) {
  // SQLite would store broken UTF-8 without a word, and hand it to every later reader.
  if (const size_t at = base::invalid_utf8_at(text); at != text.npos) {
    return base::fail(database_error(sqlstate::BadCharacter, fmt::format("{}: the text is not valid UTF-8 at byte {}", subject, at),
                                     std::string(subject)));
  }
  return bound(statement, sqlite3_bind_text64(statement, place, text.data() ? text.data() : "", text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

base::Result<void> bind_copy(sqlite3_stmt* statement, int place, const std::string& text) {
  return bound(statement, sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

/// "…:28Z" and "…:28.5Z" as texts are in the wrong order: a fraction of always six digits puts them right.
std::string fixed_width(std::string instant) {
  instant.pop_back();
  const size_t point = instant.find('.');
  const size_t digits = point == instant.npos ? 0 : instant.size() - point - 1;
  if (point == instant.npos) instant += '.';
  return instant.append(6 - digits, '0') + 'Z';
}

/// The number of "$12" or "$12::bigint"; 0 if it has none.
size_t number_of(const char* name) {
  const std::string_view text = name ? name : "";
  size_t number = 0;
  if (text.size() > 1) std::from_chars(text.data() + 1, text.data() + text.size(), number);
  return number;
}

}  // namespace

/// As the cell is, whatever the column. The cell must have passed a check.
base::Result<void> bind_cell(sqlite3_stmt* statement, int place, const Cell& cell, std::string_view subject) {
  switch (cell.type) {
    case Cell::Type::Null:
    case Cell::Type::Keep:
      return bound(statement, sqlite3_bind_null(statement, place));
    case Cell::Type::Boolean:
      return bound(statement, sqlite3_bind_int64(statement, place, cell.integer() != 0));
    case Cell::Type::Integer:
      return bound(statement, sqlite3_bind_int64(statement, place, cell.integer()));
    case Cell::Type::Timestamp:
      return bind_copy(statement, place, fixed_width(text_of(cell)));
    case Cell::Type::LocalTimestamp:
    case Cell::Type::Date:
    case Cell::Type::Time:
      return bind_copy(statement, place, text_of(cell));
    case Cell::Type::Decimal:
    case Cell::Type::Text:
    case Cell::Type::Json:
      return bind_view(statement, place, cell.text(), subject);
  }
  return {};
}

base::Result<void> bind_parameters(sqlite3_stmt* statement, std::span<const Cell> parameters) {
  size_t highest = 0;
  for (int place = 1; place <= sqlite3_bind_parameter_count(statement); ++place) {
    const size_t number = number_of(sqlite3_bind_parameter_name(statement, place));
    if (number == 0 || number > parameters.size()) {
      return base::fail(misuse(sqlstate::ProtocolMisuse,
                               fmt::format("a statement has a parameter ${}, but {} values were given", number, parameters.size())));
    }
    const std::string subject = fmt::format("parameter ${}", number);
    const Cell& cell = parameters[number - 1];
    TRY(check_cell(cell, subject));
    TRY(bind_cell(statement, place, cell, subject));
    highest = std::max(highest, number);
  }
  if (highest == parameters.size()) return {};
  return base::fail(
      misuse(sqlstate::ProtocolMisuse, fmt::format("a statement has {} parameters, but {} values were given", highest, parameters.size())));
}

base::Result<void> bind_column(sqlite3_stmt* statement, int place, const Column& column, const Cell& cell) {
  TRY(check_cell(cell, column));
  if (cell.is_null() || cell.type == Cell::Type::Keep) return bind_cell(statement, place, cell, column.name);
  if (column.type == ColumnType::Integer) return bound(statement, sqlite3_bind_int64(statement, place, *integer_of(cell)));
  if (column.type == ColumnType::Real) return bound(statement, sqlite3_bind_double(statement, place, *real_of(cell)));
  const bool kept_as_text = column.type == ColumnType::Text || column.type == ColumnType::Decimal;
  const bool number = cell.type == Cell::Type::Integer || cell.type == Cell::Type::Boolean;
  if (kept_as_text && number) return bind_copy(statement, place, text_of(cell));
  return bind_cell(statement, place, cell, column.name);
}

}  // namespace syncline::sql::sqlite
