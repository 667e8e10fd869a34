// SPDX-License-Identifier: Apache-2.0
#include "sql/connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.hpp"
#include "sql/postgres/open.hpp"
#include "sql/shared/error.hpp"
#include "sql/sqlite/sqlite_connection.hpp"

namespace syncline::sql {
namespace {

/// A text that is too long for an index, say; the rest of its class is about statements.
constexpr std::string_view LimitExceeded = "54000";
/// What a value makes an expression, a constraint, or a trigger's code say: 20 CASE without ELSE, 21 more than one row, 22 data, 23
/// constraints, 44 WITH CHECK OPTION, P0 PL/pgSQL.
constexpr std::array ClassesOfValues{"20", "21", "22", "23", "44", "P0"};
/// The other classes that a server raises itself.
constexpr std::array OtherClasses{"00", "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10",
                                  "24", "25", "26", "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B", "3D",
                                  "3F", "40", "42", "53", "54", "55", "57", "58", "72", "CR", "F0", "HV", "XX"};

bool is_of_a_value(std::string_view code) {
  return std::any_of(ClassesOfValues.begin(), ClassesOfValues.end(), [&](std::string_view one) { return code.starts_with(one); });
}

/// Whether only somebody's own code can have raised it, a trigger's, say: PT400.
bool is_of_nobody(std::string_view code) {
  const bool is_sqlstate =
      code.size() == 5 && std::all_of(code.begin(), code.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
  return is_sqlstate && !is_of_a_value(code) &&
         std::none_of(OtherClasses.begin(), OtherClasses.end(), [&](std::string_view one) { return code.starts_with(one); });
}

}  // namespace

int64_t Rows::integer(size_t row, size_t column) const {
  const std::string_view value = text(row, column);
  if (value == "t") return 1;  // PostgreSQL's text form of true
  int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

base::Result<std::unique_ptr<Connection>> connect(const base::Secret& url, const ConnectOptions& options) {
  const std::string_view text = url.reveal();
  if (text.starts_with("postgresql://") || text.starts_with("postgres://")) return postgres::open(url, options);
  if (text.starts_with("sqlite:")) return sqlite::open(text.substr(7), options);
  base::Error error = database_error(sqlstate::CannotConnect, "the database URL must begin with postgresql:// or sqlite:");
  error.kind = base::ErrorKind::BadConfig;
  return base::fail(std::move(error));
}

bool is_connection_lost(const base::Error& error) {
  return error.side == base::Side::Database &&
         (error.code.starts_with("08") || error.code.starts_with("57P0") || error.code == "commit_unknown");
}

bool may_pass_again(const base::Error& error) {
  return error.side == base::Side::Database &&
         (error.code.starts_with("40") || error.code == "55P03" || error.code == "26000" || error.code == "42P05");
}

base::Result<int64_t> Connection::insert_many(std::string_view table, std::span<const record::Column> columns,
                                              std::span<const record::Cell> cells) {
  base::check(!columns.empty() && cells.size() % columns.size() == 0, "cells are whole rows");
  return insert_many(table, columns, cells.size() / columns.size(), [&](size_t row, std::vector<record::Cell>& out) {
    const auto first = cells.begin() + ptrdiff_t(row * columns.size());
    out.insert(out.end(), first, first + ptrdiff_t(columns.size()));
  });
}

bool is_row_fault(const base::Error& error) {
  if (error.side != base::Side::Database) return false;
  const bool of_policy = error.code == sqlstate::NoRight && error.kind == base::ErrorKind::Fatal;
  return of_policy || error.code == LimitExceeded || is_of_a_value(error.code) || is_of_nobody(error.code);
}

}  // namespace syncline::sql
