// SPDX-License-Identifier: Apache-2.0
#include "sql/shared/error.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace syncline::sql {

base::ErrorKind kind_of_sqlstate(std::string_view code) {
  const std::string_view group = code.substr(0, 2);
  if (group == "08" || group == "40" || group == "53" || group == "57") return base::ErrorKind::Transient;
  // A lock that did not come in time, and a session the server ended because it idled in a transaction: both pass by themselves.
  if (code == "55P03" || code == "25P03") return base::ErrorKind::Transient;
  // A prepared statement that is gone: the connection has forgotten it, too, so the repeated transaction works.
  if (code == sqlstate::StatementLost) return base::ErrorKind::Transient;
  if (group == "28" || group == "3D") return base::ErrorKind::BadConfig;
  if (group == "42" || group == "3F") return base::ErrorKind::ContractDrift;
  return base::ErrorKind::Fatal;
}

base::Error database_error(std::string_view code, std::string message, std::string subject) {
  return {.kind = kind_of_sqlstate(code),
          .side = base::Side::Database,
          .message = std::move(message),
          .code = std::string(code),
          .subject = std::move(subject),
          .retry_after = {}};
}

base::Error at_line(base::Error error, std::string_view script, size_t offset_bytes) {
  const std::string_view before = script.substr(0, offset_bytes);
  if (base::trim(script).find('\n') != script.npos)
    error.message += fmt::format(" (line {})", std::count(before.begin(), before.end(), '\n') + 1);
  return error;
}

base::Error misuse(std::string_view code, std::string message) {
  return {.kind = base::ErrorKind::Fatal,
          .side = base::Side::Us,
          .message = std::move(message),
          .code = std::string(code),
          .subject = {},
          .retry_after = {}};
}

}  // namespace syncline::sql
