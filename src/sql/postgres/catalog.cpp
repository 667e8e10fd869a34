// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres/catalog.hpp"

#include <array>

namespace syncline::sql::postgres {
namespace {

using record::Cell;
using record::Column;
using record::ColumnType;

ColumnType type_of(std::string_view name) {
  if (name == "int2" || name == "int4" || name == "int8") return ColumnType::Integer;
  if (name == "text" || name == "varchar" || name == "bpchar") return ColumnType::Text;
  if (name == "numeric") return ColumnType::Decimal;
  if (name == "float4" || name == "float8") return ColumnType::Real;
  if (name == "bool") return ColumnType::Boolean;
  if (name == "timestamptz") return ColumnType::Timestamp;
  if (name == "timestamp") return ColumnType::LocalTimestamp;
  if (name == "date") return ColumnType::Date;
  if (name == "time") return ColumnType::Time;
  if (name == "json") return ColumnType::Json;
  if (name == "jsonb") return ColumnType::Jsonb;
  if (name == "uuid") return ColumnType::Uuid;
  return ColumnType::Other;
}

/// The type modifier as its parts (src/include/catalog/pg_attribute.h): length + 4, or ((precision << 16) | scale) + 4.
void read_modifier(Column& column, int64_t modifier) {
  if (modifier < 4) return;
  if (column.type == ColumnType::Text) column.length_max = int(modifier - 4);
  if (column.type == ColumnType::Decimal) {
    column.precision = int((modifier - 4) >> 16 & 0xffff);
    column.scale = int(((modifier - 4) & 0x7ff) ^ 1024) - 1024;  // eleven bits with a sign
  }
}

base::Result<void> read_columns(Connection& connection, const std::string& oid, record::Table& table) {
  // Only pg_catalog's own types are known by name: a domain or a user's type called "text" is not.
  const Rows rows = TRY(connection.query("SELECT a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN n.nspname = 'pg_catalog' THEN t.typname ELSE '' END, t.typlen, a.atttypmod, "
                                         "a.attnotnull::int, (a.atthasdef OR a.attidentity <> '')::int, (a.attgenerated <> '' OR a.attidentity = 'a')::int, t.typtype, a.atttypid::bigint "
                                         "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace n ON n.oid = t.typnamespace "
                                         "WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                                         std::array{Cell::of(oid)}));
  for (size_t i = 0; i < rows.size(); ++i) {
    Column column;
    column.name = rows.text(i, 0);
    column.declared = rows.text(i, 1);
    column.type = type_of(rows.text(i, 2));
    if (rows.integer(i, 3) > 0) column.bytes = int(rows.integer(i, 3));
    read_modifier(column, rows.integer(i, 4));
    column.nullable = rows.integer(i, 5) == 0;
    column.has_default = rows.integer(i, 6) == 1;
    column.generated = rows.integer(i, 7) == 1;
    if (rows.text(i, 8) == "e") {
      const std::string type(rows.text(i, 9));
      const Rows labels = TRY(connection.query("SELECT enumlabel FROM pg_enum WHERE enumtypid = $1::oid ORDER BY enumsortorder", std::array{Cell::of(type)}));
      for (size_t l = 0; l < labels.size(); ++l) column.labels.emplace_back(labels.text(l, 0));
    }
    table.columns.push_back(std::move(column));
  }
  return {};
}

base::Result<void> read_indexes(Connection& connection, const std::string& oid, record::Table& table) {
  // An expression has attribute number 0: such an index has no columns to speak of.
  const Rows rows = TRY(connection.query("SELECT c.relname, i.indisprimary::int, (i.indpred IS NOT NULL)::int, (NOT i.indimmediate)::int, a.attname, (0 = ANY (i.indkey::int2[]))::int "
                                         "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) "
                                         "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum "
                                         "WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND k.place <= i.indnkeyatts ORDER BY c.relname, k.place",
                                         std::array{Cell::of(oid)}));
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || rows.text(i, 0) != rows.text(i - 1, 0)) {
      table.unique_indexes.push_back({std::string(rows.text(i, 0)), {}, rows.integer(i, 1) == 1, rows.integer(i, 2) == 1, rows.integer(i, 3) == 1});
    }
    if (rows.integer(i, 5) == 0) table.unique_indexes.back().columns.emplace_back(rows.text(i, 4));
  }
  return {};
}

base::Result<void> read_foreign_keys(Connection& connection, const std::string& oid, record::Table& table) {
  const Rows rows = TRY(connection.query("SELECT k.conname, n.nspname, p.relname, f.attname, t.attname FROM pg_constraint k JOIN pg_class p ON p.oid = k.confrelid "
                                         "JOIN pg_namespace n ON n.oid = p.relnamespace CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS c(own, other, place) "
                                         "JOIN pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = c.own JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = c.other "
                                         "WHERE k.conrelid = $1::oid AND k.contype = 'f' ORDER BY k.conname, c.place",
                                         std::array{Cell::of(oid)}));
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || rows.text(i, 0) != rows.text(i - 1, 0)) {
      table.foreign_keys.push_back({std::string(rows.text(i, 0)), {}, {std::string(rows.text(i, 1)), std::string(rows.text(i, 2))}, {}});
    }
    table.foreign_keys.back().columns.emplace_back(rows.text(i, 3));
    table.foreign_keys.back().to_columns.emplace_back(rows.text(i, 4));
  }
  return {};
}

}  // namespace

base::Result<std::optional<record::Table>> describe(Connection& connection, const record::TableName& table) {
  const std::string name = sql::quoted(table);
  const Rows found = TRY(connection.query("SELECT c.oid::bigint FROM pg_class c WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')", std::array{Cell::of(name)}));
  if (found.empty()) return std::optional<record::Table>();
  const std::string oid(found.text(0, 0));
  record::Table out;
  out.name = table;
  TRY(read_columns(connection, oid, out));
  TRY(read_indexes(connection, oid, out));
  TRY(read_foreign_keys(connection, oid, out));
  return std::optional(std::move(out));
}

}  // namespace syncline::sql::postgres
