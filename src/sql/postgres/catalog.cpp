// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/catalog.hpp"

#include <array>

namespace syncline::sql::postgres {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;
using record::Table;

/// Tables, partitioned tables, views, foreign tables, materialized views.
constexpr std::string_view FindTable = R"(
SELECT c.oid, c.relkind FROM pg_catalog.pg_class c
 WHERE c.oid = pg_catalog.to_regclass($1::text) AND c.relname = $2::text AND c.relkind IN ('r', 'p', 'v', 'f', 'm'))";

/// A domain is followed down to its base type, whose modifiers are the domain's. One that is NOT NULL has that type's name, too: what is
/// made ready in a temporary table of ours may be NULL for the moment, where the row will get its default.
constexpr std::string_view ReadColumns = R"(
WITH RECURSIVE resolved(number, type, modifier, not_null, has_default, by_base) AS (
  SELECT a.attnum, a.atttypid, a.atttypmod, a.attnotnull, a.atthasdef, FALSE
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT r.number, t.typbasetype, t.typtypmod, r.not_null OR t.typnotnull, r.has_default OR t.typdefault IS NOT NULL,
         r.by_base OR t.typnotnull
    FROM resolved r JOIN pg_catalog.pg_type t ON t.oid = r.type WHERE t.typtype = 'd')
SELECT a.attname, CASE WHEN r.by_base THEN pg_catalog.format_type(r.type, r.modifier)
       ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END, r.type, r.modifier, r.not_null::int, r.has_default::int,
       a.attidentity, a.attgenerated, t.typtype
  FROM resolved r
  JOIN pg_catalog.pg_type t ON t.oid = r.type AND t.typtype <> 'd'
  JOIN pg_catalog.pg_attribute a ON a.attrelid = $1::oid AND a.attnum = r.number
 ORDER BY a.attnum)";

constexpr std::string_view ReadLabels = "SELECT enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = $1::oid ORDER BY enumsortorder";

/// A row for each key column of each unique index that is in use; the column is NULL for an expression. An index whose operator class or
/// collation differs still arbitrates, so neither is asked for.
constexpr std::string_view ReadIndexes = R"(
SELECT ic.relname, a.attname, i.indisprimary::int, (i.indpred IS NOT NULL)::int, (NOT i.indimmediate)::int
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
 CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1) AS key(place)
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[key.place] AND a.attnum <> 0
 WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indisready
 ORDER BY i.indisprimary DESC, ic.relname, key.place)";

constexpr std::string_view ReadForeignKeys = R"(
SELECT k.conname, a.attname, n.nspname, c.relname, b.attname
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.confrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL pg_catalog.generate_subscripts(k.conkey, 1) AS key(place)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[key.place]
  JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[key.place]
 WHERE k.conrelid = $1::oid AND k.contype = 'f' AND k.conparentid = 0
 ORDER BY k.conname, key.place)";

constexpr std::string_view ReadPartitionKey = R"(
SELECT a.attname
  FROM pg_catalog.pg_partitioned_table p
 CROSS JOIN LATERAL pg_catalog.generate_series(0, p.partnatts - 1) AS key(place)
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[key.place] AND a.attnum <> 0
 WHERE p.partrelid = $1::oid
 ORDER BY key.place)";

/// Those for INSERT (4) or UPDATE (16); before (2) each row's (1) INSERT, values can be filled in.
constexpr std::string_view ReadTriggers = R"(
SELECT tgname, ((tgtype & 7) = 7)::int FROM pg_catalog.pg_trigger
 WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND (tgtype & 20) <> 0
 ORDER BY tgname)";

constexpr std::string_view ReadTableNames = R"(
SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname::text ELSE n.nspname || '.' || c.relname END
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'f', 'm') AND NOT c.relispartition AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('information_schema', 'syncline') AND n.nspname NOT LIKE 'pg\_%'
 ORDER BY 1)";

/// Types by their fixed object ids: names could be shadowed by a user's own types.
struct KnownType {
  int64_t oid;
  ColumnType type;
  int bytes = 8;
};
constexpr std::array KnownTypes{
    KnownType{16, ColumnType::Boolean},          KnownType{20, ColumnType::Integer, 8},  KnownType{21, ColumnType::Integer, 2},
    KnownType{23, ColumnType::Integer, 4},       KnownType{25, ColumnType::Text},        KnownType{114, ColumnType::Json},
    KnownType{700, ColumnType::Real, 4},         KnownType{701, ColumnType::Real, 8},    KnownType{1042, ColumnType::Text},
    KnownType{1043, ColumnType::Text},           KnownType{1082, ColumnType::Date},      KnownType{1083, ColumnType::Time},
    KnownType{1114, ColumnType::LocalTimestamp}, KnownType{1184, ColumnType::Timestamp}, KnownType{1700, ColumnType::Decimal},
    KnownType{2950, ColumnType::Uuid},           KnownType{3802, ColumnType::Jsonb},
};

constexpr int64_t ModifierOffset = 4;  // PostgreSQL adds the size of a header to lengths and precisions

void set_type(Column& column, int64_t oid, int64_t modifier) {
  column.type = ColumnType::Other;
  for (const KnownType& known : KnownTypes) {
    if (known.oid != oid) continue;
    column.type = known.type;
    column.bytes = known.bytes;
  }
  if (modifier < ModifierOffset) return;
  const int64_t value = modifier - ModifierOffset;
  if (column.type == ColumnType::Text) column.length_max = int(value);
  if (column.type != ColumnType::Decimal) return;
  column.precision = int(value >> 16 & 0xFFFF);
  column.scale = int(((value & 0x7FF) ^ 1024) - 1024);  // eleven bits with a sign
}

base::Result<std::vector<Column>> read_columns(Connection& connection, Cell table) {
  const Rows rows = TRY(connection.query(ReadColumns, std::span(&table, 1)));
  std::vector<Column> columns;
  for (size_t row = 0; row < rows.size(); ++row) {
    Column column;
    column.name = rows.text(row, 0);
    column.declared = rows.text(row, 1);
    set_type(column, rows.integer(row, 2), rows.integer(row, 3));
    column.nullable = rows.integer(row, 4) == 0;
    const std::string_view identity = rows.text(row, 6);
    column.has_default = rows.integer(row, 5) != 0 || !identity.empty();
    column.generated = identity == "a" || !rows.text(row, 7).empty();
    if (rows.text(row, 8) == "e") {
      const Cell type = Cell::of(rows.integer(row, 2));
      const Rows labels = TRY(connection.query(ReadLabels, std::span(&type, 1)));
      for (size_t label = 0; label < labels.size(); ++label) column.labels.emplace_back(labels.text(label, 0));
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

base::Result<std::vector<record::UniqueIndex>> read_indexes(Connection& connection, Cell table) {
  const Rows rows = TRY(connection.query(ReadIndexes, std::span(&table, 1)));
  std::vector<record::UniqueIndex> indexes;
  bool has_expression = false;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (indexes.empty() || indexes.back().name != rows.text(row, 0)) {
      indexes.push_back({.name = std::string(rows.text(row, 0)),
                         .columns = {},
                         .primary = rows.integer(row, 2) != 0,
                         .partial = rows.integer(row, 3) != 0,
                         .deferrable = rows.integer(row, 4) != 0});
      has_expression = false;
    }
    has_expression = has_expression || !rows.at(row, 1);
    if (has_expression) {
      indexes.back().columns.clear();
    } else {
      indexes.back().columns.emplace_back(rows.text(row, 1));
    }
  }
  return indexes;
}

base::Result<std::vector<record::ForeignKey>> read_foreign_keys(Connection& connection, Cell table) {
  const Rows rows = TRY(connection.query(ReadForeignKeys, std::span(&table, 1)));
  std::vector<record::ForeignKey> keys;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (keys.empty() || keys.back().name != rows.text(row, 0)) {
      keys.push_back({.name = std::string(rows.text(row, 0)),
                      .columns = {},
                      .to = {std::string(rows.text(row, 2)), std::string(rows.text(row, 3))},
                      .to_columns = {}});
    }
    keys.back().columns.emplace_back(rows.text(row, 1));
    keys.back().to_columns.emplace_back(rows.text(row, 4));
  }
  return keys;
}

record::TableKind kind_of(std::string_view letter) {
  if (letter == "p") return record::TableKind::Partitioned;
  if (letter == "v") return record::TableKind::View;
  if (letter == "m") return record::TableKind::MaterializedView;
  return letter == "f" ? record::TableKind::Foreign : record::TableKind::Plain;
}

base::Result<std::vector<std::string>> read_partition_key(Connection& connection, Cell table) {
  const Rows rows = TRY(connection.query(ReadPartitionKey, std::span(&table, 1)));
  std::vector<std::string> columns;
  for (size_t row = 0; row < rows.size(); ++row) columns.emplace_back(rows.text(row, 0));
  return columns;
}

base::Result<std::vector<record::Trigger>> read_triggers(Connection& connection, Cell table) {
  const Rows rows = TRY(connection.query(ReadTriggers, std::span(&table, 1)));
  std::vector<record::Trigger> triggers;
  for (size_t row = 0; row < rows.size(); ++row) triggers.push_back({std::string(rows.text(row, 0)), rows.integer(row, 1) != 0});
  return triggers;
}

}  // namespace

base::Result<std::optional<Table>> describe_table(Connection& connection, const record::TableName& name) {
  // A name that is too long would be cut by the parser and then find another table: the found name must be the wanted one.
  const std::string regclass = sql::quoted(name);
  const std::array wanted{Cell::of(std::string_view(regclass)), Cell::of(std::string_view(name.name))};
  const Rows found = TRY(connection.query(FindTable, wanted));
  if (found.empty()) return std::optional<Table>();
  const Cell oid = Cell::of(found.integer(0, 0));

  Table table;
  table.name = name;
  table.columns = TRY(read_columns(connection, oid));
  table.unique_indexes = TRY(read_indexes(connection, oid));
  table.foreign_keys = TRY(read_foreign_keys(connection, oid));
  table.kind = kind_of(found.text(0, 1));
  if (table.kind == record::TableKind::Partitioned) table.partition_key = TRY(read_partition_key(connection, oid));
  table.triggers = TRY(read_triggers(connection, oid));
  return std::optional(std::move(table));
}

base::Result<std::vector<std::string>> list_tables(Connection& connection) {
  const Rows rows = TRY(connection.query(ReadTableNames));
  std::vector<std::string> names;
  for (size_t row = 0; row < rows.size(); ++row) names.emplace_back(rows.text(row, 0));
  return names;
}

}  // namespace syncline::sql::postgres
