// SPDX-License-Identifier: Apache-2.0
#include "load/expression.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "base/text.hpp"

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

namespace {

// A text is cast only where the cast cannot fail. \A and \Z: ^ and $ could be a line's. Year 0 is none of PostgreSQL's.
constexpr std::string_view Day = R"((?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))",
                           TimeOfDay = R"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?)",
                           Offset = R"((Z|[+-](0[0-9]|1[0-5])(:[0-5][0-9])?))";

std::string where_it_is(const std::string& text, std::string_view pattern, const std::string& value) {
  return fmt::format("CASE WHEN {} ~ '\\A{}\\Z' THEN {} END", text, pattern, value);
}

/// The same of what begins with a day, which the month must have.
std::string where_it_is_a_day(const std::string& text, const std::string& pattern, std::string_view type) {
  return where_it_is(text, pattern,
                     fmt::format("CASE WHEN substr({0}, 9, 2)::integer <= extract(day FROM (substr({0}, 1, 8) || '01')::date + interval '1 "
                                 "month - 1 day') THEN {0}::{1} END",
                                 text, type));
}

std::string integer_of(const std::string& text) {
  // Up to 18 digits always fit; with 19 it takes a look.
  return fmt::format(
      "CASE WHEN {0} ~ '\\A(0|-?[1-9][0-9]{{0,17}})\\Z' THEN {0}::bigint WHEN {0} ~ '\\A-?[1-9][0-9]{{18}}\\Z' THEN "
      "CASE WHEN {0}::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN {0}::bigint END END",
      text);
}

/// A label is cast, another text is none of the type's values.
std::string label_of(const std::string& text, const record::Column& column) {
  std::vector<std::string> labels;
  for (const std::string& label : column.labels) labels.push_back(sql::literal(label));
  return fmt::format("CASE WHEN {0} IN ({1}) THEN {0}::{2} END", text, base::joined(labels, ", "), column.declared);
}

std::string parent_value_on_sqlite(const std::string& text, const record::Column& column) {
  if (column.type == record::ColumnType::Integer)
    return fmt::format("CASE WHEN CAST(CAST({0} AS INTEGER) AS TEXT) = {0} THEN CAST({0} AS INTEGER) END", text);
  if (column.type == record::ColumnType::Boolean) return fmt::format("CASE {} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END", text);
  return text;
}

}  // namespace

std::string parent_value(const std::string& text, const record::Column& column, sql::Dialect dialect) {
  using record::ColumnType;
  if (dialect == sql::Dialect::Sqlite) return parent_value_on_sqlite(text, column);
  switch (column.type) {
    case ColumnType::Text:
      return text;
    case ColumnType::Integer:
      return integer_of(text);
    case ColumnType::Decimal:
      // Without the column's scale: to it the cast would round.
      return where_it_is(text, R"(-?[0-9]{1,255}(\.[0-9]{1,255})?)", text + "::numeric");
    case ColumnType::Boolean:
      return fmt::format("CASE {} WHEN 'true' THEN true WHEN 'false' THEN false END", text);
    case ColumnType::Timestamp:
      return where_it_is_a_day(text, fmt::format("{}[ T]{}{}", Day, TimeOfDay, Offset), "timestamptz");
    case ColumnType::LocalTimestamp:
      return where_it_is_a_day(text, fmt::format("{}[ T]{}", Day, TimeOfDay), "timestamp");
    case ColumnType::Date:
      return where_it_is_a_day(text, std::string(Day), "date");
    case ColumnType::Time:
      return where_it_is(text, TimeOfDay, text + "::time");
    case ColumnType::Uuid:
      return where_it_is(text, "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text + "::uuid");
    case ColumnType::Other:
      if (!column.labels.empty()) return label_of(text, column);
      break;
    case ColumnType::Real:
    case ColumnType::Json:
    case ColumnType::Jsonb:
      break;
  }
  // What such a type takes only the database knows: whoever asks must bear its refusal.
  return fmt::format("{}::{}", text, declared(column, dialect));
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
