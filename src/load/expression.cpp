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

std::string parent_value(const std::string& text, const record::Column& column, sql::Dialect dialect) {
  if (column.type == record::ColumnType::Integer) {
    if (dialect == sql::Dialect::Sqlite)
      return fmt::format("CASE WHEN CAST(CAST({0} AS INTEGER) AS TEXT) = {0} THEN CAST({0} AS INTEGER) END", text);
    // Up to 18 digits always fit; with 19 it takes a look. \A and \Z: ^ and $ could be a line's.
    return fmt::format(
        "CASE WHEN {0} ~ '\\A(0|-?[1-9][0-9]{{0,17}})\\Z' THEN {0}::bigint WHEN {0} ~ '\\A-?[1-9][0-9]{{18}}\\Z' THEN "
        "CASE WHEN {0}::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN {0}::bigint END END",
        text);
  }
  if (dialect == sql::Dialect::Sqlite || column.type == record::ColumnType::Text) return text;
  if (column.type == record::ColumnType::Uuid)
    return fmt::format("CASE WHEN {0} ~ '^[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}$' THEN {0}::uuid END", text);
  return fmt::format("{}::{}", text, column.declared);
}

std::string differs(const record::Column& column, const std::string& value, Dialect dialect) {
  const std::string name = "t." + sql::quoted(column.name);
  // json has no equality of its own.
  if (column.type == record::ColumnType::Json && dialect == Dialect::Postgres)
    return fmt::format("{}::jsonb IS DISTINCT FROM ({})::jsonb", name, value);
  // A difference that the column's own equality overlooks (the case of a citext, a collation without case) is still one the source made.
  if (column.type == record::ColumnType::Text)
    return fmt::format("{} COLLATE {} IS DISTINCT FROM {}", name, dialect == Dialect::Postgres ? "\"C\"" : "BINARY", value);
  if (column.type == record::ColumnType::Other && dialect == Dialect::Postgres)
    return fmt::format("{}::text COLLATE \"C\" IS DISTINCT FROM ({})::text", name, value);
  return fmt::format("{} IS DISTINCT FROM {}", name, value);
}

}  // namespace syncline::load
