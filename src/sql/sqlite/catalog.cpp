// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite/catalog.hpp"

#include <array>

#include "base/text.hpp"

namespace syncline::sql::sqlite {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;
using record::Table;

constexpr std::string_view FindTable =
    "SELECT schema, name, type FROM pragma_table_list WHERE name = $1 COLLATE NOCASE AND ($2 = '' OR schema = $2 COLLATE NOCASE)"
    " ORDER BY schema <> 'temp', schema <> 'main' LIMIT 1";
constexpr std::string_view ReadColumns =
    R"(SELECT name, type, "notnull", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo($1, $2) ORDER BY cid)";
constexpr std::string_view ReadIndexes =
    R"(SELECT name, origin = 'pk', partial FROM pragma_index_list($1, $2) WHERE "unique" ORDER BY origin <> 'pk', name)";
constexpr std::string_view ReadIndexColumns = R"(SELECT name FROM pragma_index_xinfo($1, $2) WHERE "key" ORDER BY seqno)";
constexpr std::string_view ReadForeignKeys =
    R"(SELECT id, "table", "from", "to", seq FROM pragma_foreign_key_list($1, $2) ORDER BY id, seq)";
constexpr std::string_view ReadPrimaryKey = "SELECT name FROM pragma_table_info($1, $2) WHERE pk > 0 ORDER BY pk";

/// A temporary trigger may watch a table that is not temporary.
constexpr std::string_view ReadTriggers =
    "SELECT name FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = $1 COLLATE NOCASE AND $2 = 'main'"
    " UNION SELECT name FROM temp.sqlite_schema WHERE type = 'trigger' AND tbl_name = $1 COLLATE NOCASE ORDER BY name";

/// A table and where it was found, as the pragmas take them.
struct Place {
  std::string schema, name;
  [[nodiscard]] std::array<Cell, 2> cells() const { return {Cell::of(std::string_view(name)), Cell::of(std::string_view(schema))}; }
};

/// Hidden columns as table_xinfo numbers them.
constexpr int64_t HiddenOfVirtualTable = 1, GeneratedVirtual = 2, GeneratedStored = 3;

struct Columns {
  std::vector<Column> columns;
  std::vector<std::string> primary_key;
  std::string primary_key_type;  ///< of its only column
};

base::Result<Columns> read_columns(Connection& connection, const Place& place) {
  const Rows rows = TRY(connection.query(ReadColumns, place.cells()));
  Columns read;
  for (size_t row = 0; row < rows.size(); ++row) {
    const int64_t hidden = rows.integer(row, 5);
    if (hidden == HiddenOfVirtualTable) continue;
    Column column;
    column.name = rows.text(row, 0);
    column.declared = rows.text(row, 1);
    set_type(column, column.declared);
    column.nullable = rows.integer(row, 2) == 0;
    column.has_default = rows.integer(row, 3) != 0;
    column.generated = hidden == GeneratedVirtual || hidden == GeneratedStored;
    if (rows.integer(row, 4) > 0) {
      read.primary_key.push_back(column.name);
      read.primary_key_type = column.declared;
    }
    read.columns.push_back(std::move(column));
  }
  return read;
}

base::Result<std::vector<record::UniqueIndex>> read_indexes(Connection& connection, const Place& place) {
  const Rows rows = TRY(connection.query(ReadIndexes, place.cells()));
  std::vector<record::UniqueIndex> indexes;
  for (size_t row = 0; row < rows.size(); ++row) {
    record::UniqueIndex index{.name = std::string(rows.text(row, 0)),
                              .columns = {},
                              .primary = rows.integer(row, 1) != 0,
                              .partial = rows.integer(row, 2) != 0,
                              .deferrable = false};
    const std::array wanted{Cell::of(rows.text(row, 0)), Cell::of(std::string_view(place.schema))};
    const Rows columns = TRY(connection.query(ReadIndexColumns, wanted));
    bool plain = true;
    for (size_t key = 0; key < columns.size(); ++key) {
      index.columns.emplace_back(columns.text(key, 0));
      plain = plain && columns.at(key, 0);
    }
    if (!plain) index.columns.clear();
    indexes.push_back(std::move(index));
  }
  return indexes;
}

/// INTEGER PRIMARY KEY is the row's own number: unique without an index, filled in when absent, never NULL.
void add_row_number(Table& table, const Columns& read) {
  const bool has_index = !table.unique_indexes.empty() && table.unique_indexes.front().primary;
  if (has_index || read.primary_key.size() != 1 || !base::equals_ignoring_case(read.primary_key_type, "INTEGER")) return;
  for (Column& column : table.columns) {
    if (column.name != read.primary_key.front()) continue;
    column.has_default = true;
    column.nullable = false;
  }
  table.unique_indexes.insert(table.unique_indexes.begin(),
                              {.name = "PRIMARY KEY", .columns = read.primary_key, .primary = true, .partial = false, .deferrable = false});
}

base::Result<std::vector<std::string>> read_primary_key(Connection& connection, const Place& place) {
  const Rows rows = TRY(connection.query(ReadPrimaryKey, place.cells()));
  std::vector<std::string> columns;
  for (size_t row = 0; row < rows.size(); ++row) columns.emplace_back(rows.text(row, 0));
  return columns;
}

base::Result<std::vector<record::ForeignKey>> read_foreign_keys(Connection& connection, const Place& place) {
  const Rows rows = TRY(connection.query(ReadForeignKeys, place.cells()));
  std::vector<record::ForeignKey> keys;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (rows.integer(row, 4) == 0) {
      // SQLite does not keep their names.
      keys.push_back({.name = {}, .columns = {}, .to = {{}, std::string(rows.text(row, 1))}, .to_columns = {}});
    }
    keys.back().columns.emplace_back(rows.text(row, 2));
    if (rows.at(row, 3)) keys.back().to_columns.emplace_back(rows.text(row, 3));
  }
  // REFERENCES parent, without columns, means its primary key.
  for (record::ForeignKey& key : keys) {
    if (key.to_columns.empty()) key.to_columns = TRY(read_primary_key(connection, {place.schema, key.to.name}));
  }
  return keys;
}

record::TableKind kind_of(std::string_view type) {
  if (type == "view") return record::TableKind::View;
  return type == "virtual" ? record::TableKind::Virtual : record::TableKind::Plain;
}

base::Result<std::vector<record::Trigger>> read_triggers(Connection& connection, const Place& place) {
  const Rows rows = TRY(connection.query(ReadTriggers, place.cells()));
  std::vector<record::Trigger> triggers;
  // None of SQLite's triggers can change the row that is being written.
  for (size_t row = 0; row < rows.size(); ++row) triggers.push_back({std::string(rows.text(row, 0)), false});
  return triggers;
}

}  // namespace

base::Result<std::optional<Table>> describe_table(Connection& connection, const record::TableName& name) {
  const std::array wanted{Cell::of(std::string_view(name.name)), Cell::of(std::string_view(name.schema))};
  const Rows found = TRY(connection.query(FindTable, wanted));
  if (found.empty()) return std::optional<Table>();
  const Place place{std::string(found.text(0, 0)), std::string(found.text(0, 1))};

  Table table;
  table.name = {name.schema, place.name};
  Columns read = TRY(read_columns(connection, place));
  table.columns = std::move(read.columns);
  table.unique_indexes = TRY(read_indexes(connection, place));
  table.foreign_keys = TRY(read_foreign_keys(connection, place));
  add_row_number(table, read);
  table.kind = kind_of(found.text(0, 2));
  table.triggers = TRY(read_triggers(connection, place));
  return std::optional(std::move(table));
}

base::Result<std::vector<std::string>> list_tables(Connection& connection) {
  const Rows rows = TRY(connection.query(
      R"(SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name)"));
  std::vector<std::string> names;
  for (size_t row = 0; row < rows.size(); ++row) names.emplace_back(rows.text(row, 0));
  return names;
}

}  // namespace syncline::sql::sqlite
