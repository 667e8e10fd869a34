// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite/catalog.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace syncline::sql::sqlite {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;

/// The numbers in "VARCHAR(20)" or "DECIMAL TEXT(12,2)".
std::vector<int> numbers_in(std::string_view declared) {
  std::vector<int> out;
  for (const char* at = declared.data(); at < declared.data() + declared.size();) {
    int number = 0;
    const auto [end, failed] = std::from_chars(at, declared.data() + declared.size(), number);
    if (failed == std::errc()) out.push_back(number);
    at = failed == std::errc() ? end : at + 1;
  }
  return out;
}

ColumnType type_of(std::string_view name) {
  const auto has = [&](std::string_view word) { return name.find(word) != std::string_view::npos; };
  if (has("INT")) return ColumnType::Integer;
  if (has("BOOL")) return ColumnType::Boolean;
  if (has("LOCAL DATETIME")) return ColumnType::LocalTimestamp;
  if (has("DATETIME") || has("TIMESTAMP")) return ColumnType::Timestamp;
  if (has("DATE")) return ColumnType::Date;
  if (has("TIME")) return ColumnType::Time;
  if (has("JSON")) return ColumnType::Json;
  if (has("UUID")) return ColumnType::Uuid;
  if (has("DECIMAL TEXT") || has("NUMERIC TEXT")) return ColumnType::Decimal;
  if (has("CHAR") || has("CLOB") || has("TEXT")) return ColumnType::Text;
  if (has("DEC") || has("NUM") || has("REAL") || has("FLOA") || has("DOUB")) return ColumnType::Real;
  return ColumnType::Other;
}

base::Result<std::vector<std::string>> index_columns(Connection& connection, const std::string& index) {
  const Rows rows = TRY(connection.query("SELECT name FROM pragma_index_info($1) ORDER BY seqno", std::array{Cell::of(index)}));
  std::vector<std::string> out;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows.at(i, 0)) return std::vector<std::string>();  // an expression
    out.push_back(*rows.at(i, 0));
  }
  return out;
}

base::Result<void> read_columns(Connection& connection, const std::string& name, record::Table& table, std::vector<std::string>& primary_key) {
  // hidden: 2 and 3 are generated columns.
  const Rows rows = TRY(connection.query("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo($1) WHERE hidden <> 1 ORDER BY cid", std::array{Cell::of(name)}));
  std::vector<std::pair<int64_t, std::string>> key;
  for (size_t i = 0; i < rows.size(); ++i) {
    Column column = column_of_type(rows.text(i, 1));
    column.name = rows.text(i, 0);
    column.nullable = rows.integer(i, 2) == 0;
    column.has_default = rows.at(i, 3).has_value();
    column.generated = rows.integer(i, 5) > 1;
    if (rows.integer(i, 4) > 0) key.emplace_back(rows.integer(i, 4), column.name);
    table.columns.push_back(std::move(column));
  }
  std::sort(key.begin(), key.end());
  for (auto& [place, column] : key) primary_key.push_back(column);
  if (primary_key.size() != 1) return {};
  for (Column& column : table.columns) {
    // The row id: SQLite numbers it.
    if (column.name == primary_key[0] && base::lower(column.declared) == "integer") column.has_default = true;
  }
  return {};
}

base::Result<void> read_indexes(Connection& connection, const std::string& name, record::Table& table, const std::vector<std::string>& primary_key) {
  const Rows rows = TRY(connection.query("SELECT name, origin, partial FROM pragma_index_list($1) WHERE \"unique\" = 1", std::array{Cell::of(name)}));
  bool primary_there = false;
  for (size_t i = 0; i < rows.size(); ++i) {
    record::UniqueIndex index{std::string(rows.text(i, 0)), TRY(index_columns(connection, std::string(rows.text(i, 0)))), rows.text(i, 1) == "pk", rows.integer(i, 2) == 1, false};
    primary_there |= index.primary;
    table.unique_indexes.push_back(std::move(index));
  }
  if (!primary_there && !primary_key.empty()) table.unique_indexes.push_back({"(primary key)", primary_key, true, false, false});
  return {};
}

base::Result<void> read_foreign_keys(Connection& connection, const std::string& name, record::Table& table) {
  const Rows rows = TRY(connection.query("SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list($1) ORDER BY id, seq", std::array{Cell::of(name)}));
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || rows.integer(i, 0) != rows.integer(i - 1, 0)) table.foreign_keys.push_back({std::string(rows.text(i, 0)), {}, {"", std::string(rows.text(i, 1))}, {}});
    table.foreign_keys.back().columns.emplace_back(rows.text(i, 2));
    // Without a column it refers to the parent's primary key.
    if (rows.at(i, 3)) table.foreign_keys.back().to_columns.emplace_back(rows.text(i, 3));
  }
  return {};
}

}  // namespace

Column column_of_type(std::string_view declared) {
  Column out;
  out.declared = declared;
  std::string name = base::lower(declared);
  for (char& c : name) c = c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
  out.type = type_of(name);
  const std::vector<int> numbers = numbers_in(declared);
  if (out.type == ColumnType::Text && !numbers.empty()) out.length_max = numbers[0];
  if (out.type == ColumnType::Decimal && !numbers.empty()) {
    out.precision = numbers[0];
    out.scale = numbers.size() > 1 ? numbers[1] : 0;
  }
  return out;
}

base::Result<std::optional<record::Table>> describe(Connection& connection, const record::TableName& table) {
  if (!table.schema.empty() && table.schema != "main") return std::optional<record::Table>();
  const Rows there = TRY(connection.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name = $1 COLLATE NOCASE", std::array{Cell::of(table.name)}));
  if (there.empty()) return std::optional<record::Table>();
  const std::string name(there.text(0, 0));
  record::Table out;
  out.name = {"", name};
  std::vector<std::string> primary_key;
  TRY(read_columns(connection, name, out, primary_key));
  TRY(read_indexes(connection, name, out, primary_key));
  TRY(read_foreign_keys(connection, name, out));
  return std::optional(std::move(out));
}

}  // namespace syncline::sql::sqlite
