// SPDX-License-Identifier: Apache-2.0
#include "sql/constraints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sql/shared/cell.hpp"
#include "sql/shared/error.hpp"

namespace syncline::sql {
namespace {

using record::Cell;

/// A row for each column a CHECK speaks of. Whether it is enforced is a column that older servers do not have.
constexpr std::string_view ReadChecks = R"(
SELECT k.conname, pg_catalog.pg_get_expr(k.conbin, k.conrelid), a.attname
  FROM pg_catalog.pg_constraint k
 CROSS JOIN LATERAL pg_catalog.unnest(k.conkey) WITH ORDINALITY AS key(number, place)
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.number AND a.attnum > 0
 WHERE k.conrelid = pg_catalog.to_regclass($1::text) AND k.contype = 'c'
   AND (pg_catalog.to_jsonb(k) ->> 'conenforced') IS DISTINCT FROM 'false'
 ORDER BY k.conname, key.place)";

constexpr std::string_view ReadUniques = R"(
SELECT c.relname, pg_catalog.pg_get_indexdef(i.indexrelid, key.place + 1, false), pg_catalog.pg_get_expr(i.indpred, i.indrelid),
       (i.indkey[key.place] <> 0)::int, (NOT i.indimmediate)::int
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
 CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1) AS key(place)
 WHERE i.indrelid = pg_catalog.to_regclass($1::text) AND i.indisunique AND i.indisvalid AND i.indisready
   AND (pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct') IS DISTINCT FROM 'true'
 ORDER BY i.indisprimary DESC, c.relname, key.place)";

constexpr std::string_view ReadColumnsOfUniques = R"(
SELECT c.relname, a.attname
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0
 WHERE i.indrelid = pg_catalog.to_regclass($1::text) AND i.indisunique
   AND (a.attnum = ANY (i.indkey::int2[]) OR EXISTS (
         SELECT 1 FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
            AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum)))";

/// To write a row asks for no right on the table that it refers to, and sees all of it; to look there does, and policies may hide rows.
constexpr std::string_view ReadUnreadable = R"(
SELECT k.conname
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.confrelid
 WHERE k.conrelid = pg_catalog.to_regclass($1::text) AND k.contype = 'f'
   AND (NOT (pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE'))
        OR pg_catalog.row_security_active(c.oid)))";

/// Before (2) each row's (1) INSERT (4) or UPDATE (16).
constexpr std::string_view ReadRewriting = R"(
SELECT 1 FROM pg_catalog.pg_trigger
 WHERE tgrelid = pg_catalog.to_regclass($1::text) AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND (tgtype & 3) = 3
   AND (tgtype & 20) <> 0 LIMIT 1)";

base::Result<Constraints> read_postgres(Connection& connection, const record::Table& table) {
  const std::string name = quoted(table.name);
  const std::array parameters{Cell::of(std::string_view(name))};
  Constraints out;
  const Rows checks = TRY(connection.query(ReadChecks, parameters));
  for (size_t i = 0; i < checks.size(); ++i) {
    if (out.checks.empty() || out.checks.back().name != checks.text(i, 0))
      out.checks.push_back({std::string(checks.text(i, 0)), std::string(checks.text(i, 1)), {}});
    out.checks.back().columns.emplace_back(checks.text(i, 2));
  }
  const Rows uniques = TRY(connection.query(ReadUniques, parameters));
  for (size_t i = 0; i < uniques.size(); ++i) {
    if (out.uniques.empty() || out.uniques.back().name != uniques.text(i, 0)) {
      UniqueConstraint& unique = out.uniques.emplace_back();
      unique.name = uniques.text(i, 0);
      unique.predicate = uniques.text(i, 2);
      unique.plain = unique.predicate.empty();
      unique.deferrable = uniques.integer(i, 4) != 0;
    }
    UniqueConstraint& unique = out.uniques.back();
    unique.keys.push_back(fmt::format("({})", uniques.text(i, 1)));
    unique.plain = unique.plain && uniques.integer(i, 3) != 0;
  }
  const Rows columns = TRY(connection.query(ReadColumnsOfUniques, parameters));
  for (size_t i = 0; i < columns.size(); ++i) {
    for (UniqueConstraint& unique : out.uniques) {
      if (unique.name == columns.text(i, 0)) unique.columns.emplace_back(columns.text(i, 1));
    }
  }
  // Of a plain index they stand in the order of the index, for whoever reads them.
  for (const record::UniqueIndex& index : table.unique_indexes) {
    for (UniqueConstraint& unique : out.uniques) {
      if (unique.plain && unique.name == index.name) unique.columns = index.columns;
    }
  }
  const Rows unreadable = TRY(connection.query(ReadUnreadable, parameters));
  for (size_t i = 0; i < unreadable.size(); ++i) out.unreadable.emplace(unreadable.text(i, 0));
  out.rewritten = !TRY(connection.query(ReadRewriting, parameters)).empty();
  return out;
}

Constraints read_sqlite(const record::Table& table) {
  Constraints out;
  for (const record::UniqueIndex& index : table.unique_indexes) {
    if (index.partial || index.columns.empty()) continue;
    UniqueConstraint unique{base::joined(index.columns, ", "), {}, "", index.columns, true, false};
    for (const std::string& column : index.columns) unique.keys.push_back(quoted(column));
    out.uniques.push_back(std::move(unique));
  }
  return out;
}

}  // namespace

base::Result<Constraints> read_constraints(Connection& connection, const record::Table& table) {
  if (connection.dialect() == Dialect::Postgres) return read_postgres(connection, table);
  return read_sqlite(table);
}

std::optional<base::Error> refusal(const Cell& cell, const record::Column& column) {
  if (auto checked = check_cell(cell, column); !checked) return std::move(checked).error();
  if (column.labels.empty() || !cell.has_value()) return std::nullopt;
  const std::string label = text_of(cell);
  if (std::find(column.labels.begin(), column.labels.end(), label) != column.labels.end()) return std::nullopt;
  return database_error(sqlstate::WrongType,
                        fmt::format("{}: {} is none of the values of {}: {}", column.name, base::shown(label, 60), column.declared,
                                    base::shown(base::joined(column.labels, ", "), 200)),
                        column.name);
}

}  // namespace syncline::sql
