// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/answer.hpp"

#include "base/secret.hpp"
#include "base/text.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql::postgres {
namespace {

std::string_view field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

std::string one_line(std::string_view text) { return base::shown(base::redact(base::trim(text)), 500); }

}  // namespace

bool succeeded(const PGresult* result) {
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_COPY_IN:
    case PGRES_EMPTY_QUERY: return true;
    default: return false;
  }
}

base::Error error_of(PGconn* connection, const PGresult* result) {
  const std::string_view code = result ? field(result, PG_DIAG_SQLSTATE) : "";
  // Without an SQLSTATE it is libpq that speaks: the connection is gone.
  if (code.empty()) return database_error(sqlstate::ConnectionLost, "the connection to the database is lost: " + one_line(PQerrorMessage(connection)));
  std::string message(field(result, PG_DIAG_MESSAGE_PRIMARY));
  if (const std::string_view detail = field(result, PG_DIAG_MESSAGE_DETAIL); !detail.empty()) message += " (" + std::string(detail) + ")";
  std::string_view subject = field(result, PG_DIAG_CONSTRAINT_NAME);
  if (subject.empty()) subject = field(result, PG_DIAG_COLUMN_NAME);
  return database_error(code, one_line(message), std::string(subject));
}

Rows rows_of(const PGresult* result) {
  const int rows = PQntuples(result), columns = PQnfields(result);
  std::vector<std::optional<std::string>> values;
  values.reserve(size_t(rows) * size_t(columns));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column)) {
        values.emplace_back();
      } else {
        values.emplace_back(std::string(PQgetvalue(result, row, column), size_t(PQgetlength(result, row, column))));
      }
    }
  }
  return Rows(size_t(columns), std::move(values));
}

}  // namespace syncline::sql::postgres
