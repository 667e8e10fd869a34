// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::record {

/// What a column of a table can hold, as far as mapping and loading must know it.
enum class ColumnType {
  Text,
  Integer,  ///< smallint, integer, bigint: see `bytes`
  Decimal,  ///< numeric(p,s), or SQLite TEXT declared as DECIMAL: exact
  Real,     ///< float4, float8: not exact; money is refused here at plan
  Boolean,
  Timestamp,       ///< an instant (timestamptz; SQLite: ISO 8601 text, UTC)
  LocalTimestamp,  ///< timestamp without time zone: needs a declared zone
  Date,
  Time,
  Json,  ///< json: has no equality of its own
  Jsonb,
  Uuid,
  Other,  ///< anything else (enum, citext, inet, …): sent as text, the database judges
};

/// One column as the catalog describes it.
struct Column {
  std::string name;
  ColumnType type = ColumnType::Text;
  std::string declared;           ///< the type as SQL writes it: "character varying(20)", "studio.class_kind"
  int bytes = 8;                  ///< of Integer
  std::optional<int> precision;   ///< of Decimal
  std::optional<int> scale;       ///< of Decimal; absent: any
  std::optional<int> length_max;  ///< of Text, in characters
  bool nullable = true;
  bool has_default = false;
  bool generated = false;           ///< GENERATED ALWAYS (also identity): never written
  std::vector<std::string> labels;  ///< of an enum type
};

/// schema.name; an empty schema is the connection's default.
struct TableName {
  std::string schema, name;
  bool operator==(const TableName&) const = default;
  auto operator<=>(const TableName&) const = default;
};
[[nodiscard]] inline std::string to_string(const TableName& table) {
  return table.schema.empty() ? table.name : table.schema + "." + table.name;
}

/// A UNIQUE index or constraint, the primary key among them.
struct UniqueIndex {
  std::string name;
  std::vector<std::string> columns;  ///< in order; empty for an expression index
  bool primary = false, partial = false, deferrable = false;
};

/// One foreign key.
struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  TableName to;
  std::vector<std::string> to_columns;
};

/// What a name in the catalog stands for.
enum class TableKind {
  Plain,
  Partitioned,  ///< see Table::partition_key
  View,
  MaterializedView,
  Foreign,  ///< kept by another server
  Virtual,  ///< kept by an extension of SQLite
};

/// A trigger that may fire for rows that are written.
struct Trigger {
  std::string name;
  bool fills_inserts = false;  ///< before each row's INSERT: may fill in what the statement leaves out
};

/// A table of the user's, as the catalog describes it.
struct Table {
  TableName name;
  std::vector<Column> columns;
  std::vector<UniqueIndex> unique_indexes;
  std::vector<ForeignKey> foreign_keys;
  TableKind kind = TableKind::Plain;
  std::vector<std::string> partition_key;  ///< of Partitioned, in order; an expression is ""
  std::vector<Trigger> triggers;           ///< enabled ones, by name; on SQLite whatever they fire for

  [[nodiscard]] const Column* column(std::string_view wanted) const {
    for (const Column& column : columns) {
      if (column.name == wanted) return &column;
    }
    return nullptr;
  }
  /// Whether a UNIQUE index that can be a conflict target (not partial, not deferrable) covers exactly these columns, in any order.
  [[nodiscard]] bool has_unique(std::vector<std::string> wanted) const;
  /// The column of `parent` that a column of ours refers to: its foreign key's target, else the parent's single-column primary key; null if
  /// neither tells. The column need not be there yet.
  [[nodiscard]] const Column* referenced_column(std::string_view referring, const Table& parent) const;
};

}  // namespace syncline::record
