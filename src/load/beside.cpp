// SPDX-License-Identifier: Apache-2.0
#include "load/beside.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "load/keys.hpp"
#include "sql/array_text.hpp"
#include "sql/dialect.hpp"

namespace syncline::load {
namespace {

bool any_is_written(const Target& target, const std::vector<std::string>& columns) {
  return std::any_of(columns.begin(), columns.end(), [&](const std::string& column) { return target.writes(column); });
}

/// A parent that the batch before makes is one that this batch must find, and a row that it refers to is one that both lock.
bool refers_to_itself(const Target& target) {
  const std::string& own = target.table.name.name;
  return std::any_of(target.parents.begin(), target.parents.end(), [&](const Parent& parent) { return parent.table.name == own; }) ||
         std::any_of(target.table.foreign_keys.begin(), target.table.foreign_keys.end(),
                     [&](const record::ForeignKey& key) { return key.to.name == own && any_is_written(target, key.columns); });
}

/// A record that waits, and its link, are remembered from batch to batch.
bool waits(const config::Entity& entity) {
  using Missing = config::Relation::Missing;
  return std::any_of(entity.relations.begin(), entity.relations.end(), [](const config::Relation& relation) {
    return relation.missing == Missing::Wait || relation.missing == Missing::Link;
  });
}

bool goes_without_taken(const config::Entity& entity) {
  return std::any_of(entity.fields.begin(), entity.fields.end(), [](const config::FieldMapping& field) { return field.taken_as_null; });
}

/// Rows of both batches may want one value of it: they would wait for each other, in no order.
bool writes_other_unique_values(const Target& target) {
  const std::string& key = target.columns[0].column.name;
  return std::any_of(target.table.unique_indexes.begin(), target.table.unique_indexes.end(), [&](const record::UniqueIndex& index) {
    const bool of_key = std::find(index.columns.begin(), index.columns.end(), key) != index.columns.end();
    return !of_key && (index.columns.empty() || any_is_written(target, index.columns));
  });
}

/// What could look at other rows of the table: functions of somebody's own in its constraints, defaults and domains; parents that are
/// views, on the table itself perhaps; and tables that it is a part of, or that are parts of it.
constexpr std::string_view CountsWhatLooksAtOtherRows = R"(
WITH own AS (SELECT pg_catalog.to_regclass($1::text)::oid AS id),
rules AS (
  SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::oid AS class, k.oid AS id FROM pg_catalog.pg_constraint k, own
   WHERE k.conrelid = own.id OR k.contypid IN (SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = own.id AND a.attnum > 0)
  UNION ALL
  SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass::oid, d.oid FROM pg_catalog.pg_attrdef d, own WHERE d.adrelid = own.id)
SELECT (SELECT count(*) FROM rules JOIN pg_catalog.pg_depend f ON f.classid = rules.class AND f.objid = rules.id
         WHERE f.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND f.refobjid >= 16384)
     + (SELECT count(*) FROM pg_catalog.pg_inherits i, own WHERE i.inhrelid = own.id OR i.inhparent = own.id)
     + (SELECT count(*) FROM pg_catalog.unnest($2::text[]) AS p (name)
         WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(p.name) AND c.relkind = 'r')))";

base::Result<bool> nothing_looks_at_other_rows(sql::Connection& connection, const Target& target) {
  sql::ArrayText parents;
  std::vector<std::string> names;
  for (const Parent& parent : target.parents) names.push_back(sql::quoted(parent.table));
  for (const std::string& name : names) parents.add(record::Cell::of(std::string_view(name)));
  const std::string own = sql::quoted(target.table.name), array = std::move(parents).text();
  const sql::Rows found = TRY(connection.query(
      CountsWhatLooksAtOtherRows, std::array{record::Cell::of(std::string_view(own)), record::Cell::of(std::string_view(array))}));
  return found.integer(0, 0) == 0;
}

}  // namespace

base::Result<bool> can_be_written_beside(sql::Connection& connection, const Target& target, const config::Entity& entity) {
  if (connection.dialect() != sql::Dialect::Postgres || !connection.capabilities().session_tables) return false;
  if (!target.stamp_seed || !has_comparable_keys(target) || entity.batch_rows) return false;
  if (!target.adopt.empty() || !target.numbers.empty() || goes_without_taken(entity) || waits(entity)) return false;
  // With rules or policies rows cannot be copied either.
  if (!target.takes_copies || target.table.kind != record::TableKind::Plain || !target.table.triggers.empty()) return false;
  if (refers_to_itself(target) || writes_other_unique_values(target)) return false;
  return nothing_looks_at_other_rows(connection, target);
}

}  // namespace syncline::load
