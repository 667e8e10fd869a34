// SPDX-License-Identifier: Apache-2.0
#include "sql/dialect.hpp"

#include <fmt/format.h>

namespace syncline::sql {
namespace {

using record::Column;
using record::ColumnType;

std::string enclosed(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

std::string with_length(std::string_view type, const Column& column) {
  return column.length_max ? fmt::format("{}({})", type, *column.length_max) : std::string(type);
}

std::string with_precision(std::string_view type, const Column& column) {
  return column.precision ? fmt::format("{}({},{})", type, *column.precision, column.scale.value_or(0)) : std::string(type);
}

std::string postgres_type(const Column& column) {
  switch (column.type) {
    case ColumnType::Text:
      return column.length_max ? with_length("character varying", column) : "text";
    case ColumnType::Integer:
      return column.bytes == 2 ? "smallint" : column.bytes == 4 ? "integer" : "bigint";
    case ColumnType::Decimal:
      return with_precision("numeric", column);
    case ColumnType::Real:
      return column.bytes == 4 ? "real" : "double precision";
    case ColumnType::Boolean:
      return "boolean";
    case ColumnType::Timestamp:
      return "timestamp with time zone";
    case ColumnType::LocalTimestamp:
      return "timestamp without time zone";
    case ColumnType::Date:
      return "date";
    case ColumnType::Time:
      return "time without time zone";
    case ColumnType::Json:
      return "json";
    case ColumnType::Jsonb:
      return "jsonb";
    case ColumnType::Uuid:
      return "uuid";
    case ColumnType::Other:
      return "text";
  }
  return "text";
}

/// Names that `describe` reads back as the same type, and whose affinity leaves our text alone: DECIMAL, JSON or UUID by themselves would
/// have NUMERIC affinity and turn "1.10" into a double, the word TEXT in the name keeps it text.
std::string sqlite_type(const Column& column) {
  switch (column.type) {
    case ColumnType::Text:
      return with_length("TEXT", column);
    case ColumnType::Integer:
      return "INTEGER";
    case ColumnType::Decimal:
      return with_precision("DECIMAL TEXT", column);
    case ColumnType::Real:
      return "REAL";
    case ColumnType::Boolean:
      return "BOOLEAN";
    case ColumnType::Timestamp:
      return "DATETIME";
    case ColumnType::LocalTimestamp:
      return "LOCAL DATETIME";
    case ColumnType::Date:
      return "DATE";
    case ColumnType::Time:
      return "TIME";
    case ColumnType::Json:
    case ColumnType::Jsonb:
      return "JSON TEXT";
    case ColumnType::Uuid:
      return "UUID TEXT";
    case ColumnType::Other:
      return "BLOB";
  }
  return "TEXT";
}

}  // namespace

std::string quoted(std::string_view identifier) { return enclosed(identifier, '"'); }

std::string literal(std::string_view text) { return enclosed(text, '\''); }

std::string quoted(const record::TableName& table) {
  return table.schema.empty() ? quoted(table.name) : quoted(table.schema) + "." + quoted(table.name);
}

std::string type_name(Dialect dialect, const Column& column) {
  if (!column.declared.empty()) return column.declared;
  return dialect == Dialect::Postgres ? postgres_type(column) : sqlite_type(column);
}

std::string_view current_timestamp(Dialect dialect) {
  // Six digits always, as timestamps are written to SQLite: so the order of the texts is the order in time.
  return dialect == Dialect::Postgres ? "now()" : "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')";
}

std::string own_table(Dialect dialect, std::string_view name) {
  return dialect == Dialect::Postgres ? R"("syncline".)" + quoted(name) : quoted(name);
}

}  // namespace syncline::sql
