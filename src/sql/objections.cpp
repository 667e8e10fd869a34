// SPDX-License-Identifier: Apache-2.0
#include "sql/objections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/dialect.hpp"

namespace syncline::sql {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;
using record::Table;

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  return out;
}

/// A table's statement as words in capitals, each between blanks; what is quoted or a comment is left out.
std::string words_of(std::string_view statement) {
  std::string out = " ";
  for (size_t at = 0; at < statement.size(); ++at) {
    const char c = statement[at];
    std::string_view end;
    if (c == '\'' || c == '"' || c == '`') end = statement.substr(at, 1);
    if (c == '[') end = "]";
    if (statement.substr(at, 2) == "--") end = "\n";
    if (statement.substr(at, 2) == "/*") end = "*/";
    const bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || uint8_t(c) >= 0x80;
    if (letter) {
      out += c;
    } else if (out.back() != ' ') {
      out += ' ';
    }
    if (!end.empty()) at = std::min(statement.find(end, at + 1), statement.size());
  }
  return upper(out) + " ";
}

/// A constraint with a conflict clause of its own replaces other rows, or drops ours, and reports success.
base::Result<void> object_to_conflict_clauses(Connection& connection, const Table& table, std::vector<Objection>& out) {
  const std::string schema = quoted(table.name.schema.empty() ? "main" : table.name.schema);
  const Rows rows = TRY(connection.query(
      fmt::format("SELECT sql FROM {}.sqlite_schema WHERE type = 'table' AND name = $1 COLLATE NOCASE AND sql IS NOT NULL", schema),
      std::array{Cell::of(std::string_view(table.name.name))}));
  if (rows.empty()) return {};
  const std::string words = words_of(rows.text(0, 0));
  for (const std::string_view clause : {"REPLACE", "IGNORE", "FAIL", "ROLLBACK"}) {
    if (words.find(fmt::format(" ON CONFLICT {} ", clause)) == std::string::npos) continue;
    out.push_back({"", fmt::format("a constraint of `{}` says ON CONFLICT {}, by which rows vanish without a word; make the table anew "
                                   "without that clause",
                                   to_string(table.name), clause)});
  }
  return {};
}

/// Rows are matched by the column's collation, and told apart by its index's.
base::Result<void> object_to_collation(Connection& connection, const Table& table, const std::string& key, std::vector<Objection>& out) {
  if (!table.column(key)) return {};
  const Rows indexes = TRY(connection.query(
      "SELECT x.coll FROM pragma_index_list($1) AS l, pragma_index_xinfo(l.name) AS x WHERE l.\"unique\" AND NOT l.partial AND x.key AND "
      "x.name = $2",
      std::array{Cell::of(std::string_view(table.name.name)), Cell::of(std::string_view(key))}));
  if (indexes.empty()) return {};
  // No pragma tells a column's collation: the first part of a compound gives it to the column.
  const Rows column = TRY(connection.query(fmt::format(
      "SELECT sum(k = 'A'), sum(k = 'a ') FROM (SELECT {} AS k FROM {} WHERE 0 UNION ALL SELECT 'a')", quoted(key), quoted(table.name))));
  const std::string collation = column.integer(0, 0) > 0 ? "NOCASE" : column.integer(0, 1) > 0 ? "RTRIM" : "BINARY";
  for (size_t i = 0; i < indexes.size(); ++i) {
    if (collation == "BINARY" || base::equals_ignoring_case(indexes.text(i, 0), collation)) continue;
    out.push_back(
        {key, fmt::format("`{}` compares by {}, but its UNIQUE index by {}, so that one id could be two rows; make the index with "
                          "COLLATE {}",
                          key, collation, indexes.text(i, 0), collation)});
    break;
  }
  return {};
}

/// SQLite's rules for a declared type (its documentation, "Determination Of Column Affinity"): whether texts that read as numbers become
/// such.
bool turns_texts_into_numbers(const Column& column) {
  const std::string type = upper(column.declared);
  const auto has = [&](std::string_view word) { return type.find(word) != std::string::npos; };
  if (has("INT")) return true;
  return !type.empty() && !has("CHAR") && !has("CLOB") && !has("TEXT") && !has("BLOB");
}

/// Of a type we know the mapping does: what is no text is not written as one.
base::Result<void> object_to_affinity(Connection& connection, const Table& table, std::vector<Objection>& out) {
  const Rows strict = TRY(connection.query("SELECT 1 FROM pragma_table_list WHERE name = $1 COLLATE NOCASE AND strict",
                                           std::array{Cell::of(std::string_view(table.name.name))}));
  if (!strict.empty()) return {};
  for (const Column& column : table.columns) {
    if (column.type != ColumnType::Other || !turns_texts_into_numbers(column)) continue;
    out.push_back({column.name, fmt::format("`{}` is {}, in which SQLite keeps the text 0123 as the number 123; make it TEXT", column.name,
                                            column.declared)});
  }
  return {};
}

/// Rows of a table that inherits are rows of this one to every statement, but its UNIQUE indexes do not hold them.
base::Result<void> object_to_heirs(Connection& connection, const Table& table, std::vector<Objection>& out) {
  const Rows heirs = TRY(connection.query(
      "SELECT i.inhrelid::regclass::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhparent WHERE i.inhparent "
      "= pg_catalog.to_regclass($1::text) AND c.relkind = 'r' ORDER BY 1 LIMIT 1",
      std::array{Cell::of(std::string_view(quoted(table.name)))}));
  if (heirs.empty()) return {};
  out.push_back(
      {"", fmt::format("`{}` inherits from `{}`, so that one id could be a row of both; end that with ALTER TABLE … NO INHERIT, or "
                       "partition the table",
                       heirs.text(0, 0), to_string(table.name))});
  return {};
}

/// A cast to one of these cuts what is too long for it.
void object_to_cutting_casts(const Table& table, std::vector<Objection>& out) {
  for (const Column& column : table.columns) {
    if (column.type != ColumnType::Other) continue;
    const std::string_view type = column.declared;
    const bool cuts = type == "name" || type == "\"char\"" || type.starts_with("bit") ||
                      (type.starts_with("character") && type.ends_with("[]") && type.find('(') != std::string_view::npos);
    if (!cuts) continue;
    out.push_back({column.name, fmt::format("`{}` is {}, to which PostgreSQL would cut what is too long; make it text, or varchar with a "
                                            "limit",
                                            column.name, type)});
  }
}

}  // namespace

base::Result<std::vector<Objection>> objections(Connection& connection, const Table& table, const std::string& key) {
  std::vector<Objection> out;
  if (connection.dialect() == Dialect::Postgres) {
    TRY(object_to_heirs(connection, table, out));
    object_to_cutting_casts(table, out);
  } else {
    TRY(object_to_conflict_clauses(connection, table, out));
    TRY(object_to_collation(connection, table, key, out));
    TRY(object_to_affinity(connection, table, out));
  }
  return out;
}

}  // namespace syncline::sql
