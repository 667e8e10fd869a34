// SPDX-License-Identifier: Apache-2.0
#include "sql/connection.hpp"

#include <charconv>

#include "sql/postgres/open.hpp"
#include "sql/shared/error.hpp"
#include "sql/sqlite/sqlite_connection.hpp"

namespace syncline::sql {

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

bool is_row_fault(const base::Error& error) {
  if (error.side != base::Side::Database) return false;
  const bool of_policy = error.code == sqlstate::NoRight && error.kind == base::ErrorKind::Fatal;
  return of_policy || error.code.starts_with("22") || error.code.starts_with("23") || error.code == sqlstate::Raised;
}

}  // namespace syncline::sql
