// SPDX-License-Identifier: Apache-2.0
#include "load/expression.hpp"

#include <fmt/format.h>

namespace syncline::load {

using sql::Dialect;

std::string folded(const std::string& value, Dialect dialect) {
  // PostgreSQL knows no \v: it would be the letter.
  if (dialect == Dialect::Postgres) return fmt::format(R"(lower(btrim({}::text, E' \t\n\r\x0B\f') COLLATE "C"))", value);
  return fmt::format("lower(trim({}, char(32, 9, 10, 11, 12, 13)))", value);
}

std::string declared(const record::Column& column, Dialect dialect) {
  return column.declared.empty() && dialect == Dialect::Postgres ? sql::type_name(dialect, column) : column.declared;
}

}  // namespace syncline::load
