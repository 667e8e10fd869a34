// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite/statement.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.hpp"
#include "sql/shared/cell.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql::sqlite {
namespace {

std::string_view sqlstate_of(int extended, std::string_view message) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return sqlstate::Unique;
    case SQLITE_CONSTRAINT_NOTNULL: return sqlstate::NotNull;
    case SQLITE_CONSTRAINT_CHECK: return sqlstate::Check;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return sqlstate::ForeignKey;
    case SQLITE_CONSTRAINT_TRIGGER: return sqlstate::Raised;
    case SQLITE_CONSTRAINT_DATATYPE: return sqlstate::WrongType;
    default: break;
  }
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "55P03";
    case SQLITE_FULL: return "53100";
    case SQLITE_NOMEM: return "53200";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "XX001";
    case SQLITE_IOERR: return "58030";
    case SQLITE_READONLY: return "25006";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: return sqlstate::CannotConnect;
    case SQLITE_MISMATCH: return sqlstate::WrongType;
    case SQLITE_TOOBIG: return sqlstate::ValueTooLong;
    case SQLITE_CONSTRAINT: return "23000";
    default: break;
  }
  if (message.starts_with("no such table")) return "42P01";
  if (message.find("no such column") != std::string_view::npos || message.find("has no column named") != std::string_view::npos) return "42703";
  return extended == SQLITE_ERROR ? sqlstate::SyntaxError : "XX000";
}

/// "UNIQUE constraint failed: people.email, people.site" → "email, site"; "CHECK constraint failed: minutes > 0" → "minutes > 0".
std::string subject_of(std::string_view message) {
  const size_t colon = message.find("constraint failed: ");
  if (colon == std::string_view::npos) return "";
  std::string subject(message.substr(colon + 19));
  if (!message.starts_with("UNIQUE") && !message.starts_with("NOT NULL")) return subject;
  std::string out;
  for (size_t at = 0; at < subject.size();) {
    const size_t end = std::min(subject.find(", ", at), subject.size());
    const std::string name = subject.substr(at, end - at);
    out += (out.empty() ? "" : ", ") + name.substr(name.rfind('.') + 1);
    at = end + 2;
  }
  return out;
}

}  // namespace

base::Error error_of(sqlite3* database) {
  const std::string message = sqlite3_errmsg(database);
  return database_error(sqlstate_of(sqlite3_extended_errcode(database), message), base::shown(message, 500), subject_of(message));
}

base::Result<Statement> Statement::prepare(sqlite3* database, std::string_view sql) {
  Statement out;
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  if (sqlite3_prepare_v3(database, sql.data(), int(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, &rest) != SQLITE_OK) return base::fail(error_of(database));
  out.statement_.reset(statement);
  const std::string_view after(rest, size_t(sql.data() + sql.size() - rest));
  if (!statement || !base::trim(after).empty()) return base::fail(misuse(sqlstate::ProtocolMisuse, "one statement was expected"));
  return out;
}

base::Result<void> Statement::bind(std::span<const record::Cell> cells) {
  texts_.clear();
  texts_.reserve(cells.size());  // bound text must not move
  const int count = sqlite3_bind_parameter_count(handle());
  for (int index = 1; index <= count; ++index) {
    // To SQLite $2 is a name like any other, and names are numbered as they appear.
    const char* name = sqlite3_bind_parameter_name(handle(), index);
    const int number = name ? std::atoi(name + 1) : 0;
    if (number < 1 || size_t(number) > cells.size()) return base::fail(misuse(sqlstate::ProtocolMisuse, fmt::format("parameter {} of {}", name ? name : "?", cells.size())));
    TRY(bind(index, cells[size_t(number) - 1]));
  }
  return {};
}

base::Result<void> Statement::bind(int index, const record::Cell& cell) {
  using Type = record::Cell::Type;
  TRY(check_cell(cell, fmt::format("${}", index)));
  int result = SQLITE_OK;
  switch (cell.type) {
    case Type::Null:
    case Type::Keep: result = sqlite3_bind_null(handle(), index); break;
    case Type::Boolean:
    case Type::Integer: result = sqlite3_bind_int64(handle(), index, cell.integer); break;
    case Type::Decimal:
    case Type::Text:
    case Type::Json: result = sqlite3_bind_text64(handle(), index, cell.text.data() ? cell.text.data() : "", cell.text.size(), SQLITE_STATIC, SQLITE_UTF8); break;
    case Type::Timestamp:
    case Type::LocalTimestamp:
    case Type::Date:
    case Type::Time:
      texts_.push_back(text_of(cell));
      result = sqlite3_bind_text64(handle(), index, texts_.back().data(), texts_.back().size(), SQLITE_STATIC, SQLITE_UTF8);
      break;
  }
  if (result != SQLITE_OK) return base::fail(error_of(sqlite3_db_handle(handle())));
  return {};
}

base::Result<bool> Statement::step() {
  const int result = sqlite3_step(handle());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  base::Error error = error_of(sqlite3_db_handle(handle()));
  reset();
  return base::fail(std::move(error));
}

void Statement::reset() {
  sqlite3_reset(handle());
  sqlite3_clear_bindings(handle());
}

}  // namespace syncline::sql::sqlite
