// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/postgres_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql::postgres {
namespace {

std::string_view field(const PGresult* answer, int code) {
  const char* const text = answer ? PQresultErrorField(answer, code) : nullptr;
  return text ? std::string_view(text) : std::string_view();
}

/// `COPY stage, line 2, column total: "abc"`, which may stand below what a type's own reader says; "" if it is not there.
std::string_view copy_context(const PGresult* answer) {
  std::string_view rest = field(answer, PG_DIAG_CONTEXT);
  while (!rest.empty() && !rest.starts_with("COPY ")) rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  return rest.substr(0, rest.find('\n'));
}

/// Translated servers may word it differently: then there is no subject.
std::string_view column_of_copy(std::string_view context) {
  constexpr std::string_view mark = ", column ";
  const size_t at = context.find(mark);
  if (at == context.npos) return {};
  const std::string_view rest = context.substr(at + mark.size());
  return rest.substr(0, rest.find(':'));
}

std::string_view first_line(std::string_view text) { return base::trim(text.substr(0, text.find('\n'))); }

std::string subject_of(const PGresult* answer) {
  for (int code : {PG_DIAG_CONSTRAINT_NAME, PG_DIAG_COLUMN_NAME}) {
    if (const std::string_view name = field(answer, code); !name.empty()) return std::string(name);
  }
  return std::string(column_of_copy(copy_context(answer)));
}

std::string message_of(const PGresult* answer) {
  std::string message = base::shown(field(answer, PG_DIAG_MESSAGE_PRIMARY), 400);
  if (const std::string_view detail = field(answer, PG_DIAG_MESSAGE_DETAIL); !detail.empty()) message += ": " + base::shown(detail);
  // "wrote only 4096 of 8192 bytes" says nothing to those who do not know the hint: "check free disk space".
  const std::string_view hint = field(answer, PG_DIAG_MESSAGE_HINT);
  if (field(answer, PG_DIAG_SQLSTATE).starts_with("53") && !hint.empty()) message += ". " + base::shown(hint);
  const std::string_view context = first_line(field(answer, PG_DIAG_CONTEXT));
  if (context.starts_with("COPY ")) message += " (" + base::shown(context) + ")";
  return message;
}

bool is_code(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

/// "new row violates row-level security policy" has the code of a missing right. The message is translated, the function's name is not.
bool is_refused_by_policy(const PGresult* answer) {
  return field(answer, PG_DIAG_SQLSTATE) == sqlstate::NoRight && field(answer, PG_DIAG_SOURCE_FUNCTION) == "ExecWithCheckOptions";
}

/// Takes the SQLSTATE out of `… FATAL:  28P01: password authentication failed …`; the severity may be translated. "" if there is none.
std::string take_code(std::string& message) {
  for (size_t at = message.find(":  "); at != message.npos; at = message.find(":  ", at + 1)) {
    std::string code = message.substr(at + 3, 5);
    if (!is_code(code) || message.compare(at + 8, 2, ": ") != 0) continue;
    message.erase(at + 1, 8);
    return code;
  }
  return {};
}

}  // namespace

base::Error error_of(PGconn* connection, const PGresult* answer) {
  const std::string_view code = field(answer, PG_DIAG_SQLSTATE);
  if (!code.empty()) {
    base::Error error = database_error(code, message_of(answer), subject_of(answer));
    if (is_refused_by_policy(answer)) error.kind = base::ErrorKind::Fatal;
    return error;
  }
  const std::string said = base::shown(first_line(PQerrorMessage(connection)), 400);
  if (PQstatus(connection) == CONNECTION_BAD)
    return database_error(sqlstate::ConnectionLost, "the connection to the database broke: " + said);
  return database_error("XX000", said.empty() ? "the database gave no answer that can be understood" : said);
}

base::Error error_of_script(PGconn* connection, const PGresult* answer, std::string_view script) {
  base::Error error = error_of(connection, answer);
  const std::string_view position = field(answer, PG_DIAG_STATEMENT_POSITION);
  size_t letters = 0;
  if (std::from_chars(position.data(), position.data() + position.size(), letters).ec != std::errc() || letters == 0) return error;
  size_t at = 0;
  for (; at < script.size(); ++at) {
    const bool begins_letter = (script[at] & 0xC0) != 0x80;
    if (begins_letter && --letters == 0) break;
  }
  return at_line(std::move(error), script, at);
}

base::Error connect_error(PGconn* connection) {
  // With several hosts there is a line for each, and the last one decided. LOCATION lines belong to the verbose form.
  std::string code, message;
  std::string_view rest = PQerrorMessage(connection);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const bool location = line.find(".c:") != line.npos && line.find("LOCATION") != line.npos;
    if (base::trim(line).empty() || location) continue;
    if (std::string found = take_code(line); !found.empty()) code = found;
    message += (message.empty() ? "" : "; ") + std::string(base::trim(line));
  }
  if (code.empty()) code = PQconnectionNeedsPassword(connection) ? "28P01" : std::string(sqlstate::CannotConnect);
  return database_error(code, "cannot connect to the database: " + base::shown(message, 400));
}

}  // namespace syncline::sql::postgres
