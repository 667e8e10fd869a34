// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite/sqlite_error.hpp"

#include <array>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql::sqlite {
namespace {

/// SQLITE_ERROR covers whatever is wrong with a statement; only its words tell what.
struct Wording {
  std::string_view begins, contains, code;
};
constexpr std::array Wordings{
    Wording{"no such table: ", "", "42P01"},
    Wording{"no such column: ", "", "42703"},
    Wording{"table ", " has no column named ", "42703"},
    Wording{"no such index: ", "", "42704"},
    Wording{"no such function: ", "", "42883"},
    Wording{"no such savepoint: ", "", "3B001"},
    Wording{"duplicate column name: ", "", "42701"},
    Wording{"ambiguous column name: ", "", "42702"},
    Wording{"", " already exists", "42P07"},
    Wording{"ON CONFLICT clause does not match ", "", "42P10"},
    Wording{"cannot INSERT into generated column", "", "428C9"},
    Wording{"cannot UPDATE generated column", "", "428C9"},
    Wording{"cannot modify ", "", "42809"},
    Wording{"cannot start a transaction within a transaction", "", sqlstate::AlreadyInTransaction},
    Wording{"cannot commit - no transaction is active", "", sqlstate::NoTransaction},
    Wording{"cannot rollback - no transaction is active", "", sqlstate::NoTransaction},
    Wording{"integer overflow", "", sqlstate::OutOfRange},
    Wording{"malformed JSON", "", sqlstate::WrongType},
    Wording{"near ", "syntax error", sqlstate::SyntaxError},
    Wording{"incomplete input", "", sqlstate::SyntaxError},
    Wording{"unrecognized token", "", sqlstate::SyntaxError},
};

std::string_view code_of_words(std::string_view message) {
  for (const Wording& wording : Wordings) {
    if (message.starts_with(wording.begins) && message.find(wording.contains) != message.npos) return wording.code;
  }
  return "42000";
}

std::string_view code_of_constraint(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return sqlstate::Unique;
    case SQLITE_CONSTRAINT_NOTNULL:
      return sqlstate::NotNull;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return sqlstate::ForeignKey;
    case SQLITE_CONSTRAINT_CHECK:
      return sqlstate::Check;
    case SQLITE_CONSTRAINT_TRIGGER:
      return sqlstate::Raised;
    case SQLITE_CONSTRAINT_DATATYPE:
      return sqlstate::WrongType;
    default:
      return "23000";
  }
}

std::string_view code_of(int extended, std::string_view message) {
  switch (extended & 0xFF) {
    case SQLITE_ERROR:
      return code_of_words(message);
    case SQLITE_CONSTRAINT:
      return code_of_constraint(extended);
    case SQLITE_BUSY:
      return extended == SQLITE_BUSY_SNAPSHOT ? "40001" : "55P03";
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return "55P03";
    case SQLITE_FULL:
      return "53100";
    case SQLITE_NOMEM:
      return "53200";
    case SQLITE_INTERRUPT:
      return "57014";
    case SQLITE_READONLY:
      return sqlstate::ReadOnly;
    case SQLITE_IOERR:
      return "58030";
    case SQLITE_CANTOPEN:
      return "58P01";
    case SQLITE_CORRUPT:
      return "XX001";
    case SQLITE_NOTADB:
      return sqlstate::NoDatabase;
    case SQLITE_AUTH:
    case SQLITE_PERM:
      return "42501";
    case SQLITE_TOOBIG:
      return sqlstate::ValueTooLong;
    case SQLITE_MISMATCH:
      return sqlstate::WrongType;
    case SQLITE_SCHEMA:
      return "40001";
    default:
      return "XX000";
  }
}

/// "t.a, t.b" → "a, b"; "index 'name'" → "name".
std::string columns_of(std::string_view named) {
  if (named.starts_with("index '")) return std::string(named.substr(7, named.size() - 8));
  std::string out;
  while (!named.empty()) {
    const size_t end = std::min(named.find(", "), named.size());
    const std::string_view one = named.substr(0, end);
    const size_t dot = one.find('.');
    out.append(out.empty() ? "" : ", ").append(dot == one.npos ? one : one.substr(dot + 1));
    named.remove_prefix(std::min(end + 2, named.size()));
  }
  return out;
}

std::string_view behind(std::string_view text, std::string_view mark) {
  const size_t at = text.find(mark);
  return at == text.npos ? std::string_view() : text.substr(at + mark.size());
}

std::string subject_of(std::string_view code, std::string_view message) {
  const std::string_view failed = behind(message, "constraint failed: ");
  if (code == sqlstate::Check) return std::string(failed);
  if (code == sqlstate::Unique || code == sqlstate::NotNull) return columns_of(failed);
  if (code == sqlstate::WrongType) return columns_of(behind(message, " column "));
  if (code == "42703") {
    const std::string_view column = behind(message, message.starts_with("table ") ? " has no column named " : "no such column: ");
    return columns_of(column);
  }
  return {};
}

}  // namespace

base::Error error_of(sqlite3* database) {
  const int extended = sqlite3_extended_errcode(database);
  const std::string_view said = sqlite3_errmsg(database);
  const std::string_view code = code_of(extended, said);
  return database_error(code, base::shown(said, 400), subject_of(code, said));
}

}  // namespace syncline::sql::sqlite
